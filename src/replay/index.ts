/** Transitions kept for learning again: the public surface of `replay`. */

export { addDemonstrations, type Demonstration } from "./demonstrations.js";
export { elementSpec } from "./element.js";
export { ReplayError } from "./errors.js";
export { createFrameStacker, type FrameStacker, type FrameStackerConfig } from "./frame-stacker.js";
export { createReplay } from "./replay.js";
export type {
  ElementSpec,
  FieldSpec,
  PrioritisedSampling,
  Replay,
  ReplayBatch,
  ReplayConfig,
  ReplaySampler,
  SamplingConfig,
  TransitionBatch,
} from "./types.js";
