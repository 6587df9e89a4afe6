export { type AffineMap, type AffineOptions, randomAffine, warpInto } from "./affine.js";
export { type AugmentationConfig, augmentationSchema, createAugmentation } from "./config.js";
export { type CropOptions, randomCrop } from "./crop.js";
export type { Augmentation, ImageBatch, ImageSize } from "./image-batch.js";
export { cutout, gaussianNoise, horizontalFlip } from "./pixels.js";
