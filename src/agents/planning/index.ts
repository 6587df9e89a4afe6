export { PlanningError } from "./errors.js";
export { greedyActions, policyEvaluation } from "./policies.js";
export {
  finiteHorizonValues,
  type Plan,
  type ValueIterationOptions,
  valueIteration,
} from "./value-iteration.js";
