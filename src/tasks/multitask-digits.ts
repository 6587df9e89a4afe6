import { Generator } from "gymnasium-js";
import { z } from "zod";
import { multitask } from "../nets/index.js";
import { type Dataset, dataset, glyphDigits, splitRows, takeRows } from "../supervised/index.js";
import { imageSplits } from "./image-splits.js";
import { fitTask } from "./task.js";

const settings = z.strictObject({
  data: z
    .enum(["mnist", "glyphs"])
    .default("mnist")
    .describe("mnist, or digits that are drawn by Ludus and need no file; default mnist"),
  rows: z.int().min(100).default(12_000).describe("images to learn from; default 12000"),
  filters: z.int().min(1).default(16).describe("of the first convolution; default 16"),
  batchSize: z.int().min(1).default(64).describe("images in a batch; default 64"),
});

/** One trunk that sees a digit, and three heads: which digit, whether it is odd, and how much ink it took. */
export const multitaskDigits = fitTask({
  name: "multitask-digits",
  about: "which digit, odd or even, and how much ink: three heads on one trunk (Caruana 1997)",
  data: ["mnist"],
  settings,
  config: () => ({
    objective: {
      heads: {
        digit: { loss: { name: "crossEntropy" }, metrics: ["accuracy"] },
        odd: { target: "odd", loss: { name: "binaryCrossEntropy" }, weight: 0.5, metrics: ["auc"] },
        ink: { target: "ink", loss: { name: "huber", delta: 1 }, weight: 0.5, metrics: ["r2"] },
      },
    },
    epochs: 8,
    optimizer: { name: "adam", learningRate: 0.002 },
    schedule: { name: "cosine" },
    earlyStopping: { metric: "digit.accuracy" },
  }),
  prepare: async ({ settings: { data, rows, filters, batchSize }, seed, load }) => {
    const { train, test } =
      data === "mnist" ? (await load("mnist")).splits : drawnDigits(rows, new Generator([seed, 1]));
    const some = train.size > rows ? takeRows(train, firstRows(rows)) : train;
    return {
      spec: multitask({ heads: { digit: 10, odd: 1, ink: 1 }, filters }),
      data: imageSplits(
        { train: withTargets(some), test: withTargets(test) },
        { batchSize, seed, heldOut: 0.1, convert: { scale: 1 / 255 } },
      ),
    };
  },
});

function drawnDigits(rows: number, rng: Generator): { train: Dataset; test: Dataset } {
  const digits = glyphDigits({ size: Math.ceil(1.2 * rows), rng });
  const [train, test] = splitRows(digits.size, [5 / 6, 1 / 6], rng).map((part) => takeRows(digits, part));
  return { train: train!, test: test! };
}

/** With `odd`, 1 or 0, and `ink`, the mean of the pixels, scaled to a deviation of about 1. */
function withTargets(digits: Dataset): Dataset {
  const { data } = digits.fields["inputs"]!;
  const pixels = data.length / digits.size;
  const odd = Float32Array.from(digits.fields["targets"]!.data, (digit) => digit % 2);
  const ink = Float32Array.from({ length: digits.size }, (_, row) => {
    let sum = 0;
    for (let i = row * pixels; i < (row + 1) * pixels; i++) sum += data[i]!;
    return (sum / pixels - 33) / 11;
  });
  return dataset(
    { ...digits.fields, odd: { data: odd, shape: [] }, ink: { data: ink, shape: [] } },
    digits.classes,
  );
}

function firstRows(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, row) => row);
}
