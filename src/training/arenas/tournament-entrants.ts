import { GymnasiumError, nearestSpelling } from "gymnasium-js";
import {
  type ArenaDefinition,
  type ArenaRules,
  type ArenaSettings,
  arenaRules,
  createPlayer,
  type Player,
  playersOf,
  requireArena,
} from "../../multiagent/index.js";
import type { Pointer } from "../checkpoint.js";
import { LudusError } from "../errors.js";
import { findRun, type RunFolder, readConfig } from "../run-folder.js";
import { openRunPlayer } from "./run-player.js";

/** Who takes part in a tournament. */
export interface Entrant {
  /** As the arena calls it, or a run's id with the step of its checkpoint, `ID@STEP`. */
  name: string;
  player: Player;
  dispose(): void;
}

/** An arena with its settings, and the rules that come of them. */
export interface Venue {
  arena: ArenaDefinition;
  settings: ArenaSettings;
  rules: ArenaRules;
}

/**
 * @param id of an arena, in full or short
 * @throws GymnasiumError `unknown-env`; `invalid-options` for a setting that it does not have, or of another type
 */
export function openVenue(id: string, settings: ArenaSettings): Venue {
  const arena = requireArena(id);
  return { arena, settings, rules: arenaRules(arena, settings) };
}

export interface EntrantsOptions {
  /** Folder of all runs. */
  runs: string;
  /** Of runs that are named without one. */
  checkpoint: Pointer | number;
}

/**
 * Opens players by the names that their arena has for them, and runs by path, id or `last`, perhaps with a checkpoint (`RUN@best`,
 * `RUN@last`, `RUN@5000`), or the average of its league (`RUN@league`).
 *
 * @returns in the order of their names, whatever order they were asked for in
 * @throws LudusError `unknown-run` for what is neither, `unsupported` for a run of another arena, `invalid-value` for the same one
 * twice
 */
export async function openEntrants(
  names: readonly string[],
  venue: Venue,
  options: EntrantsOptions,
): Promise<Entrant[]> {
  const entrants: Entrant[] = [];
  try {
    for (const name of names) {
      const entrant = playerNamed(name, venue) ?? (await openRunNamed(name, venue, options));
      const isTwice = entrants.some((other) => other.name === entrant.name);
      entrants.push(entrant);
      if (!isTwice) continue;
      throw new LudusError(
        "invalid-value",
        `${entrant.name} is named twice, and in a tournament everybody plays once.`,
      );
    }
  } catch (error) {
    for (const { dispose } of entrants) dispose();
    throw error;
  }
  return entrants.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Null where the arena has nobody of this name. */
function playerNamed(name: string, { arena, rules, settings }: Venue): Entrant | null {
  try {
    return { name, player: createPlayer(name, arena, { rules, settings }), dispose: () => {} };
  } catch (error) {
    const isKnown = playersOf(arena, rules as ArenaRules<never>).includes(name);
    if (!isKnown && error instanceof GymnasiumError && error.code === "invalid-options") return null;
    throw error;
  }
}

async function openRunNamed(
  name: string,
  venue: Venue,
  { runs, checkpoint }: EntrantsOptions,
): Promise<Entrant> {
  const [, named, which] = /^(.+)@(best|last|league|\d+)$/.exec(name) ?? [];
  const run = runNamed(named ?? name, venue, runs);
  requireSameArena(run, venue);
  return openRunPlayer(run, { checkpoint: which === undefined ? checkpoint : checkpointNamed(which) });
}

function checkpointNamed(which: string): Pointer | number | "league" {
  return which === "best" || which === "last" || which === "league" ? which : Number(which);
}

function runNamed(name: string, { arena, rules }: Venue, runs: string): RunFolder {
  try {
    return findRun(name, runs);
  } catch (error) {
    if (!(error instanceof LudusError && error.code === "unknown-run")) throw error;
    const players = playersOf(arena, rules as ArenaRules<never>);
    const nearest = nearestSpelling(name, players);
    const hint = nearest === null ? "" : `; did you mean '${nearest}'?`;
    throw new LudusError(
      "unknown-run",
      `${arena.id} has no player '${name}', but ${players.join(", ")}${hint || "."} ${error.message}`,
      { cause: error },
    );
  }
}

/** @throws LudusError `unsupported` unless a run has learnt this arena with these settings */
function requireSameArena(run: RunFolder, { arena, settings }: Venue): void {
  if (run.manifest.env !== arena.id) {
    throw new LudusError(
      "unsupported",
      `The run ${run.path} has learnt ${run.manifest.env}, and cannot play ${arena.id}.`,
    );
  }
  const learnt: ArenaSettings = { ...arena.settings, ...readConfig(run).envOptions };
  const played: ArenaSettings = { ...arena.settings, ...settings };
  const others = Object.keys(learnt).filter((name) => learnt[name] !== played[name]);
  if (others.length === 0) return;
  const asLearnt = others.map((name) => `--set ${name}=${learnt[name]}`).join(" ");
  throw new LudusError(
    "unsupported",
    `The run ${run.path} has learnt ${arena.id} with other settings than are played; ${asLearnt} has its own.`,
  );
}
