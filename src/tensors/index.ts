export * as tf from "@tensorflow/tfjs-core";
export {
  type Engine,
  type EngineName,
  type EngineOptions,
  type EngineReport,
  engineNames,
  engineReport,
  useEngine,
} from "./engine.js";
export { EngineMissingError, OptimizerError, SafetensorsError } from "./errors.js";
export { type NamedArray, type NamedArrays, sizeOf } from "./named-arrays.js";
export { type Activation, activate, activations } from "./ops/activation.js";
export { conv2d } from "./ops/conv2d.js";
export { dense } from "./ops/dense.js";
export { type OptimizerConfig, optimizerSchema } from "./optimizers/config.js";
export { createOptimizer, type Optimizer, type OptimizerState } from "./optimizers/optimizer.js";
export { decodeSafetensors, encodeSafetensors, safetensorsMetadata } from "./safetensors.js";
export { valueAndGradients } from "./value-and-gradients.js";
