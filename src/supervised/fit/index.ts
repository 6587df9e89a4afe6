export {
  type FitConfig,
  type FitConfigInput,
  fitConfigSchema,
  type Objective,
  type ObjectiveInput,
  objectiveSchema,
} from "./config.js";
export { FitError } from "./errors.js";
export { type EvaluateOptions, Evaluator, type Figures } from "./evaluator.js";
export type {
  FitBatchEvent,
  FitDoneEvent,
  FitEpochEvent,
  FitEvent,
  FitStanding,
  FitState,
} from "./events.js";
export { type FitData, type FitOptions, fit } from "./fit.js";
export { Heads } from "./heads.js";
export { Trainer, type TrainerOptions, type TrainerState, type TrainerStep } from "./trainer.js";
