import { Generator } from "gymnasium-js";
import { z } from "zod";
import { type ChartSeries, lineChart } from "../charts/index.js";
import { buildModel, layers, type ModelSpec, sequential, summarizeModel } from "../nets/index.js";
import {
  augmentationSchema,
  createAugmentation,
  type Dataset,
  type Figures,
  type FitConfig,
  type FitData,
  fitConfigSchema,
  fitStandardization,
  takeRows,
} from "../supervised/index.js";
import { type EpochFigures, type FitResult, fitToEnd, testFigure } from "../supervised/protocols/index.js";
import { imageSplits } from "./image-splits.js";
import { type ReportTable, type StudyContext, studyTask } from "./task.js";

const settings = z.strictObject({
  data: z
    .enum(["cifar10-subset", "cifar10", "mnist", "fashion-mnist"])
    .default("cifar10-subset")
    .describe("which pictures; default cifar10-subset"),
  rows: z
    .int()
    .min(80)
    .default(4000)
    .describe("images to learn and to validate by, at most all of the training split; default 4000"),
  epochs: z.int().min(1).default(20).describe("of each net; default 20"),
  filters: z
    .tuple([z.int().min(1), z.int().min(1), z.int().min(1)])
    .default([2, 8, 24])
    .describe(
      "of the first convolution in the net that is too small, the one in between and the one that is too large; default [2,8,24]",
    ),
  dropout: z.number().gt(0).lt(1).default(0.5).describe("where there is dropout; default 0.5"),
  l2: z.number().positive().default(0.003).describe("factor of the weight decay; default 0.003"),
  augment: augmentationSchema
    .default(() => augmentationSchema.parse([{ type: "crop", padding: 4 }, { type: "flip" }]))
    .describe("what is done to training images where they are augmented; default crops and flips"),
  learningRate: z.number().positive().default(0.002).describe("of Adam; default 0.002"),
  batchSize: z.int().min(1).default(64).describe("images in a batch; default 64"),
});

type Settings = z.output<typeof settings>;

type Regularisation = "dropout" | "weight decay" | "augmentation";

/** One net of the study. */
interface Regime {
  label: string;
  filters: number;
  regularisation: readonly Regularisation[];
}

interface Outcome extends Regime, FitResult {
  parameters: number;
}

/**
 * Curves of nets that are too small, that fit, and that are too large for their data, and of the last with dropout, weight decay and
 * augmentation. No best weights are kept: what a net comes to in the end is what the curves are about.
 */
export const regimes = studyTask({
  name: "regimes",
  about: "under- and over-fitting: curves of nets of three sizes, and of the largest with regularisation",
  data: ["cifar10-subset"],
  settings,
  run: async (context) => {
    const { settings: choices, load, progress, record, part } = context;
    const { train, test } = (await load(choices.data)).splits;
    const some = takeRows(
      train,
      Int32Array.from({ length: Math.min(choices.rows, train.size) }, (_, row) => row),
    );
    const splits = { train: some, test };
    const [small, medium, large] = choices.filters;
    const sizes: Regime[] = [
      { label: "too small", filters: small, regularisation: [] },
      { label: "in between", filters: medium, regularisation: [] },
      { label: "too large", filters: large, regularisation: [] },
    ];
    const regularised = (["dropout", "weight decay", "augmentation"] as const).map(
      (name): Regime => ({ label: name, filters: large, regularisation: [name] }),
    );
    const all: Regime = {
      label: "all three",
      filters: large,
      regularisation: ["dropout", "weight decay", "augmentation"],
    };
    const outcomes: Outcome[] = [];
    const queue = [...sizes, ...regularised, all];
    for (const [index, regime] of queue.entries()) {
      const place = `net ${index + 1} of ${queue.length}`;
      const outcome = await part(regime.label, () =>
        outcomeOf(regime, { splits, context }, (epoch) =>
          progress(`${regime.label}, ${place}, epoch ${epoch} of ${choices.epochs}`),
        ),
      );
      for (const { epoch, trainSample, validation } of outcome.curve) {
        const [learnt, judged] = [trainSample!, validation!];
        record({
          ...{ net: regime.label, epoch, trainLoss: learnt["loss"]!, trainAccuracy: learnt["accuracy"]! },
          ...{ validationLoss: judged["loss"]!, validationAccuracy: judged["accuracy"]! },
        });
      }
      outcomes.push(outcome);
    }
    const [, , unregularised] = outcomes as [Outcome, Outcome, Outcome];
    return {
      figures: figuresOf(outcomes),
      tables: [tableOf(outcomes)],
      plots: {
        "regimes-size": chartOf(outcomes.slice(0, 3), { choices, title: "Nets of three sizes" }),
        "regimes-regularisation": chartOf([unregularised, ...outcomes.slice(3)], {
          ...{ choices, title: "The net that is too large, regularised" },
        }),
      },
    };
  },
});

