export { agentFor } from "./agent-for.js";
export { rulesOfRun } from "./arenas/config.js";
export { League } from "./arenas/league.js";
export { openPolicy, openRunPlayer, type RunPlayer, type StoredPolicy } from "./arenas/run-player.js";
export {
  playTournament,
  type TournamentOptions,
  type TournamentProgress,
  type TournamentResult,
} from "./arenas/tournament.js";
export { type Entrant, openEntrants, openVenue, type Venue } from "./arenas/tournament-entrants.js";
export type { AloneResult, PairResult, PairsResult, Standing } from "./arenas/tournament-results.js";
export { type BenchCurve, benchCurves } from "./bench-learning/curves.js";
export {
  type BenchFailure,
  type BenchResult,
  runBench,
} from "./bench-learning/run-suite.js";
export { type BenchEntry, type BenchSuite, benchSuites, findSuite } from "./bench-learning/suites.js";
export {
  type BenchAggregate,
  type BenchRow,
  benchAggregate,
  benchRows,
  type Measure,
} from "./bench-learning/summary.js";
export { checkpointSteps, type Pointer, pointedStep } from "./checkpoint.js";
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
export { demonstrationsDigest } from "./demonstrations.js";
export { type ConfigKey, describeConfig } from "./describe-config.js";
export { replaceFile, writeError } from "./durable.js";
export type { EnvModuleRecord } from "./env-module.js";
export { exitCodes, LudusError, type LudusErrorCode } from "./errors.js";
export { type Evaluation, type EvaluationOptions, evaluate } from "./evaluation.js";
export type { CheckpointEvent, DoneEvent, EvalEvent, Progress, StartEvent, TrainEvent } from "./events.js";
export { describeTaskConfig, resolveTaskConfig } from "./fits/config.js";
export { type FitCurves, type FitCurvesOfFigure, fitCurves, fitSummary } from "./fits/curves.js";
export { evaluateFit, type FitEvaluation } from "./fits/evaluate-fit.js";
export type {
  FitListeners,
  FitProgress,
  FitReport,
  FitReportEvent,
  FitRunDoneEvent,
  FitRunEvent,
} from "./fits/events.js";
export { fitReport } from "./fits/folder.js";
export { findTask, type ReopenOptions, type TaskRegistry } from "./fits/open-task.js";
export { type RunTaskOptions, resumeTask, runTask } from "./fits/run-task.js";
export { describeAgents, stackOf } from "./kinds/index.js";
export { isLocked } from "./lock.js";
export type { TrainMetrics } from "./metrics.js";
export { type PolicyReport, reportPolicy, type Spread } from "./policy-report.js";
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
export type { Listeners, OpenRun } from "./run.js";
export {
  type AnyRun,
  type FitFolder,
  type FitManifest,
  findAnyRun,
  findRun,
  isFit,
  listAnyRuns,
  listRuns,
  ludusVersion,
  type Manifest,
  openAnyRun,
  openRun,
  type RunFolder,
  readConfig,
  runResult,
} from "./run-folder.js";
export {
  type ActingChoice,
  type ActingPolicy,
  evaluateStored,
  openActing,
} from "./stored-policy.js";
export { resume, type TrainOptions, train } from "./train.js";
export type { TrialRun } from "./tuning/halving.js";
export { differences, keysOf, settingsOf } from "./tuning/sampling.js";
export { openStudy, type Study, type StudyRecord } from "./tuning/study.js";
export {
  beginStudy,
  bestLayer,
  type RankedTrial,
  runStudy,
  type TrialEvent,
  type TuneListeners,
  type TuneOptions,
  type TuneResult,
} from "./tuning/tune.js";
export { openPlayers, type VectorPlayers } from "./vector-players.js";
export {
  EvaluationPool,
  type EvaluationPoolOptions,
  type PlayedEpisodes,
} from "./workers/evaluation-pool.js";
export { type MakeWorkerVecOptions, makeWorkerVec } from "./workers/make-worker-vec.js";
