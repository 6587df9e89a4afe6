import { checkpointSteps, openActing, type Pointer, type RunFolder } from "../../training/index.js";
import type { Mind } from "../../viewer/mind.js";
import { PlaySession } from "../../viewer/play-session.js";
import { PlayShow } from "../../viewer/play-show.js";
import { policyMind, randomMind } from "./minds.js";
import type { Seats } from "./seats.js";
import { openStage } from "./stage.js";

export interface RunView {
  run: RunFolder;
  checkpoint: Pointer | number;
  seed: number;
  seats: Seats;
}

/** A run's policy at play, with all its checkpoints to choose from. */
export async function showRun({ run, checkpoint, seed, seats }: RunView): Promise<PlayShow> {
  const acting = await openActing(run, checkpoint);
  const { env, envOptions, evaluation } = acting.config;
  const { openEnv, stage } = openStage(env, { ...envOptions, ...seats.seating }, evaluation.maxSteps);
  const mind = policyMind(acting);
  const openMind = async (step: number): Promise<Mind> => policyMind(await openActing(run, step));
  const session = new PlaySession({
    ...{ openEnv, stage, mind, seed, run: run.manifest.id, openMind },
    onDispose: seats.dispose,
  });
  const checkpoints = checkpointSteps(run.path);
  return new PlayShow(session, { mode: "watch", stage, player: mind.name, checkpoints, run: run.path });
}

/** An environment that chance plays. */
export function showEnv(env: string, seed: number, { seating, dispose }: Seats): PlayShow {
  const { openEnv, stage } = openStage(env, { ...seating }, null);
  const mind = randomMind(openEnv, seed);
  const session = new PlaySession({ openEnv, stage, mind, seed, openMind: null, onDispose: dispose });
  return new PlayShow(session, { mode: "watch", stage, player: mind.name, checkpoints: [], run: null });
}
