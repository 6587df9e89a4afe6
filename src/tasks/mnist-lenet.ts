import { z } from "zod";
import { lenet5, type Model } from "../nets/index.js";
import { augmentationSchema, createAugmentation, type ObjectiveInput } from "../supervised/index.js";
import { confusionTable } from "./confusion.js";
import { imageSplits } from "./image-splits.js";
import { fitTask } from "./task.js";

const settings = z.strictObject({
  data: z.enum(["mnist", "fashion-mnist"]).default("mnist").describe("which pictures; default mnist"),
  dropout: z.number().min(0).lt(1).default(0).describe("before the last layer; default 0"),
  batchSize: z.int().min(1).default(64).describe("images in a batch; default 64"),
  augment: augmentationSchema
    .default(() =>
      augmentationSchema.parse([{ type: "affine", rotate: 10, shift: 0.07, scale: [0.9, 1.1], shear: 5 }]),
    )
    .describe("what is done to training images; default small rotations, shifts, scalings and shears"),
});

const objective: ObjectiveInput = {
  heads: { classes: { loss: { name: "crossEntropy" }, metrics: ["accuracy"] } },
};

export const mnistLenet = fitTask({
  name: "mnist-lenet",
  about: "handwritten digits by LeNet-5",
  data: ["mnist"],
  settings,
  config: () => ({
    objective,
    epochs: 10,
    optimizer: { name: "adam", learningRate: 0.002 },
    schedule: { name: "cosine" },
    earlyStopping: { metric: "accuracy" },
  }),
  prepare: async ({ settings: { data, dropout, batchSize, augment }, seed, load }) => {
    const { splits } = await load(data);
    const images = imageSplits(splits, {
      ...{ batchSize, seed, heldOut: 1 / 12 },
      convert: { scale: 1 / 255 },
      ...(augment.length > 0 ? { augment: createAugmentation(augment) } : {}),
    });
    return {
      spec: lenet5({ activation: "relu", dropout }),
      data: images,
      report: async (model: Model) => ({
        tables: [
          await confusionTable(model, { source: images.test!, objective, classes: splits.test.classes! }),
        ],
      }),
    };
  },
});
