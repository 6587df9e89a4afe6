export {
  type AffineMap,
  type AffineOptions,
  type Augmentation,
  type AugmentationConfig,
  augmentationSchema,
  type CropOptions,
  createAugmentation,
  cutout,
  gaussianNoise,
  horizontalFlip,
  type ImageBatch,
  type ImageSize,
  randomAffine,
  randomCrop,
  warpInto,
} from "./augmentation/index.js";
export {
  type Batch,
  type BatchesOptions,
  type BatchSource,
  batchCount,
  batchesOf,
  type Conversion,
  checkConversion,
  checkPlace,
  convertInto,
  epochOrder,
  type MemorySource,
} from "./batches.js";
export { BytePairs, learnBytePairs } from "./byte-pairs.js";
export { classCounts, labelled, requireSeveralClasses } from "./classes.js";
export {
  type Dataset,
  dataset,
  emptyLike,
  type Field,
  type FieldData,
  gatherRows,
  rowLength,
  takeRows,
} from "./dataset.js";
export { DataError, type DataErrorCode } from "./errors.js";
export {
  type CaptionedImages,
  type EllipsesOptions,
  ellipseParameters,
  ellipses,
  type GlyphDigitsOptions,
  type GridCaptionsOptions,
  glyphDigits,
  gridCaptions,
  isRegression,
  type PlaygroundName,
  type PlaygroundOptions,
  playgroundData,
  playgroundNames,
} from "./generators/index.js";
export { type LanguageWindowsOptions, languageWindows } from "./language-windows.js";
export { prefetch } from "./prefetch.js";
export { type PaddedBatchesOptions, paddedBatches, type Sequences } from "./sequences.js";
export { groupedRows, splitRows, stratifiedRows } from "./split.js";
export {
  fitStandardization,
  type Standardization,
  standardizationSchema,
  standardize,
  standardizeInto,
} from "./standardize.js";
export {
  buildVocabulary,
  characterVocabulary,
  type EncodeOptions,
  specialTokens,
  Vocabulary,
  type VocabularyOptions,
  wordTokens,
} from "./vocabulary.js";
