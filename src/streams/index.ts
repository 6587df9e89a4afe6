/** Environments as streams: the public surface of `streams`. */

export { EpisodeTracker, type EpisodeTrackerState, episodeStatistics } from "./episodes.js";
export { type AtStep, evaluateEvery, everySteps } from "./every-steps.js";
export { type NStepTransitions, nStep } from "./n-step.js";
export { ObservedEnv, type ObservedStep, observe } from "./observe.js";
export { type RolloutOptions, rollout } from "./rollout.js";
export { stopAfter } from "./stop-after.js";
export {
  type ImprovementRecord,
  newRecord,
  noBetter,
  noteResult,
  reaches,
  stopOnReturn,
} from "./stop-on.js";
export { throttleFrames } from "./throttle-frames.js";
export type { Episode, RolloutStep, VectorPolicy } from "./types.js";
