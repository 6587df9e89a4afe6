import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Generator } from "gymnasium-js";
import { z } from "zod";
import { layers, sequential } from "../../../src/nets/index.js";
import {
  augmentationSchema,
  batchesOf,
  createAugmentation,
  dataset,
  playgroundData,
  splitRows,
  takeRows,
} from "../../../src/supervised/index.js";
import { fitTask, studyTask } from "../../../src/tasks/task.js";
import { pointedStep } from "../../../src/training/checkpoint.js";

const sizes = z.strictObject({
  size: z.int().min(20).default(120).describe("rows; default 120"),
  batchSize: z.int().min(1).default(16).describe("rows in a batch; default 16"),
  dropout: z.number().min(0).lt(1).default(0).describe("default 0"),
  batchNorm: z.boolean().default(false).describe("default false"),
  units: z.int().min(1).default(8).describe("of the hidden layer; default 8"),
  pictures: z.boolean().default(false).describe("points drawn as pictures, and augmented; default false"),
});

/** Clouds of points, or little pictures of them, by a small net; every part that a fit can have can be had. */
export const clouds = fitTask({
  name: "clouds",
  about: "two clouds by a small net",
  data: [],
  settings: sizes,
  config: () => ({
    objective: { heads: { output: { loss: { name: "crossEntropy" }, metrics: ["accuracy"] } } },
    epochs: 4,
    optimizer: { name: "adam", learningRate: 0.01 },
    earlyStopping: { metric: "accuracy" },
  }),
  prepare: async ({ settings: { size, batchSize, dropout, batchNorm, units, pictures }, seed }) => {
    const rng = new Generator([seed, 1]);
    const points = playgroundData("gauss", { size, noise: 0.5, rng });
    const all = pictures ? drawn(points) : points;
    const [train, validation, test] = splitRows(size, [0.5, 0.25, 0.25], rng).map((rows) =>
      takeRows(all, rows),
    );
    const judged = { batchSize: 64, shuffle: false, seed };
    const augment = createAugmentation(
      augmentationSchema.parse([{ type: "crop", padding: 1 }, { type: "flip" }]),
    );
    const parts = [
      layers.flatten(),
      layers.dense({ units }),
      ...(batchNorm ? [layers.batchNorm()] : []),
      layers.dropout({ rate: dropout }),
      layers.dense({ units: 2 }),
    ];
    return {
      spec: sequential(pictures ? [4, 4, 1] : [2], parts),
      data: {
        train: batchesOf(train!, { batchSize, seed, ...(pictures ? { augment } : {}) }),
        trainSample: batchesOf(train!, judged),
        validation: batchesOf(validation!, judged),
        test: batchesOf(test!, judged),
      },
      report: (model) => ({
        figures: { "weights.sum": sumOf(model.save()) },
        tables: [
          {
            title: "Parameters",
            columns: ["name", "values"],
            rows: [...model.parameters].map(([name, { size: values }]) => [name, values]),
          },
        ],
        text: "Two clouds.",
      }),
    };
  },
});

/** Each point as a spot on 4x4 pixels. */
function drawn(points: ReturnType<typeof playgroundData>): ReturnType<typeof playgroundData> {
  const { inputs, targets } = points.fields;
  const data = new Float32Array(points.size * 16);
  for (let row = 0; row < points.size; row++) {
    const [x, y] = [inputs!.data[2 * row]!, inputs!.data[2 * row + 1]!].map((at) =>
      Math.min(3, Math.max(0, Math.floor((at + 6) / 3))),
    );
    data[row * 16 + y! * 4 + x!] = 1;
  }
  return dataset({ inputs: { data, shape: [4, 4, 1] }, targets: targets! }, points.classes);
}

function sumOf(arrays: Record<string, { data: ArrayLike<number> }>): number {
  return Object.values(arrays).reduce((sum, { data }) => Array.from(data).reduce((a, b) => a + b, sum), 0);
}

/** Needs data that are nowhere. */
export const hungry = fitTask({
  name: "hungry",
  about: "digits that are not there",
  data: ["mnist"],
  settings: z.strictObject({}),
  config: () => ({ objective: { heads: { output: { loss: { name: "crossEntropy" } } } } }),
  prepare: async ({ load }) => {
    await load("mnist");
    throw new Error("The data of a test should not be there.");
  },
});

/** Counts, each number a part. */
export const counting = studyTask({
  name: "counting",
  about: "counts to a number",
  data: [],
  settings: z.strictObject({ to: z.int().min(1).default(3).describe("default 3") }),
  run: async ({ settings: { to }, seed, progress, record, breathe, part }) => {
    const counted: { value: number; half: number }[] = [];
    for (let i = 1; i <= to; i++) {
      const count = async () => {
        progress(`${i} of ${to}`);
        record({ i, word: "one" });
        await breathe();
        return { value: i, half: i === 1 ? Number.NaN : i / 3 };
      };
      counted.push(await part(`number ${i}`, count));
      record({ counted: i });
    }
    return {
      figures: { sum: counted.reduce((sum, { value }) => sum + value, seed), half: counted.at(-1)!.half },
      tables: [{ title: "Numbers", columns: ["i"], rows: [[to]] }],
      plots: { numbers: "<svg/>" },
    };
  },
});

export const toyTasks = { clouds, hungry, counting };

/** Digests of what has to be equal to the byte: the metrics, the report, and the newest checkpoint's own files. */
export function bytesOfFit(run: string): Record<string, string> {
  const checkpoint = join("checkpoints", `step-${pointedStep(run, "last")}`);
  const names = readdirSync(join(run, checkpoint)).filter((name) => name !== "checksums.json");
  return Object.fromEntries(
    ["metrics.jsonl", "report.json", "config.json", ...names.map((name) => join(checkpoint, name))].map(
      (path) => [
        path,
        createHash("sha256")
          .update(readFileSync(join(run, path)))
          .digest("hex"),
      ],
    ),
  );
}
