import { GymnasiumError } from "gymnasium-js";
import {
  type ArenaDefinition,
  areAlike,
  arenaRules,
  createPlayer,
  findArena,
  playersOf,
} from "../../multiagent/index.js";
import {
  findRun,
  LudusError,
  openRunPlayer,
  type Pointer,
  type RunFolder,
  readConfig,
} from "../../training/index.js";
import type { Seating } from "./seated-at.js";

/** Who sits where in an arena, as a person has asked for it. */
export interface SeatFlags {
  /** Whose seat is held: an agent's name, or "random". */
  seat?: string | undefined;
  /** Who sits on all others: the name of a player, or path or id of a run, or last. */
  others?: string | undefined;
}

/** The same, ready to be played. */
export interface Seats {
  /** For `make`; empty where nothing was asked for. */
  readonly seating: Seating;
  /** Whose policy plays on the other seats, and knows what to do on this one; null for none. */
  readonly run: RunFolder | null;
  /** Lets go of the players. */
  dispose(): void;
}

/** As they are where nobody has asked for anything. */
export const usualSeats: Seats = { seating: {}, run: null, dispose: () => {} };

/**
 * @param runs folder of runs
 * @throws {LudusError} `invalid-value` where the environment is no arena, `unknown-run` for a player that there is not
 */
export async function takeSeats(env: string, { seat, others }: SeatFlags, runs: string): Promise<Seats> {
  if (seat === undefined && others === undefined) return usualSeats;
  const arena = findArena(env);
  if (arena === null) {
    throw new LudusError("invalid-value", `${env} is for one agent: it has no seats to choose or to fill.`);
  }
  const held = seat === undefined ? {} : { seat };
  if (others === undefined) return { ...usualSeats, seating: held };
  if (isPlayer(others, arena)) return { ...usualSeats, seating: { ...held, others } };
  const { run, checkpoint } = runNamed(others, arena, runs);
  // What it has learnt is for the arena as it was then.
  const { envOptions } = readConfig(run);
  const { name, dispose } = await openRunPlayer(run, { checkpoint });
  return {
    seating: { ...envOptions, ...held, others: name },
    run: areAlike(arenaRules(arena, envOptions)) ? run : null,
    dispose,
  };
}

/**
 * Who sits where when a run is watched: as flags say, else as in its training, and on seats that it learnt itself.
 * @param checkpoint that is watched
 */
export async function seatsOfRun(
  run: RunFolder,
  { seat, others }: SeatFlags,
  { checkpoint, runs }: { checkpoint: Pointer | number; runs: string },
): Promise<Seats> {
  const { env } = run.manifest;
  const { arena } = readConfig(run);
  if (arena === undefined) return takeSeats(env, { seat, others }, runs);
  const usual = arena.learn === "seat" ? arena : { seat: undefined, others: undefined };
  const flags = { seat: seat ?? usual.seat, others: others ?? usual.others };
  if (flags.others !== undefined) return takeSeats(env, flags, runs);
  const { name, dispose } = await openRunPlayer(run, { checkpoint });
  const { seating } = await takeSeats(env, { seat }, runs);
  return { seating: { ...seating, others: name }, run, dispose };
}

/**
 * The same where a person has named nobody: the best run on the arena plays, where it can play a seat, else the usual player.
 * @param best null where there is no run
 */
export async function seatsAgainst(
  env: string,
  { seat, best }: { seat: string | undefined; best: RunFolder | null },
  runs: string,
): Promise<Seats> {
  const others = usualPlayer(env);
  if (best === null) return takeSeats(env, { seat, others }, runs);
  try {
    return await takeSeats(env, { seat, others: best.path }, runs);
  } catch (error) {
    if (!(error instanceof LudusError && error.code === "unsupported")) throw error;
    return takeSeats(env, { seat, others }, runs);
  }
}

/** A player of the arena's own, where it has any: a script, else a search that looks a little ahead, else chance. */
export function usualPlayer(env: string): string {
  const arena = findArena(env)!;
  const names = playersOf(arena, arenaRules<never>(arena));
  const script = Object.keys(arena.players ?? {})[0];
  return script ?? names.find((name) => /^minimax-\d+$/.test(name)) ?? "random";
}

function isPlayer(name: string, arena: ArenaDefinition): boolean {
  try {
    createPlayer(name, arena, { rules: arenaRules(arena) });
    return true;
  } catch (error) {
    if (error instanceof GymnasiumError && error.code === "invalid-options") return false;
    throw error;
  }
}

type Checkpoint = Parameters<typeof openRunPlayer>[1]["checkpoint"];

/** As a person writes it, and as `openRunPlayer` calls a run's player: `RUN@STEP`, or `RUN@league` for all its selves. */
function runNamed(
  text: string,
  arena: ArenaDefinition,
  runs: string,
): { run: RunFolder; checkpoint: Checkpoint } {
  const [, name = text, which = "best"] = /^(.+)@(\d+|best|last|league)$/.exec(text) ?? [];
  try {
    const run = findRun(name, runs);
    const checkpoint = /^\d+$/.test(which) ? Number(which) : (which as Checkpoint);
    if (run.manifest.env === arena.id) return { run, checkpoint };
    throw new LudusError(
      "unsupported",
      `The run ${run.path} plays ${run.manifest.env}, so it cannot sit in ${arena.id}.`,
    );
  } catch (error) {
    if (!(error instanceof LudusError && error.code === "unknown-run")) throw error;
    const players = playersOf(arena, arenaRules<never>(arena)).join(", ");
    throw new LudusError(
      "unknown-run",
      `${arena.id} has no player '${text}', and there is no such run: its players are ${players}; \`ludus runs\` lists the runs.`,
      { cause: error },
    );
  }
}