interface Work {
  splits: { train: Dataset; test: Dataset };
  context: StudyContext<Settings>;
}

async function outcomeOf(
  regime: Regime,
  { splits, context: { settings: choices, seed, breathe } }: Work,
  onEpoch: (epoch: number) => void,
): Promise<Outcome> {
  const spec = netSpec(splits.train, regime, choices);
  const model = buildModel(spec, new Generator([seed, 0]));
  try {
    const data = dataOf(regime, { splits, choices, seed });
    const result = await fitToEnd(model, data, configOf(regime, choices), async ({ epoch }) => {
      onEpoch(epoch);
      await breathe();
    });
    return { ...regime, ...result, parameters: summarizeModel(spec).parameters };
  } finally {
    model.dispose();
  }
}

function dataOf(
  { regularisation }: Regime,
  { splits, choices, seed }: Pick<Work, "splits"> & { choices: Settings; seed: number },
): FitData {
  const { batchSize, augment } = choices;
  const augmented = regularisation.includes("augmentation") && augment.length > 0;
  return imageSplits(splits, {
    ...{ batchSize, seed, heldOut: 1 / 8, convert: fitStandardization(splits.train) },
    ...(augmented ? { augment: createAugmentation(augment) } : {}),
  });
}

function netSpec(
  { fields, classes }: Dataset,
  { filters, regularisation }: Regime,
  { dropout }: Settings,
): ModelSpec {
  const dropped = regularisation.includes("dropout") ? [layers.dropout({ rate: dropout })] : [];
  const block = (width: number) => [
    layers.conv2d({ filters: width, size: 3, padding: "same", activation: "relu" }),
    layers.maxPool(),
  ];
  return sequential(
    fields["inputs"]!.shape,
    [
      ...block(filters),
      ...block(2 * filters),
      ...block(2 * filters),
      layers.flatten(),
      ...dropped,
      layers.dense({ units: 8 * filters, activation: "relu" }),
      ...dropped,
      layers.dense({ units: classes!.length }),
    ],
    { initializer: "he-normal" },
  );
}

function configOf({ regularisation }: Regime, { epochs, l2, learningRate }: Settings): FitConfig {
  return fitConfigSchema.parse({
    objective: { heads: { output: { loss: { name: "crossEntropy" }, metrics: ["accuracy"] } } },
    epochs,
    optimizer: { name: "adam", learningRate },
    schedule: { name: "cosine" },
    earlyStopping: { restoreBest: false },
    ...(regularisation.includes("weight decay") ? { penalty: { l2 } } : {}),
  });
}

/** Of the last epoch. */
function lastOf({ curve }: Outcome): { learnt: Figures; judged: Figures } {
  const { trainSample, validation } = curve.at(-1) as EpochFigures;
  return { learnt: trainSample!, judged: validation! };
}

function figuresOf(outcomes: readonly Outcome[]): Figures {
  return Object.fromEntries(
    outcomes.flatMap((outcome) => {
      const name = outcome.label.replaceAll(" ", "-");
      return [
        [`${name}.train`, lastOf(outcome).learnt["accuracy"]!],
        [`${name}.test`, testFigure(outcome, "accuracy")],
      ];
    }),
  );
}

function tableOf(outcomes: readonly Outcome[]): ReportTable {
  return {
    title: "After the last epoch",
    columns: ["net", "parameters", "train accuracy", "test accuracy", "train loss", "validation loss"],
    rows: outcomes.map((outcome) => {
      const { learnt, judged } = lastOf(outcome);
      const figures = [
        learnt["accuracy"]!,
        testFigure(outcome, "accuracy"),
        learnt["loss"]!,
        judged["loss"]!,
      ];
      return [outcome.label, outcome.parameters, ...figures.map((figure) => figure.toFixed(4))];
    }),
  };
}

function chartOf(
  outcomes: readonly Outcome[],
  { choices, title }: { choices: Settings; title: string },
): string {
  const series = outcomes.flatMap(({ label, curve }, colour) =>
    (["validation", "trainSample"] as const).map((split): ChartSeries => {
      return {
        label: split === "validation" ? label : `${label}, training images`,
        points: curve.map((epoch) => ({ x: epoch.epoch, y: epoch[split]!["accuracy"]! })),
        colour,
        dashed: split === "trainSample",
      };
    }),
  );
  return lineChart(series, {
    title,
    note: `${choices.data}; solid: images held out, dashed: images that were learnt from`,
    x: "epoch",
    y: "accuracy",
    marks: false,
  });
}
