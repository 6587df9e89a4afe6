import { z } from "zod";
import { type Model, resnetSmall } from "../nets/index.js";
import {
  augmentationSchema,
  createAugmentation,
  fitStandardization,
  type ObjectiveInput,
} from "../supervised/index.js";
import { confusionTable } from "./confusion.js";
import { imageSplits } from "./image-splits.js";
import { fitTask } from "./task.js";

const settings = z.strictObject({
  data: z
    .enum(["cifar10", "cifar10-subset"])
    .default("cifar10-subset")
    .describe(
      "all of CIFAR-10, or its first 4,000 images to learn from and 1,000 to test; default the latter",
    ),
  blocks: z.int().min(1).default(1).describe("blocks of each stage: 6 n + 2 layers; default 1"),
  width: z.int().min(1).default(24).describe("channels of the first stage; default 24"),
  dropout: z.number().min(0).lt(1).default(0).describe("before the last layer; default 0"),
  batchSize: z.int().min(1).default(64).describe("images in a batch; default 64"),
  augment: augmentationSchema
    .default(() =>
      augmentationSchema.parse([{ type: "crop", padding: 4, mode: "reflect" }, { type: "flip" }]),
    )
    .describe("what is done to training images; default random crops and flips"),
});

const objective: ObjectiveInput = {
  heads: { classes: { loss: { name: "crossEntropy", labelSmoothing: 0.1 }, metrics: ["accuracy"] } },
};

/** Photographs in ten classes, by a ResNet of three stages (He et al. 2016, section 4.2). */
export const cifarResnet = fitTask({
  name: "cifar-resnet",
  about: "photographs of 32x32 in ten classes by a small ResNet with augmentation",
  data: ["cifar10-subset"],
  settings,
  config: () => ({
    objective,
    epochs: 50,
    optimizer: { name: "sgd", learningRate: 0.1, momentum: 0.9, nesterov: true },
    schedule: { name: "oneCycle" },
    penalty: { l2: 5e-4 },
    evaluateEvery: 5,
    earlyStopping: { metric: "accuracy" },
  }),
  prepare: async ({ settings: { data, blocks, width, dropout, batchSize, augment }, seed, load }) => {
    const { splits } = await load(data);
    const images = imageSplits(splits, {
      ...{ batchSize, seed, heldOut: 0.1 },
      convert: fitStandardization(splits.train),
      ...(augment.length > 0 ? { augment: createAugmentation(augment) } : {}),
    });
    return {
      spec: resnetSmall({ blocks, width, dropout }),
      data: images,
      report: async (model: Model) => ({
        tables: [
          await confusionTable(model, { source: images.test!, objective, classes: splits.test.classes! }),
        ],
      }),
    };
  },
});
