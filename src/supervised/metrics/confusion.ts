import { classBatch, predictedClass } from "./batches.js";
import { type Metric, MetricError, type NumericArray, type OutputKind } from "./metric.js";

/** Counts which classes were taken for which, batch by batch. */
export class ConfusionMatrix {
  /**
   * `[classes, classes]` in C order, rows by what is true, columns by what was predicted; each case counts its
   * weight.
   */
  private counts = new Float64Array(0);
  private size = 0;

  constructor(private readonly kind: OutputKind = "logits") {}

  /** Number of classes; 0 before the first batch. */
  get classes(): number {
    return this.size;
  }

  /** @throws {MetricError} see `Metric.add`; `shape-mismatch`, if there were other classes before */
  add(outputs: NumericArray, targets: NumericArray, weights: NumericArray | null): void {
    const batch = classBatch(outputs, targets, weights);
    this.fit(Math.max(2, batch.columns));
    for (let i = 0; i < batch.cases; i++) {
      const weight = batch.weightOf(i);
      if (weight === 0) continue;
      this.counts[batch.targets[i]! * this.size + predictedClass(batch, i, this.kind)]! += weight;
    }
  }

  /** Weight of the cases of class `target` that were taken for `predicted`. */
  at(target: number, predicted: number): number {
    return this.counts[target * this.size + predicted]!;
  }

  rows(): number[][] {
    return Array.from({ length: this.size }, (_, row) => [
      ...this.counts.subarray(row * this.size, (row + 1) * this.size),
    ]);
  }

  reset(): void {
    this.counts = new Float64Array(0);
    this.size = 0;
  }

  private fit(classes: number): void {
    if (this.size === classes) return;
    if (this.size !== 0) {
      throw new MetricError(
        "shape-mismatch",
        `The metric got outputs of ${classes} classes after outputs of ${this.size}; reset it between nets.`,
      );
    }
    this.size = classes;
    this.counts = new Float64Array(classes * classes);
  }
}

/** How well a class is found. What would be 0 / 0 is 0, as in scikit-learn. */
export interface ClassScores {
  /** Share of those taken for the class that are of it. */
  precision: number;
  /** Share of the class that was found. */
  recall: number;
  /** Harmonic mean of precision and recall: 2 TP / (2 TP + FP + FN). */
  f1: number;
  /** Weight of the cases that are of the class. */
  support: number;
}

interface Outcomes {
  truePositives: number;
  /** Weight of what was taken for the class. */
  predicted: number;
  /** Weight of what is of the class. */
  support: number;
}

/** Scores of each class. */
export function classScores(matrix: ConfusionMatrix): ClassScores[] {
  return outcomesOf(matrix).map(scoresOf);
}

/**
 * How scores of classes become one.
 *
 * - binary: those of class 1
 * - macro: the mean over classes, of those that occur or were predicted
 * - weighted: the mean over classes, each by its support
 * - micro: of the outcomes of all classes together, which is the accuracy
 */
export type Average = "binary" | "macro" | "weighted" | "micro";

/** NaN of an empty matrix. */
export function averageScore(
  matrix: ConfusionMatrix,
  score: "precision" | "recall" | "f1",
  average: Average,
): number {
  const outcomes = outcomesOf(matrix);
  if (outcomes.every(({ support }) => support === 0)) return Number.NaN;
  const total = (values: number[]) => values.reduce((sum, value) => sum + value, 0);
  switch (average) {
    case "binary":
      return scoresOf(outcomes[1]!)[score];
    case "macro": {
      const seen = outcomes.filter(({ predicted, support }) => predicted > 0 || support > 0);
      return total(seen.map((outcome) => scoresOf(outcome)[score])) / seen.length;
    }
    case "weighted": {
      const weighted = outcomes.map((outcome) => outcome.support * scoresOf(outcome)[score]);
      return total(weighted) / total(outcomes.map(({ support }) => support));
    }
    case "micro":
      return scoresOf({
        truePositives: total(outcomes.map(({ truePositives }) => truePositives)),
        predicted: total(outcomes.map(({ predicted }) => predicted)),
        support: total(outcomes.map(({ support }) => support)),
      })[score];
    default:
      throw new Error(`There is no average "${average satisfies never}".`);
  }
}

function outcomesOf(matrix: ConfusionMatrix): Outcomes[] {
  const classes = Array.from({ length: matrix.classes }, (_, index) => index);
  return classes.map((own) => ({
    truePositives: matrix.at(own, own),
    predicted: classes.reduce((sum, target) => sum + matrix.at(target, own), 0),
    support: classes.reduce((sum, predicted) => sum + matrix.at(own, predicted), 0),
  }));
}

function scoresOf({ truePositives, predicted, support }: Outcomes): ClassScores {
  const share = (part: number, whole: number) => (whole > 0 ? part / whole : 0);
  return {
    precision: share(truePositives, predicted),
    recall: share(truePositives, support),
    f1: share(2 * truePositives, predicted + support),
    support,
  };
}

/** A score by class as a metric; without an average it is binary of two classes and macro of more. */
export function scoreMetric(
  score: "precision" | "recall" | "f1",
  kind: OutputKind,
  average?: Average,
): Metric {
  const matrix = new ConfusionMatrix(kind);
  return {
    name: average === undefined ? score : `${score}-${average}`,
    higherIsBetter: true,
    add: (outputs, targets, weights) => matrix.add(outputs, targets, weights),
    value: () => averageScore(matrix, score, average ?? (matrix.classes === 2 ? "binary" : "macro")),
    reset: () => matrix.reset(),
  };
}
