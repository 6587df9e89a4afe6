export { autoencoderSpec, type Corruption, corruptionSchema } from "./autoencoder.js";
export { halvesOf, rowsPerClass, takeClasses } from "./class-splits.js";
export { type CodesOptions, codesOf } from "./codes.js";
export { type EpochFigures, type FitResult, fitToEnd, testFigure } from "./fit-to-end.js";
export { type ClassifierFigures, judgeClassifier } from "./judge-classifier.js";
export { meanAndSpread, seedsNote } from "./mean-and-spread.js";
export {
  type PretrainConfig,
  type PretrainedLayer,
  type PretrainOptions,
  pretrainConfigSchema,
  pretrainLayers,
} from "./pretrain.js";
export { allBut, transferLayers } from "./transfer-layers.js";
export {
  type SweptTask,
  type TransferResult,
  type TransferSweepOptions,
  type Treatment,
  transferSweep,
  treatments,
} from "./transfer-sweep.js";
