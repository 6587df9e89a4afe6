export { type LossConfig, type LossConfigInput, lossSchema } from "./config.js";
export { LossError } from "./errors.js";
export { type Loss, lossOf } from "./loss-of.js";
export { maxNorm, type PenaltyConfig, penaltyOf, penaltySchema, weightPattern } from "./penalty.js";
