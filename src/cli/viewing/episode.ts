import { readFileSync, statSync } from "node:fs";
import { extname } from "node:path";
import { registry } from "gymnasium-js";
import { findArena } from "../../multiagent/index.js";
import { EngineMissingError } from "../../tensors/index.js";
import { checkpointSteps, findRun, LudusError, openActing, type RunFolder } from "../../training/index.js";
import { type Episode, EpisodeError } from "../../viewer/episode.js";
import type { Mind } from "../../viewer/mind.js";
import { parseEpisode } from "../../viewer/parse-episode.js";
import { PlaySession } from "../../viewer/play-session.js";
import { PlayShow } from "../../viewer/play-show.js";
import { reopenedBranch } from "../../viewer/reopened.js";
import { policyMind, randomMind } from "./minds.js";
import { takeSeats, usualSeats } from "./seats.js";
import { openStage } from "./stage.js";

/** Whether a person who wrote this meant an episode that was saved. */
export function isEpisodeFile(name: string): boolean {
  return extname(name) === ".json" && statSync(name, { throwIfNoEntry: false })?.isFile() === true;
}

/**
 * An episode of a file, at its start, as it was played; whoever played it can take over where their run is still there.
 * @param runs folder of runs, in which the run is looked for
 * @throws LudusError in one sentence for a file that is no episode, or was played by other rules
 */
export async function showEpisode(path: string, runs: string): Promise<PlayShow> {
  const episode = wellKnown(() => parseEpisode(readFileSync(path, "utf8"), path));
  const { env, envOptions, seed, maxEpisodeSteps } = episode;
  if (!registry.has(env)) {
    throw new LudusError(
      "invalid-value",
      `${path} was played in ${env}, which is not known here; --env-module loads environments of your own.`,
    );
  }
  const seats = findArena(env) === null ? usualSeats : await takeSeats(env, envOptions, runs);
  const { openEnv, stage } = openStage(env, envOptions, maxEpisodeSteps);
  const player = await playerOf(episode, runs);
  const { mind, run } = typeof player === "string" ? { mind: randomMind(openEnv, seed), run: null } : player;
  const branch = wellKnown(() => reopenedBranch(episode, { openEnv, stage, mind, name: path }));
  if (typeof player === "string" && episode.run !== null)
    process.stderr.write(`Only chance or a person can play on in this episode: ${player}\n`);
  const session = new PlaySession({
    ...{ openEnv, stage, mind, seed, reopened: { episode, branch } },
    run: run?.manifest.id ?? null,
    onDispose: seats.dispose,
    openMind: run && (async (step) => policyMind(await openActing(run, step))),
  });
  const checkpoints = run === null ? [] : checkpointSteps(run.path);
  return new PlayShow(session, {
    ...{ mode: "watch", stage, player: episode.player, checkpoints },
    run: run?.path ?? null,
  });
}

/** The policy that played, and its run, or in a sentence why there is none. */
async function playerOf(episode: Episode, runs: string): Promise<{ mind: Mind; run: RunFolder } | string> {
  const { env, checkpoint } = episode;
  if (episode.run === null) return "No policy played it.";
  try {
    const run = findRun(episode.run, runs);
    if (run.manifest.env !== env) throw new LudusError("unknown-run", `${run.path} is no run of ${env}.`);
    const stored = checkpoint !== null && checkpointSteps(run.path).includes(checkpoint);
    return { mind: policyMind(await openActing(run, stored ? checkpoint : "best")), run };
  } catch (error) {
    if (!(error instanceof LudusError || error instanceof EngineMissingError)) throw error;
    return error.message;
  }
}

function wellKnown<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof EpisodeError)
      throw new LudusError("corrupt-episode", error.message, { cause: error });
    throw error;
  }
}
