import { Generator } from "gymnasium-js";
import { buildModel, type Model } from "../../../src/nets/models/index.js";
import {
  batchesOf,
  type Dataset,
  type MemorySource,
  playgroundData,
  splitRows,
  takeRows,
} from "../../../src/supervised/data/index.js";
import { Evaluator, type Figures, Trainer } from "../../../src/supervised/fit/index.js";
import { tf } from "../../../src/tensors/index.js";
import { featuresOf, gridPoints, withFeatures } from "./features.js";
import { fitConfigOf, modelOf, nodesOf } from "./network.js";
import type { Settings } from "./settings.js";

const pointCount = 500;

/** Points of the plane: `inputs` x1 and x2, and `targets`. */
export interface Points {
  train: Dataset;
  test: Dataset;
}

type DataSettings = Pick<Settings, "data" | "noise" | "seed" | "train">;

/** The same points for the same settings. */
export function pointsOf({ data, noise, seed, train }: DataSettings): Points {
  const rng = new Generator([seed, 0]);
  const all = playgroundData(data, { size: pointCount, noise: noise / 100, rng });
  const [first, second] = splitRows(pointCount, [train / 100, 1 - train / 100], rng);
  return { train: takeRows(all, first!), test: takeRows(all, second!) };
}

/** Where a neuron's number comes from: what it multiplies, and by how much. */
export interface Neuron {
  /** Weights of what comes in, in its order. */
  weights: Float32Array;
  bias: number;
}

export interface Judgement {
  train: Figures;
  test: Figures;
}

/** A net, the data, and how far its training is. Whoever makes it disposes of it. */
export class Experiment {
  readonly points: Points;
  /** Those that have neurons, from the first hidden layer to the output. */
  readonly nodes: readonly string[];
  /** Passes through the training data that are done. */
  epoch = 0;
  private batch = 0;
  private readonly model: Model;
  private readonly trainer: Trainer;
  private readonly evaluator: Evaluator;
  private readonly batches: MemorySource;
  private readonly judged: { train: MemorySource; test: MemorySource };
  private readonly grid: tf.Tensor2D;

  constructor(settings: Settings) {
    const { features, batch, seed } = settings;
    this.points = pointsOf(settings);
    const train = withFeatures(this.points.train, features);
    const test = withFeatures(this.points.test, features);
    this.batches = batchesOf(train, { batchSize: Math.min(batch, train.size), seed });
    this.judged = { train: wholeOf(train), test: wholeOf(test) };
    this.model = buildModel(modelOf(settings), new Generator([seed, 1]));
    this.trainer = new Trainer(this.model, fitConfigOf(settings));
    this.evaluator = new Evaluator(this.trainer.heads);
    this.grid = tf.tensor2d(featuresOf(gridPoints, features), [gridPoints.length / 2, features.length]);
    this.nodes = nodesOf(settings);
  }

  /** Updates done so far. */
  get updates(): number {
    return this.trainer.updates;
  }

  /**
   * Trains on the next batch.
   *
   * @returns whether an epoch has ended with it
   * @throws {FitError} `diverged`; the weights are as they were before
   */
  step(learningRate: number): boolean {
    this.trainer.step(this.batches.batch(this.epoch, this.batch), learningRate);
    this.batch++;
    if (this.batch < this.batches.batches) return false;
    this.batch = 0;
    this.epoch++;
    return true;
  }

  /** Losses without penalty and dropout, and how good it is. */
  async judge(): Promise<Judgement> {
    const train = await this.evaluator.evaluate(this.judged.train);
    return { train, test: await this.evaluator.evaluate(this.judged.test) };
  }

  /** Of each node: what its neurons say all over the grid, one array `[gridSide * gridSide]` per neuron. */
  maps(): Map<string, Float32Array[]> {
    const [input] = Object.keys(this.model.spec.inputs);
    const outputs = this.model.apply({ [input!]: this.grid }, { outputs: this.nodes });
    const maps = new Map<string, Float32Array[]>();
    for (const node of this.nodes) {
      maps.set(node, columnsOf(outputs[node]!));
      outputs[node]!.dispose();
    }
    return maps;
  }

  /** The neurons of a node. */
  neurons(node: string): Neuron[] {
    const { weights, bias } = this.variablesOf(node);
    const biases = bias.dataSync();
    return columnsOf(weights).map((column, unit) => ({ weights: column, bias: biases[unit]! }));
  }

  /** Sets a weight of a neuron. @param input which of its weights; null for the bias */
  setWeight(node: string, unit: number, input: number | null, value: number): void {
    const { weights, bias } = this.variablesOf(node);
    const variable = input === null ? bias : weights;
    const place = input === null ? unit : input * weights.shape[1]! + unit;
    const values = variable.dataSync().slice();
    values[place] = value;
    tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
  }

  dispose(): void {
    this.trainer.dispose();
    this.model.dispose();
    this.grid.dispose();
  }

  private variablesOf(node: string): { weights: tf.Variable; bias: tf.Variable } {
    const variable = (part: string): tf.Variable => this.model.parameters.get(`${node}.${part}`)!;
    return { weights: variable("weights"), bias: variable("bias") };
  }
}

/** All rows in one batch, in their order. */
function wholeOf(data: Dataset): MemorySource {
  return batchesOf(data, { batchSize: data.size, shuffle: false, seed: 0 });
}

/** The columns of a matrix, one array each. */
function columnsOf(matrix: tf.Tensor): Float32Array[] {
  const [rows = 0, columns = 0] = matrix.shape;
  const values = matrix.dataSync();
  return Array.from({ length: columns }, (_, column) =>
    Float32Array.from({ length: rows }, (__, row) => values[row * columns + column]!),
  );
}
