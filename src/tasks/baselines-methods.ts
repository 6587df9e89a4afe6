import { Generator } from "gymnasium-js";
import { buildModel, type LayerFunction, layers, type ModelSpec, sequential } from "../nets/index.js";
import { baselines, labelledRows } from "../supervised/baselines/index.js";
import { batchesOf, DataError, type Dataset, fitConfigSchema } from "../supervised/index.js";
import {
  type ClassifierFigures,
  fitToEnd,
  judgeClassifier,
  testFigure,
} from "../supervised/protocols/index.js";
import type { Splits } from "./baselines-splits.js";

/** Of the registry of baselines, those that tell rows apart. */
export const rowMethods = ["svm-rbf", "svm-linear", "random-forest", "knn"] as const;

export type RowMethod = (typeof rowMethods)[number];

/** Nets beside them, by what comes before the logits. */
const hiddenLayers = {
  softmax: (_shape: readonly number[]) => [layers.flatten()],
  mlp: (_shape: readonly number[]) => [
    layers.flatten(),
    layers.dense({ units: 256, activation: "relu" }),
    layers.dropout({ rate: 0.2 }),
    layers.dense({ units: 128, activation: "relu" }),
  ],
  lenet5: ([height = 0]) => {
    // Digits of 8 x 8 are too small for windows that do not reach over the edge.
    const padding = height >= 28 ? "valid" : "same";
    return [
      layers.conv2d({ filters: 6, size: 5, padding: "same", activation: "relu" }),
      layers.maxPool(),
      layers.conv2d({ filters: 16, size: 5, padding, activation: "relu" }),
      layers.maxPool(),
      layers.flatten(),
      layers.dense({ units: 120, activation: "relu" }),
      layers.dense({ units: 84, activation: "relu" }),
    ];
  },
} as const satisfies Record<string, (shape: readonly number[]) => LayerFunction[]>;

export type NetMethod = keyof typeof hiddenLayers;

export const netMethods = Object.keys(hiddenLayers) as NetMethod[];

export type Method = RowMethod | NetMethod;

export const methods: readonly Method[] = [...rowMethods, ...netMethods];

/** Whether a method can learn from such data: convolutions need pictures. */
export function suits(method: Method, { fields }: Dataset): boolean {
  return method !== "lenet5" || fields["inputs"]!.shape.length === 3;
}

export interface MethodOptions {
  splits: Splits;
  seed: number;
  /** Of a method of rows; default its defaults. */
  config?: object;
  /** Of a net. */
  updates: number;
  breathe(): Promise<void>;
}

/** @throws {DataError} `invalid-options` if a method cannot learn from such data */
export function requireSuited(method: Method, data: Dataset): void {
  if (suits(method, data)) return;
  const { shape } = data.fields["inputs"]!;
  throw new DataError(
    "invalid-options",
    `${method} needs pictures [height, width, channels], but the rows are [${shape.join(", ")}]; leave it out.`,
  );
}

/** Fits a method that suits the data on the training split, and judges it on the test split. */
export async function judgeMethod(method: Method, options: MethodOptions): Promise<ClassifierFigures> {
  const { splits, seed, config = {}, breathe } = options;
  if (method in hiddenLayers) return judgeNet(method as NetMethod, options);
  await breathe();
  const classifier = baselines[method as RowMethod].fit(labelledRows(splits.train), config, { seed });
  return judgeClassifier(classifier, splits.test);
}

async function judgeNet(
  method: NetMethod,
  { splits: { train, test }, seed, updates, breathe }: MethodOptions,
): Promise<ClassifierFigures> {
  const model = buildModel(netSpec(method, train), new Generator([seed, 0]));
  try {
    const learnt = batchesOf(train, { batchSize: 64, seed });
    const config = fitConfigSchema.parse({
      objective: {
        heads: { output: { loss: { name: "crossEntropy" }, metrics: ["accuracy", "f1-macro"] } },
      },
      epochs: Math.ceil(updates / learnt.batches),
      optimizer: { name: "adam", learningRate: 0.002 },
      schedule: { name: "cosine" },
    });
    const judged = batchesOf(test, { batchSize: 250, shuffle: false, seed });
    const result = await fitToEnd(model, { train: learnt, test: judged }, config, breathe);
    return { accuracy: testFigure(result, "accuracy"), macroF1: testFigure(result, "f1-macro") };
  } finally {
    model.dispose();
  }
}

function netSpec(method: NetMethod, { fields, classes }: Dataset): ModelSpec {
  const { shape } = fields["inputs"]!;
  const below: LayerFunction[] = hiddenLayers[method](shape);
  return sequential(shape, [...below, layers.dense({ units: classes!.length })], {
    initializer: "he-normal",
  });
}
