import { Generator } from "gymnasium-js";
import { z } from "zod";
import { type ChartSeries, lineChart } from "../charts/index.js";
import { layers, type ModelSpec, sequential } from "../nets/index.js";
import {
  batchesOf,
  type Conversion,
  classCounts,
  type Dataset,
  type Figures,
  type FitConfig,
  fitConfigSchema,
  fitStandardization,
  takeRows,
} from "../supervised/index.js";
import {
  halvesOf,
  meanAndSpread,
  rowsPerClass,
  type SweptTask,
  seedsNote,
  type TransferResult,
  type Treatment,
  takeClasses,
  transferSweep,
  treatments,
} from "../supervised/protocols/index.js";
import { type ReportTable, studyTask } from "./task.js";

const settings = z.strictObject({
  data: z
    .enum(["mnist", "fashion-mnist", "cifar10-subset", "cifar10"])
    .default("mnist")
    .describe("which pictures; default mnist"),
  halves: z
    .enum(["random", "first"])
    .default("random")
    .describe("which classes the source task has: drawn for each seed, or the first half; default random"),
  seeds: z.int().min(1).default(4).describe("how often, with other classes, rows and weights; default 4"),
  sourceRows: z
    .int()
    .min(1)
    .default(1000)
    .describe("images of each class of the source task, or as many as there are; default 1000"),
  targetRows: z.int().min(1).default(20).describe("images of each class of the target task; default 20"),
  testRows: z
    .int()
    .min(1)
    .default(1000)
    .describe("images of each class to test, or as many as there are; default 1000"),
  sourceUpdates: z.int().min(1).default(800).describe("of the net for the source task; default 800"),
  targetUpdates: z.int().min(1).default(300).describe("of each net for the target task; default 300"),
  filters: z.int().min(1).default(8).describe("of the first convolution; default 8"),
  learningRate: z.number().positive().default(0.002).describe("of Adam, which falls to 0; default 0.002"),
  batchSize: z.int().min(1).default(32).describe("images in a batch; default 32"),
});

type Settings = z.output<typeof settings>;

/** Those that the sweep takes over, one more at each step; the classifier above them is always new. */
const sweptLayers = ["conv1", "conv2", "dense1", "dense2"] as const;

const words: Record<Treatment, string> = {
  BnB: "B to B, frozen",
  "BnB+": "B to B, fine-tuned",
  AnB: "A to B, frozen",
  "AnB+": "A to B, fine-tuned",
};

/** How transferable the layers of a small LeNet are, from half of the classes to the other half, of which there is little. */
export const transfer = studyTask({
  name: "transfer",
  about:
    "layers of a net for half of the classes, frozen or fine-tuned, in a net for the other half (Yosinski et al. 2014)",
  data: ["mnist"],
  settings,
  run: async ({ settings, seed, load, progress, record, breathe, part }) => {
    const { splits } = await load(settings.data);
    const results: TransferResult[] = [];
    for (let each = seed; each < seed + settings.seeds; each++) {
      const sweep = () =>
        transferSweep({
          tasks: (own) => tasksOf(splits, settings, own),
          layers: sweptLayers,
          seeds: [each],
          onResult: async (result, { done, total }) => {
            record({ ...result });
            progress(`net ${results.length + done} of ${total * settings.seeds}`);
            await breathe();
          },
        });
      results.push(...(await part(`seed ${each}`, sweep)));
    }
    return {
      figures: figuresOf(results),
      tables: [tableOf(results)],
      plots: { transfer: chartOf(results, settings) },
    };
  },
});

interface Splits {
  train: Dataset;
  test: Dataset;
}

function tasksOf(
  { train, test }: Splits,
  choices: Settings,
  seed: number,
): { source: SweptTask; target: SweptTask } {
  const rng = new Generator([seed, 3]);
  const count = train.classes!.length;
  const inOrder = Array.from({ length: count }, (_, index) => index);
  const cut = Math.ceil(count / 2);
  const [a, b] =
    choices.halves === "random" ? halvesOf(count, rng) : [inOrder.slice(0, cut), inOrder.slice(cut)];
  const some = (data: Dataset, classes: number[], rows: number): Dataset => {
    const own = takeClasses(data, classes);
    return takeRows(own, rowsPerClass(own, Math.min(rows, ...classCounts(own)), rng));
  };
  const splitsOf = (classes: number[], rows: number): Splits => ({
    train: some(train, classes, rows),
    test: some(test, classes, choices.testRows),
  });
  const source = splitsOf(a, choices.sourceRows);
  const target = splitsOf(b, choices.targetRows);
  // What transferred layers are used to.
  const convert = fitStandardization(source.train);
  return {
    source: sweptTask(source, { convert, updates: choices.sourceUpdates, choices, seed }),
    target: sweptTask(target, { convert, updates: choices.targetUpdates, choices, seed }),
  };
}

