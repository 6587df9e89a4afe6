import type { TrainMetrics } from "./metrics.js";
import type { Ending } from "./stopping.js";

export interface StartEvent {
  event: "start";
  run: string;
  env: string;
  agent: string;
  preset: string | null;
  engine: string;
  seed: number;
  /** Environment steps already made: 0, or where a resumed run goes on. */
  step: number;
  steps: number;
}

/** An evaluation while training. */
export interface EvalEvent {
  event: "eval";
  step: number;
  returnMean: number;
  returnStd: number;
  lengthMean: number;
  episodes: number;
  /** Whether it is the best so far. */
  best: boolean;
}

export interface CheckpointEvent {
  event: "checkpoint";
  step: number;
}

/**
 * The last event. Evaluation figures are those of the best checkpoint, played again on fresh seeds; null where the
 * run was interrupted before.
 */
export interface DoneEvent {
  event: "done";
  run: string;
  env: string;
  agent: string;
  preset: string | null;
  engine: string;
  seed: number;
  /** Environment steps, updates and episodes over the whole run, interruptions included. */
  steps: number;
  episodes: number;
  updates: number;
  evalReturnMean: number | null;
  evalReturnStd: number | null;
  evalLengthMean: number | null;
  evalEpisodes: number;
  /** Best mean return of the evaluations while training. */
  bestReturnMean: number | null;
  /** Step of the checkpoint that `best` names. */
  bestStep: number | null;
  /** Why the run has ended: at its last step, by one of its reasons to stop, or interrupted. */
  ended: Ending;
  /** True where the run ended before its last step, with a checkpoint to resume from. */
  interrupted: boolean;
  /** False where the environment cannot be saved; then a run can be played but not resumed. */
  resumable: boolean;
  /** Wall clock of this process, and its environment steps per second, evaluations included. */
  seconds: number;
  stepsPerSecond: number;
}

export type TrainEvent = StartEvent | TrainMetrics | EvalEvent | CheckpointEvent | DoneEvent;

/** Where a run stands, for a progress line; told many times a second and never written down. */
export interface Progress {
  step: number;
  steps: number;
  episodes: number;
  updates: number;
  /** Mean over the last 100 episodes; null before the first has ended. */
  returnMean: number | null;
  epsilon: number;
  doing: "training" | "evaluating";
}
