/** The public surface of gymnasium-js; all else is internal. */

export { defineEnv, type EnvDefinition } from "./define-env.js";
export type {
  Env,
  EnvSnapshot,
  Info,
  RenderMode,
  ResetOptions,
  ResetResult,
  RgbFrame,
  StepResult,
} from "./env.js";
export { GymnasiumError } from "./errors.js";
export { type MakeOptions, type MakeVecOptions, make, makeVec } from "./make.js";
export {
  type EntryPoint,
  type EnvIdParts,
  type EnvKwargs,
  EnvSpec,
  type EnvSpecInit,
  type EnvSpecJson,
  findSpec,
  formatEnvId,
  onRegistryWarning,
  parseEnvId,
  register,
  registry,
  resolveEnvId,
  unregister,
} from "./registry.js";
export { type EnvRules, type Outcome, proceed, type RandomSource, terminate } from "./rules.js";
export { RulesEnv, type RulesEnvOptions, type RulesEnvSnapshot } from "./rules-env.js";
export {
  defaultRng,
  type Entropy,
  Generator,
  type GeneratorState,
  SeedSequence,
  type SeedSequenceOptions,
} from "./seeding/generator.js";
export { restore, snapshot } from "./snapshot.js";
export type { Dtype, ElementOf, SampleOptions, Space, TypedArray } from "./spaces/space.js";
export { nearestSpelling } from "./spelling.js";
export {
  NativeVectorEnv,
  type NativeVectorEnvOptions,
  type NativeVectorSnapshot,
} from "./vector/native-vector-env.js";
export {
  SyncVectorEnv,
  type SyncVectorEnvOptions,
  type SyncVectorSnapshot,
} from "./vector/sync-vector-env.js";
export type {
  AutoresetMode,
  Batch,
  VectorEnv,
  VectorInfos,
  VectorReset,
  VectorStep,
} from "./vector/vector-env.js";
export {
  ActionWrapper,
  Autoreset,
  type BinOptions,
  type Bounds,
  ClipAction,
  ClipReward,
  DelayObservation,
  DiscretizeAction,
  DiscretizeObservation,
  DtypeObservation,
  type EpisodeStatistics,
  FlattenObservation,
  type FramePadding,
  FrameStackObservation,
  GrayscaleObservation,
  MaxAndSkipObservation,
  NormalizeObservation,
  NormalizeReward,
  ObservationWrapper,
  OrderEnforcing,
  PassiveEnvChecker,
  RecordEpisodeStatistics,
  RepeatAction,
  RescaleAction,
  RescaleObservation,
  ReshapeObservation,
  RewardWrapper,
  RunningArrayStatistics,
  RunningStatistics,
  StickyAction,
  type StickyDuration,
  TimeAwareObservation,
  type TimeAwareOptions,
  TimeLimit,
  TransformAction,
  TransformObservation,
  TransformReward,
  Wrapper,
  type WrapperSnapshot,
  type WrapperSpaces,
} from "./wrappers/index.js";
