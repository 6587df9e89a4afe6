export type { Agent, AgentOptions, AgentState, LearnMetrics, Policy, ValueAgent } from "./agent.js";
export { type AgentName, agents, createAgent } from "./create-agent.js";
export { type DqnConfig, type DqnConfigInput, dqnConfigSchema } from "./dqn/config.js";
export { rainbowConfig } from "./dqn/rainbow.js";
export type { DrqnAgent } from "./drqn/agent.js";
export { type DrqnConfig, type DrqnConfigInput, drqnConfigSchema } from "./drqn/config.js";
export type { SequenceBatch } from "./drqn/sequence-batch.js";
export { Sequences } from "./drqn/sequences.js";
export { AgentError } from "./errors.js";
export {
  createSearch,
  EpisodePlayer,
  episodeSeeds,
  type FitnessSetting,
  type PlannedPolicy,
  type PlayedEpisode,
  type PolicyOptions,
  type PolicyPlan,
  type Population,
  planPolicy,
  type SearchAlgorithm,
  type SearchAlgorithmConfig,
  type SearchAlgorithmConfigInput,
  type SearchAlgorithmState,
  type SearchStart,
  searchAlgorithmSchema,
  searchPolicy,
  writeCandidate,
} from "./evolution/index.js";
export { type EpsilonSchedule, epsilonAt } from "./exploration.js";
export type { FeatureMaps, Filters, Insight, ReturnDistribution } from "./insight.js";
export {
  finiteHorizonValues,
  greedyActions,
  type ModifiedPolicyIterationOptions,
  modifiedPolicyIteration,
  type Plan,
  PlanningError,
  type PolicyIterationOptions,
  type PolicyIterationPlan,
  type PrioritizedSweepingOptions,
  policyEvaluation,
  policyIteration,
  prioritizedSweeping,
  type SweptPlan,
  type ValueIterationOptions,
  valueIteration,
} from "./planning/index.js";
export { type AdvantageInputs, generalizedAdvantages } from "./ppo/advantages.js";
export type { PpoAgent } from "./ppo/agent.js";
export { type PpoConfig, type PpoConfigInput, ppoConfigSchema } from "./ppo/config.js";
export type { AdvantageBatch } from "./ppo/learner.js";
export { PpoRollout } from "./ppo/rollout.js";
export type { PqnAgent } from "./pqn/agent.js";
export { type PqnConfig, type PqnConfigInput, pqnConfigSchema } from "./pqn/config.js";
export type { ReturnBatch } from "./pqn/learner.js";
export { lambdaReturns, type ReturnInputs } from "./pqn/returns.js";
export { Rollout } from "./pqn/rollout.js";
export type { TeamAgent, TeamOptions } from "./qmix/agent.js";
export {
  type QmixConfig,
  type QmixConfigInput,
  qmixConfigSchema,
  type VdnConfig,
  type VdnConfigInput,
  vdnConfigSchema,
} from "./qmix/config.js";
export type { TeamLayout } from "./qmix/layout.js";
export {
  createTabularAgent,
  findTabularPreset,
  stateNumbers,
  type TabularAgent,
  type TabularConfig,
  type TabularConfigInput,
  type TabularEnv,
  type TabularPreset,
  type TabularResult,
  type TabularState,
  type TabularTraining,
  type TabularTransition,
  type TabularVectorStep,
  type TabularWeights,
  tabularConfigSchema,
  tabularPresets,
  trainTabular,
} from "./tabular/index.js";
