export {
  type FitConfig,
  type FitConfigInput,
  fitConfigSchema,
  type Objective,
  type ObjectiveInput,
  objectiveSchema,
} from "./config.js";
export { FitError } from "./errors.js";
export { Evaluator, type Figures } from "./evaluator.js";
export {
  type FitBatchEvent,
  type FitData,
  type FitDoneEvent,
  type FitEpochEvent,
  type FitEvent,
  type FitOptions,
  type FitStanding,
  type FitState,
  fit,
} from "./fit.js";
export { Heads } from "./heads.js";
export { Trainer, type TrainerOptions, type TrainerState, type TrainerStep } from "./trainer.js";
