export type { ActivationName } from "./activations.js";
export { NetError } from "./errors.js";
export {
  checkGradients,
  GradientCheckError,
  type GradientCheckOptions,
  type GradientReport,
} from "./gradient-check.js";
export type { InitializerName } from "./initializers.js";
export { type InputSpec, InputStage } from "./input.js";
export * from "./losses/index.js";
export * from "./models/index.js";
export { buildNet, type Net, type NetOptions } from "./net.js";
export { drawNoise } from "./noise.js";
export { type ParameterTable, parameterTable } from "./parameter-table.js";
export { buildRecurrentNet, type RecurrentNet } from "./recurrent-net.js";
export {
  type HeadSpec,
  type LayerSpec,
  type NetSpec,
  type NetSpecInput,
  netSpecSchema,
} from "./spec.js";
export { readVariables, writeVariables } from "./weights.js";
export * from "./zoo/index.js";
