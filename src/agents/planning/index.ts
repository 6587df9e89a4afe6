export { PlanningError } from "./errors.js";
export { greedyActions, policyEvaluation } from "./policies.js";
export {
  type ModifiedPolicyIterationOptions,
  modifiedPolicyIteration,
  type PolicyIterationOptions,
  type PolicyIterationPlan,
  policyIteration,
} from "./policy-iteration.js";
export {
  type PrioritizedSweepingOptions,
  prioritizedSweeping,
  type SweptPlan,
} from "./prioritized-sweeping.js";
export {
  finiteHorizonValues,
  type Plan,
  type ValueIterationOptions,
  valueIteration,
} from "./value-iteration.js";
