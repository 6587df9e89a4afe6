import { join } from "node:path";
import { LudusError, openActing, openRun, type RunFolder, runResult } from "../../training/index.js";
import type { Mind } from "../../viewer/mind.js";
import { PlaySession } from "../../viewer/play-session.js";
import { PlayShow } from "../../viewer/play-show.js";
import type { RunSummary } from "../../viewer/protocol.js";
import type { DemonstrationFolder } from "./demonstration-folder.js";
import { GameShow } from "./game-show.js";
import { folderLibrary } from "./library.js";
import { policyMind, randomMind } from "./minds.js";
import { Rival, type RivalOptions } from "./rival.js";
import type { Seats } from "./seats.js";
import { openStage } from "./stage.js";

export interface Game {
  env: string;
  /** Of the first episode. */
  seed: number;
  /** Whose best policy plays the same episodes; null for nobody, as in arenas, where others play in the person's own. */
  against: RunFolder | null;
  seats: Seats;
  /** Null where nothing is to be kept. */
  folder: DemonstrationFolder | null;
}

/**
 * An environment that a person plays.
 * @throws {LudusError} `unsupported` if it has more actions than there are keys, or the run plays something else
 */
export async function showGame({ env, seed, against, seats, folder }: Game): Promise<GameShow> {
  const opponent = against && (await openOpponent(against, env));
  const envOptions = { ...opponent?.envOptions, ...seats.seating };
  const { openEnv, stage } = openStage(env, envOptions, opponent?.maxSteps ?? null);
  if (stage.human === null)
    throw new LudusError("unsupported", `${env} has more actions than there are keys: nobody can play it.`);
  const adviser = opponent?.adviser ?? (seats.run && policyMind(await openActing(seats.run, "best")));
  const mind = adviser ?? randomMind(openEnv, seed);
  const session = new PlaySession({
    ...{ openEnv, stage, mind, seed, openMind: null, controller: "human", onDispose: seats.dispose },
  });
  const run = adviser === null ? null : (against ?? seats.run)!.path;
  const show = new PlayShow(session, { mode: "play", stage, player: mind.name, checkpoints: [], run });
  const rival = opponent && new Rival({ env: openEnv(), ...opponent });
  return new GameShow({ session, show, stage, rival, folder });
}

interface Opponent extends Pick<RivalOptions, "mind" | "evaluation"> {
  /** The same policy once more, for the values beside the board, and for whoever hands back. */
  adviser: Mind;
  envOptions: Record<string, unknown>;
  maxSteps: number;
}

async function openOpponent(run: RunFolder, env: string): Promise<Opponent> {
  if (run.manifest.env !== env)
    throw new LudusError(
      "unsupported",
      `The run ${run.path} plays ${run.manifest.env}, so nobody can play ${env} against it.`,
    );
  const acting = await openActing(run, "best");
  const { envOptions, evaluation } = acting.config;
  return {
    mind: policyMind(acting),
    adviser: policyMind(await openActing(run, acting.step)),
    evaluation: lastEvaluationOf(run),
    envOptions,
    maxSteps: evaluation.maxSteps,
  };
}

/** The run with the best evaluation of those on this environment, the newest of equals; null without any. */
export async function bestRunOf(env: string, runs: string): Promise<RunFolder | null> {
  const { runs: newestFirst } = await folderLibrary(runs, () => null).list();
  const evaluated = newestFirst.filter((run) => run.env === env && run.bestReturn !== null);
  const best = evaluated.reduce<RunSummary | null>(
    (before, run) => (before === null || run.bestReturn! > before.bestReturn! ? run : before),
    null,
  );
  return best && openRun(join(runs, best.id));
}

/** Of its best checkpoint, on seeds of their own; null where the run has not reached its end. */
function lastEvaluationOf(run: RunFolder): RivalOptions["evaluation"] {
  const result = runResult(run.path);
  if (result?.evalReturnMean == null) return null;
  return { returnMean: result.evalReturnMean, episodes: result.evalEpisodes };
}
