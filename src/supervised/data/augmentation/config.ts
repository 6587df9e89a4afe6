import { z } from "zod";
import { randomAffine } from "./affine.js";
import { randomCrop } from "./crop.js";
import type { Augmentation } from "./image-batch.js";
import { cutout, gaussianNoise, horizontalFlip } from "./pixels.js";

const degrees = z.number().min(0).max(180).default(0);

const stepSchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("crop"),
    padding: z.int().min(1).describe("pixels added on each side before a window of the old size is cut out"),
    mode: z.enum(["zero", "reflect"]).default("zero").describe("what is added; default zero"),
  }),
  z.strictObject({
    type: z.literal("flip"),
    probability: z.number().min(0).max(1).default(0.5).describe("of a mirrored image; default 0.5"),
  }),
  z.strictObject({
    type: z.literal("affine"),
    rotate: degrees.describe("degrees either way; default 0"),
    shift: z.number().min(0).max(1).default(0).describe("fraction of the sides, either way; default 0"),
    scale: z
      .tuple([z.number().positive(), z.number().positive()])
      .refine(([least, greatest]) => least <= greatest, "the least factor comes first")
      .default([1, 1])
      .describe("least and greatest factor; default 1 and 1"),
    shear: z.number().min(0).max(80).default(0).describe("degrees either way; default 0"),
  }),
  z.strictObject({
    type: z.literal("noise"),
    deviation: z.number().positive().describe("standard deviation, in the units of the images"),
  }),
  z.strictObject({
    type: z.literal("cutout"),
    size: z.int().min(1).describe("side of the square, in pixels"),
  }),
]);

/** Augmentation as plain JSON: steps, one after the other. */
export const augmentationSchema = z.array(stepSchema);

export type AugmentationConfig = z.infer<typeof augmentationSchema>;

/** The steps as one augmentation. */
export function createAugmentation(config: AugmentationConfig): Augmentation {
  const steps = config.map(createStep);
  return (images, rng) => {
    for (const step of steps) step(images, rng);
  };
}

function createStep(step: AugmentationConfig[number]): Augmentation {
  switch (step.type) {
    case "crop":
      return randomCrop(step);
    case "flip":
      return horizontalFlip(step.probability);
    case "affine":
      return randomAffine(step);
    case "noise":
      return gaussianNoise(step.deviation);
    case "cutout":
      return cutout(step.size);
    default:
      throw new Error(`There is no augmentation ${step satisfies never}.`);
  }
}
