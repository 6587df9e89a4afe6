export * as tf from "@tensorflow/tfjs-core";
export { capture, type HostArray, type Step } from "./capture.js";
export {
  type Engine,
  type EngineName,
  type EngineOptions,
  type EngineReport,
  engineNames,
  engineReport,
  nativeReport,
  useEngine,
} from "./engine.js";
export { CaptureError, EngineMissingError, OptimizerError, SafetensorsError } from "./errors.js";
export { type NamedArray, type NamedArrays, sizeOf } from "./named-arrays.js";
export type { NativeReport } from "./native/report.js";
export { type Activation, activate, activations } from "./ops/activation.js";
export { batchNormTraining } from "./ops/batch-norm.js";
export { conv2d } from "./ops/conv2d.js";
export { dense } from "./ops/dense.js";
export { encodeFrames, hasFrameKernel } from "./ops/frames.js";
export { hostStep } from "./ops/host.js";
export { layerNorm } from "./ops/layer-norm.js";
export { localResponseNormalization } from "./ops/local-response-norm.js";
export { lstmCell } from "./ops/lstm-cell.js";
export type { Padding } from "./ops/padding.js";
export { avgPool, globalAvgPool, maxPool } from "./ops/pool.js";
export { blendVariable } from "./ops/variables.js";
export { type OptimizerConfig, optimizerSchema } from "./optimizers/config.js";
export { createOptimizer, type Optimizer, type OptimizerState } from "./optimizers/optimizer.js";
export { decodeSafetensors, encodeSafetensors, safetensorsMetadata } from "./safetensors.js";
export { valueAndGradients } from "./value-and-gradients.js";
