export { agentFor } from "./agent-for.js";
export { type Pointer, pointedStep } from "./checkpoint.js";
export {
  agentByParts,
  agentNames,
  type PartialConfig,
  parseSetting,
  type RunConfig,
  resolveConfig,
  runConfigSchema,
} from "./config.js";
export { type Curve, type CurveGroup, curveGroups, readMetrics } from "./curves.js";
export { describeConfig } from "./describe-config.js";
export { type EnvModuleRecord, fingerprint, moduleOfRun } from "./env-module.js";
export { exitCodes, LudusError, type LudusErrorCode } from "./errors.js";
export { type Evaluation, type EvaluationOptions, evaluate } from "./evaluation.js";
export type { CheckpointEvent, DoneEvent, EvalEvent, Progress, StartEvent, TrainEvent } from "./events.js";
export type { TrainMetrics } from "./metrics.js";
export {
  type BestPolicy,
  type PolicySearchConfig,
  type PolicySearchConfigInput,
  type PolicySearchOptions,
  type PolicySearchState,
  parseSearchConfig,
  policySearchConfigSchema,
  type SearchGeneration,
  search,
  searchedPolicy,
} from "./policy-search.js";
export { findPreset, type Preset, presets } from "./presets/index.js";
export type { Listeners } from "./run.js";
export {
  findRun,
  listRuns,
  ludusVersion,
  type Manifest,
  openRun,
  type RunFolder,
  runResult,
} from "./run-folder.js";
export {
  type ActingPolicy,
  evaluateStored,
  openActing,
  openPolicy,
  type StoredPolicy,
} from "./stored-policy.js";
export { resume, type TrainOptions, train } from "./train.js";
export {
  EvaluationPool,
  type EvaluationPoolOptions,
  type PlayedEpisodes,
} from "./workers/evaluation-pool.js";
export { type MakeWorkerVecOptions, makeWorkerVec } from "./workers/make-worker-vec.js";
