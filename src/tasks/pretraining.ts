import { Generator } from "gymnasium-js";
import { z } from "zod";
import { type ChartSeries, lineChart } from "../charts/index.js";
import { buildModel, layers, type Model, type ModelSpec, sequential } from "../nets/index.js";
import { baselines, labelledRows } from "../supervised/baselines/index.js";
import { batchesOf, type Dataset, type Figures, fitConfigSchema, takeRows } from "../supervised/index.js";
import {
  codesOf,
  fitToEnd,
  judgeClassifier,
  meanAndSpread,
  pretrainConfigSchema,
  pretrainLayers,
  rowsPerClass,
  seedsNote,
  testFigure,
} from "../supervised/protocols/index.js";
import { preparedSplits, type Splits } from "./baselines-splits.js";
import { type ReportTable, type StudyContext, studyTask } from "./task.js";

const settings = z.strictObject({
  data: z.enum(["mnist", "fashion-mnist", "optdigits"]).default("mnist").describe("which; default mnist"),
  unlabelled: z
    .int()
    .min(1)
    .default(10_000)
    .describe("rows of the training split that are there, most of them without labels; default 10000"),
  labelsPerClass: z
    .array(z.int().min(1))
    .min(1)
    .default([10, 30, 100, 300])
    .describe("rows of each class whose labels are known, one study each; default [10,30,100,300]"),
  seeds: z.int().min(1).default(2).describe("how often, with other rows and weights; default 2"),
  hidden: z
    .array(z.int().min(1))
    .min(1)
    .default([256, 256, 256])
    .describe("units of each hidden layer; default [256,256,256]"),
  activation: z
    .enum(["sigmoid", "tanh", "relu"])
    .default("sigmoid")
    .describe("of the hidden layers; default sigmoid"),
  pretrain: pretrainConfigSchema.prefault({ loss: "binaryCrossEntropy" }).describe("of each layer"),
  updates: z.int().min(1).default(2000).describe("of a net with labels; default 2000"),
  learningRate: z.number().positive().default(0.003).describe("of Adam, which falls to 0; default 0.003"),
});

type Settings = z.output<typeof settings>;

const methods = {
  fineTuned: "pretrained and fine-tuned net",
  scratch: "net from scratch",
  svmOfCodes: "RBF SVM on codes",
  svmOfPixels: "RBF SVM on pixels",
  linearOfCodes: "linear SVM on codes",
  linearOfPixels: "linear SVM on pixels",
} as const;

type Method = keyof typeof methods;

const methodNames = Object.keys(methods) as Method[];

interface Outcome {
  method: Method;
  labelsPerClass: number;
  seed: number;
  accuracy: number;
}

/** What unlabelled digits are worth: layers pretrained on all rows without labels, against learning from the few labels alone. */
export const pretraining = studyTask({
  name: "pretraining",
  about: "layers pretrained without labels, then a support vector machine or fine-tuning, from few labels",
  data: ["mnist"],
  settings,
  run: async (context) => {
    const { settings: choices, seed, load, part } = context;
    const outcomes: Outcome[] = [];
    for (let each = seed; each < seed + choices.seeds; each++) {
      const splits = preparedSplits((await load(choices.data)).splits, choices.unlabelled, each);
      // Drawn first: more labels than there are refuses the study, and not what it has learnt by then.
      const labelled = choices.labelsPerClass.map((count) =>
        rowsPerClass(splits.train, count, new Generator([each, 2, count])),
      );
      const round = { context, seed: each, labelled };
      outcomes.push(...(await part(`seed ${each}`, () => outcomesOf(splits, round))));
    }
    return {
      figures: figuresOf(outcomes, choices),
      tables: [tableOf(outcomes, choices)],
      plots: { pretraining: chartOf(outcomes, choices) },
    };
  },
});

interface Round {
  context: StudyContext<Settings>;
  seed: number;
  /** Rows that have labels, for each number of them a class. */
  labelled: readonly Int32Array[];
}

/** All methods, with each number of labels, for one seed. */
async function outcomesOf(splits: Splits, { context, seed, labelled }: Round): Promise<Outcome[]> {
  const { settings: choices, progress, record, breathe } = context;
  const spec = netSpec(splits.train, choices);
  const pretrained = buildModel(spec, new Generator([seed, 0]));
  try {
    const losses = await pretrainLayers(pretrained, splits.train, {
      ...{ layers: choices.hidden.map((_, index) => hiddenName(index)), config: choices.pretrain, seed },
      onEpoch: async (layer, { epoch }) => {
        progress(`seed ${seed}, pretraining ${layer}, epoch ${epoch} of ${choices.pretrain.epochs}`);
        await breathe();
      },
    });
    for (const loss of losses) record({ seed, ...loss });
    const codes = codesAbove(pretrained, splits, choices);
    const outcomes: Outcome[] = [];
    for (const [index, labelsPerClass] of choices.labelsPerClass.entries()) {
      const rows = labelled[index]!;
      const raw = { train: takeRows(splits.train, rows), test: splits.test };
      const coded = { train: takeRows(codes.train, rows), test: codes.test };
      const judges: Record<Method, () => number | Promise<number>> = {
        fineTuned: () => fitted(spec, raw, { choices, seed, breathe, from: pretrained }),
        scratch: () => fitted(spec, raw, { choices, seed, breathe, from: null }),
        svmOfCodes: () => supported("svm-rbf", coded, seed),
        svmOfPixels: () => supported("svm-rbf", raw, seed),
        linearOfCodes: () => supported("svm-linear", coded, seed),
        linearOfPixels: () => supported("svm-linear", raw, seed),
      };
      for (const method of methodNames) {
        progress(`seed ${seed}, ${labelsPerClass} labels a class, ${methods[method]}`);
        const outcome = { method, labelsPerClass, seed, accuracy: await judges[method]() };
        record({ ...outcome });
        outcomes.push(outcome);
        await breathe();
      }
    }
    return outcomes;
  } finally {
    pretrained.dispose();
  }
}

