import { findArena, namePlayer, type Player } from "../../multiagent/index.js";
import { decodeSafetensors, type EngineName, type NamedArrays, useEngine } from "../../tensors/index.js";
import { agentFor } from "../agent-for.js";
import { findCheckpoint, type Pointer, readCheckpoint, readNewest } from "../checkpoint.js";
import type { RunConfig } from "../config.js";
import { makerOf } from "../env-maker.js";
import { LudusError } from "../errors.js";
import type { AnyAgent } from "../kinds/index.js";
import { findRun, type RunFolder, readConfig, runsFolderOf } from "../run-folder.js";
import { rulesOfRun } from "./config.js";
import { frozenPlayers } from "./env-maker.js";
import { selvesOf } from "./league.js";
import { seatPlayer, seatPolicy } from "./seat-policy.js";

/** What a run has learnt, as of one checkpoint. */
export interface StoredPolicy {
  agent: AnyAgent;
  config: RunConfig;
  /** Environment steps it had been trained for. */
  step: number;
  dispose(): void;
}

/** Reads the weights of a checkpoint; the engine is the one given, else the run's own. */
export async function openPolicy(
  run: RunFolder,
  { checkpoint, engine }: { checkpoint: Pointer | number; engine?: EngineName | "auto" },
): Promise<StoredPolicy> {
  const step = findCheckpoint(run.path, checkpoint);
  const files = readCheckpoint(run.path, step, ["weights.safetensors"]);
  await useEngine(engine ?? (run.manifest.engine as EngineName));
  const { config, dispose } = await seatRuns(readConfig(run), runsFolderOf(run), engine);
  try {
    const envs = makerOf(config)(config.env, { numEnvs: 1, kwargs: config.envOptions });
    try {
      const agent = agentFor(envs, config, config.seed);
      agent.restoreWeights(decodeSafetensors(files["weights.safetensors"]));
      const disposeAll = (): void => {
        agent.dispose();
        dispose();
      };
      return { agent, config, step, dispose: disposeAll };
    } finally {
      envs.close();
    }
  } catch (error) {
    dispose();
    throw error;
  }
}

/** What a run has learnt, on a seat of its arena. */
export interface RunPlayer {
  /** By which `make` finds it as `others`, until it is disposed of. */
  name: string;
  player: Player;
  dispose(): void;
}

/**
 * Lets a run's checkpoint play seats of its arena: by values greedily (but for `evaluation.epsilon`), or as its policy draws. As
 * "league" it plays the average of its past selves: each action is that of one of them, drawn for it.
 *
 * @throws LudusError `unsupported` for runs of environments of one agent, or of one that acts for all, or without a league
 */
export async function openRunPlayer(
  run: RunFolder,
  { checkpoint, engine }: { checkpoint: Pointer | number | "league"; engine?: EngineName | "auto" },
): Promise<RunPlayer> {
  const isLeague = checkpoint === "league";
  const { agent, config, step, dispose } = await openPolicy(run, {
    checkpoint: isLeague ? "last" : checkpoint,
    ...(engine === undefined ? {} : { engine }),
  });
  try {
    const { arena } = config;
    if (arena === undefined) {
      throw new LudusError(
        "unsupported",
        `${run.path} is of ${config.env}, which has no other seats to play.`,
      );
    }
    const inArena = { ...config, arena };
    const rules = rulesOfRun(inArena);
    const policy = seatPolicy(agent, inArena);
    const name = `${run.manifest.id}@${isLeague ? checkpoint : step}`;
    const one = seatPlayer(name, { policy, rules, epsilon: config.evaluation.epsilon });
    const learnt = isLeague ? averaged(one, readSelves(run), (self) => agent.restoreWeights(self)) : one;
    // Who was frozen in the training plays on as there.
    const frozen = frozenPlayers(inArena, rules);
    const player: Player = {
      name,
      act: (state, seat, rng) => (frozen.get(seat) ?? learnt).act(state, seat, rng),
    };
    const forget = namePlayer(name, () => player);
    return {
      name,
      player,
      dispose: () => {
        forget();
        dispose();
      },
    };
  } catch (error) {
    dispose();
    throw error;
  }
}

/**
 * Opens the runs that sit on seats of a run's arena: those that `arena.others` and `arena.frozen` name as `RUN@best`, `RUN@last`,
 * `RUN@STEP` or `RUN@league`.
 *
 * @param runs folder in which they are looked for
 * @returns the config with their full names, `ID@STEP`; whoever asked disposes of them
 * @throws LudusError `unknown-run`; `unsupported` for a run of another arena
 */
export async function seatRuns(
  config: RunConfig,
  runs: string,
  engine?: EngineName | "auto",
): Promise<{ config: RunConfig; dispose(): void }> {
  const { arena } = config;
  if (arena === undefined) return { config, dispose: () => {} };
  const opened = new Map<string, RunPlayer>();
  const dispose = (): void => {
    for (const player of opened.values()) player.dispose();
  };
  try {
    for (const name of [arena.others, ...Object.values(arena.frozen)]) {
      const [, run, which] = /^(.+)@(best|last|league|\d+)$/.exec(name) ?? [];
      if (run === undefined || which === undefined || opened.has(name)) continue;
      const checkpoint = /^\d+$/.test(which) ? Number(which) : (which as Pointer | "league");
      const folder = findRun(run, runs);
      requireArenaOf(folder, config.env);
      opened.set(
        name,
        await openRunPlayer(folder, { checkpoint, ...(engine === undefined ? {} : { engine }) }),
      );
    }
  } catch (error) {
    dispose();
    throw error;
  }
  const fullName = (name: string): string => opened.get(name)?.name ?? name;
  const frozen = Object.fromEntries(
    Object.entries(arena.frozen).map(([whom, name]) => [whom, fullName(name)]),
  );
  return { config: { ...config, arena: { ...arena, others: fullName(arena.others), frozen } }, dispose };
}

function requireArenaOf({ path, manifest }: RunFolder, env: string): void {
  if (manifest.env === env && findArena(env) !== null) return;
  throw new LudusError("unsupported", `${path} is of ${manifest.env}, and cannot sit in ${env}.`);
}

function readSelves(run: RunFolder): readonly NamedArrays[] {
  const { "league.safetensors": league } = readNewest(run.path, (step) =>
    readCheckpoint(run.path, step, ["league.safetensors"]),
  );
  return [...selvesOf(decodeSafetensors(league)).values()];
}

/** Acts as one of several would, drawn for each action. @param become takes over what one of them has learnt */
function averaged<Self>(player: Player, selves: readonly Self[], become: (self: Self) => void): Player {
  return {
    name: player.name,
    act(state, agent, rng) {
      become(selves[rng.integers(0, selves.length)]!);
      return player.act(state, agent, rng);
    },
  };
}
