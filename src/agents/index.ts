export type { Agent, AgentOptions, AgentState, LearnMetrics, Policy } from "./agent.js";
export { type AgentName, agents, createAgent } from "./create-agent.js";
export { type DqnConfig, type DqnConfigInput, dqnConfigSchema } from "./dqn/config.js";
export { AgentError } from "./errors.js";
export { type EpsilonSchedule, epsilonAt } from "./exploration.js";
export {
  finiteHorizonValues,
  greedyActions,
  type Plan,
  PlanningError,
  policyEvaluation,
  type ValueIterationOptions,
  valueIteration,
} from "./planning/index.js";
