import { classBatch, eachNumber, predictedClass } from "./batches.js";
import type { Metric, NumericArray, OutputKind } from "./metric.js";

type BatchArguments = [outputs: NumericArray, targets: NumericArray, weights: NumericArray | null];

interface MeanOptions {
  name: string;
  higherIsBetter: boolean;
  /** Tells the values of a batch and their weights. */
  values(batch: BatchArguments, add: (value: number, weight: number) => void): void;
  /** What is made of the mean; default the mean itself. */
  ofMean?(mean: number): number;
}

/** A metric that is a function of a weighted mean: sum(w v) / sum(w). */
function meanMetric({ name, higherIsBetter, values, ofMean = (mean) => mean }: MeanOptions): Metric {
  let sum = 0;
  let total = 0;
  return {
    name,
    higherIsBetter,
    add(...batch) {
      values(batch, (value, weight) => {
        sum += weight * value;
        total += weight;
      });
    },
    value: () => ofMean(sum / total),
    reset() {
      sum = 0;
      total = 0;
    },
  };
}

/** Share of cases put into the right class; NaN is never right. */
export function accuracy(kind: OutputKind): Metric {
  return meanMetric({
    name: "accuracy",
    higherIsBetter: true,
    values: (arrays, add) => {
      const batch = classBatch(...arrays);
      for (let i = 0; i < batch.cases; i++) {
        const target = batch.targets[i]!;
        const own = batch.scores[batch.columns === 1 ? i : i * batch.columns + target]!;
        const right = predictedClass(batch, i, kind) === target && !Number.isNaN(own);
        add(right ? 1 : 0, batch.weightOf(i));
      }
    },
  });
}

/**
 * Share of cases whose class is among the `k` best, k of at least 2; of equal scores the class with the lower number is
 * better, and NaN is never right.
 */
export function topK(k: number): Metric {
  return meanMetric({
    name: `top${k}`,
    higherIsBetter: true,
    values: (arrays, add) => {
      const { cases, columns, scores, targets, weightOf } = classBatch(...arrays);
      for (let i = 0; i < cases; i++) {
        const target = targets[i]!;
        const own = scores[columns === 1 ? i : i * columns + target]!;
        let better = Number.isNaN(own) ? Number.POSITIVE_INFINITY : 0;
        for (let j = 0; j < columns; j++) {
          const score = scores[i * columns + j]!;
          if (score > own || (score === own && j < target)) better++;
        }
        add(better < k ? 1 : 0, weightOf(i));
      }
    },
  });
}

/** Mean negative log-likelihood of the right classes, in nats. */
export function logLoss(kind: OutputKind): Metric {
  return meanMetric({
    name: "logLoss",
    higherIsBetter: false,
    values: (batch, add) => eachNats(batch, kind, add),
  });
}

/** exp of the mean negative log-likelihood of the right classes (tokens), in nats. */
export function perplexity(kind: OutputKind): Metric {
  return meanMetric({
    name: "perplexity",
    higherIsBetter: false,
    values: (batch, add) => eachNats(batch, kind, add),
    ofMean: Math.exp,
  });
}

function eachNats(
  arrays: BatchArguments,
  kind: OutputKind,
  add: (nats: number, weight: number) => void,
): void {
  const { cases, columns, scores, targets, weightOf } = classBatch(...arrays);
  for (let i = 0; i < cases; i++) {
    const weight = weightOf(i);
    if (weight === 0) continue;
    const row = Array.prototype.slice.call(scores, i * columns, (i + 1) * columns) as number[];
    add(kind === "logits" ? natsOfLogits(row, targets[i]!) : natsOfProbabilities(row, targets[i]!), weight);
  }
}

/** log sum exp(z) - z_y; of a single logit, as if the other class had 0. */
function natsOfLogits(row: readonly number[], target: number): number {
  const logits = row.length === 1 ? [0, row[0]!] : row;
  const largest = Math.max(...logits);
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - largest);
  return Math.log(sum) + largest - logits[target]!;
}

/** -log p, p no smaller than 2^-52, as scikit-learn has it. */
function natsOfProbabilities(row: readonly number[], target: number): number {
  const p = row.length === 1 && target === 0 ? 1 - row[0]! : row[row.length === 1 ? 0 : target]!;
  return -Math.log(Math.max(p, Number.EPSILON));
}

/** Mean squared error over all numbers. */
export function meanSquaredError(): Metric {
  return errorMean("mse", (error) => error * error);
}

/** Mean absolute error over all numbers. */
export function meanAbsoluteError(): Metric {
  return errorMean("mae", Math.abs);
}

/** Root of the mean squared error over all numbers. */
export function rootMeanSquaredError(): Metric {
  return errorMean("rmse", (error) => error * error, Math.sqrt);
}

function errorMean(
  name: string,
  ofError: (error: number) => number,
  ofMean?: (mean: number) => number,
): Metric {
  return meanMetric({
    name,
    higherIsBetter: false,
    values: (batch, add) =>
      eachNumber(batch, ({ output, target, weight }) => add(ofError(output - target), weight)),
    ...(ofMean && { ofMean }),
  });
}