interface TaskOptions {
  convert: Conversion;
  updates: number;
  choices: Settings;
  seed: number;
}

function sweptTask({ train, test }: Splits, { convert, updates, choices, seed }: TaskOptions): SweptTask {
  const { batchSize, filters } = choices;
  const shared = { seed, convert: { inputs: convert } };
  const learnt = batchesOf(train, { ...shared, batchSize });
  return {
    spec: smallLenet(train, filters),
    data: { train: learnt, test: batchesOf(test, { ...shared, batchSize: 250, shuffle: false }) },
    config: configOf(Math.max(1, Math.round(updates / learnt.batches)), choices),
  };
}

function smallLenet({ fields, classes }: Dataset, filters: number): ModelSpec {
  return sequential(
    fields["inputs"]!.shape,
    [
      layers.conv2d({ filters, size: 5, padding: "same", activation: "relu", name: "conv1" }),
      layers.maxPool(),
      layers.conv2d({ filters: 2 * filters, size: 5, activation: "relu", name: "conv2" }),
      layers.maxPool(),
      layers.flatten(),
      layers.dense({ units: 120, activation: "relu", name: "dense1" }),
      layers.dense({ units: 84, activation: "relu", name: "dense2" }),
      layers.dense({ units: classes!.length, name: "classifier" }),
    ],
    { initializer: "he-normal" },
  );
}

function configOf(epochs: number, { learningRate }: Settings): FitConfig {
  return fitConfigSchema.parse({
    objective: { heads: { output: { loss: { name: "crossEntropy" }, metrics: ["accuracy"] } } },
    epochs,
    optimizer: { name: "adam", learningRate },
    schedule: { name: "cosine" },
  });
}

/** Accuracies over the seeds; every treatment begins with the net that takes nothing over. */
function valuesOf(results: readonly TransferResult[], treatment: Treatment, count: number): number[] {
  const wanted = count === 0 ? "scratch" : treatment;
  return results
    .filter((result) => result.treatment === wanted && result.layers === count)
    .map(({ value }) => value);
}

const steps = [0, ...sweptLayers.map((_, index) => index + 1)];

function figuresOf(results: readonly TransferResult[]): Figures {
  const last = sweptLayers.length;
  const mean = (treatment: Treatment, count: number) =>
    meanAndSpread(valuesOf(results, treatment, count)).mean;
  return {
    source: meanAndSpread(results.filter(({ treatment }) => treatment === "A").map(({ value }) => value))
      .mean,
    scratch: mean("AnB", 0),
    frozenFirst: mean("AnB", 1),
    frozenAll: mean("AnB", last),
    fineTunedFirst: mean("AnB+", 1),
    fineTunedAll: mean("AnB+", last),
  };
}

function tableOf(results: readonly TransferResult[]): ReportTable {
  return {
    title: "Test accuracy on B by layers taken over: mean and standard deviation over seeds",
    columns: ["layers", ...treatments.map((treatment) => words[treatment])],
    rows: steps.map((count) => [
      count === 0 ? "none" : `to ${sweptLayers[count - 1]}`,
      ...treatments.map((treatment) => {
        const { mean, spread } = meanAndSpread(valuesOf(results, treatment, count));
        return `${mean.toFixed(4)} ± ${spread.toFixed(4)}`;
      }),
    ]),
  };
}

function chartOf(results: readonly TransferResult[], { data, targetRows, seeds }: Settings): string {
  const series = treatments.map((treatment, index): ChartSeries => {
    const points = steps.map((count) => {
      const { mean, spread } = meanAndSpread(valuesOf(results, treatment, count));
      return { x: count, y: mean, spread };
    });
    return {
      label: `${treatment} (${words[treatment]})`,
      points,
      colour: Math.floor(index / 2),
      dashed: treatment.endsWith("+"),
    };
  });
  return lineChart(series, {
    title: "How transferable are the layers?",
    note: `${data}, ${targetRows} images of each target class; ${seedsNote(seeds)}`,
    x: "layers taken over, from the input on",
    y: "test accuracy on the target classes",
    places: steps.map((count) => ({ x: count, label: count === 0 ? "none" : sweptLayers[count - 1]! })),
  });
}