function hiddenName(index: number): string {
  return `hidden${index + 1}`;
}

function netSpec({ fields, classes }: Dataset, { hidden, activation }: Settings): ModelSpec {
  return sequential(
    fields["inputs"]!.shape,
    [
      layers.flatten(),
      ...hidden.map((units, index) => layers.dense({ units, activation, name: hiddenName(index) })),
      layers.dense({ units: classes!.length, name: "classifier" }),
    ],
    { initializer: activation === "relu" ? "he-normal" : "glorot-uniform" },
  );
}

function codesAbove(model: Model, { train, test }: Splits, { hidden }: Settings): Splits {
  const options = { node: hiddenName(hidden.length - 1) };
  return { train: codesOf(model, train, options), test: codesOf(model, test, options) };
}

interface FitOptions {
  choices: Settings;
  seed: number;
  /** Where the net begins; null for its own random weights. */
  from: Model | null;
  breathe(): Promise<void>;
}

async function fitted(
  spec: ModelSpec,
  { train, test }: Splits,
  { choices, seed, from, breathe }: FitOptions,
): Promise<number> {
  const model = buildModel(spec, new Generator([seed, 0]));
  try {
    if (from !== null) model.copyFrom(from);
    const learnt = batchesOf(train, { batchSize: 32, seed });
    const judged = batchesOf(test, { batchSize: 250, shuffle: false, seed });
    const config = fitConfigSchema.parse({
      objective: { heads: { output: { loss: { name: "crossEntropy" }, metrics: ["accuracy"] } } },
      epochs: Math.ceil(choices.updates / learnt.batches),
      optimizer: { name: "adam", learningRate: choices.learningRate },
      schedule: { name: "cosine" },
    });
    return testFigure(await fitToEnd(model, { train: learnt, test: judged }, config, breathe), "accuracy");
  } finally {
    model.dispose();
  }
}

function supported(name: "svm-rbf" | "svm-linear", { train, test }: Splits, seed: number): number {
  return judgeClassifier(baselines[name].fit(labelledRows(train), {}, { seed }), test).accuracy;
}

function summary(outcomes: readonly Outcome[], method: Method, labelsPerClass: number) {
  const own = outcomes.filter((each) => each.method === method && each.labelsPerClass === labelsPerClass);
  return meanAndSpread(own.map(({ accuracy }) => accuracy));
}

function figuresOf(outcomes: readonly Outcome[], { labelsPerClass }: Settings): Figures {
  return Object.fromEntries(
    labelsPerClass.flatMap((count) =>
      methodNames.map((method) => [`${method}.${count}`, summary(outcomes, method, count).mean]),
    ),
  );
}

function tableOf(outcomes: readonly Outcome[], { labelsPerClass }: Settings): ReportTable {
  return {
    title: "Test accuracy by labels of each class: mean and standard deviation over seeds",
    columns: ["method", ...labelsPerClass.map(String)],
    rows: methodNames.map((method) => [
      methods[method],
      ...labelsPerClass.map((count) => {
        const { mean, spread } = summary(outcomes, method, count);
        return `${mean.toFixed(4)} ± ${spread.toFixed(4)}`;
      }),
    ]),
  };
}

function chartOf(
  outcomes: readonly Outcome[],
  { data, labelsPerClass, unlabelled, seeds }: Settings,
): string {
  const series = methodNames.map((method, index): ChartSeries => {
    const points = labelsPerClass.map((count, place) => {
      const { mean, spread } = summary(outcomes, method, count);
      return { x: place, y: mean, spread };
    });
    return { label: methods[method], points, colour: Math.floor(index / 2), dashed: index % 2 === 1 };
  });
  return lineChart(series, {
    title: "What rows without labels are worth",
    note: `${data}, ${unlabelled} rows without labels; ${seedsNote(seeds)}`,
    x: "labels of each class",
    y: "test accuracy",
    places: labelsPerClass.map((count, place) => ({ x: place, label: String(count) })),
  });
}
