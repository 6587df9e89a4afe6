import { MetricError, type NumericArray, type OutputKind } from "./metric.js";

/** A batch of which each case has one class that is right. */
export interface ClassBatch {
  cases: number;
  /** Scores per case; 1 for a single score that says yes or no. */
  columns: number;
  /** `[cases, columns]` */
  scores: ArrayLike<number>;
  /** `[cases]` class ids: below `columns`, or 0 or 1. */
  targets: ArrayLike<number>;
  weightOf(index: number): number;
}

/**
 * Sees outputs `[..., classes]` and class ids `[...]`, or single scores `[...]` or `[..., 1]` and ids 0 or 1, as a
 * list of cases.
 *
 * @throws {MetricError} `shape-mismatch`; `invalid-target`, where a case with weight has a target that is no class
 */
export function classBatch(
  outputs: NumericArray,
  targets: NumericArray,
  weights: NumericArray | null,
): ClassBatch {
  const cases = withoutUnit(targets.shape);
  const single = sameShape(withoutUnit(outputs.shape), cases);
  if (!single && !sameShape(outputs.shape.slice(0, -1), targets.shape)) {
    throw new MetricError(
      "shape-mismatch",
      `The metric got outputs of shape [${outputs.shape}] and targets of shape [${targets.shape}]; give [..., classes] and class ids [...].`,
    );
  }
  const columns = single ? 1 : outputs.shape.at(-1)!;
  const batch: ClassBatch = {
    cases: targets.data.length,
    columns,
    scores: outputs.data,
    targets: targets.data,
    weightOf: weightOf(cases, weights),
  };
  checkTargets(batch);
  return batch;
}

function checkTargets({ cases, columns, targets, weightOf }: ClassBatch): void {
  const classes = Math.max(2, columns);
  for (let i = 0; i < cases; i++) {
    const target = targets[i]!;
    if ((Number.isInteger(target) && target >= 0 && target < classes) || weightOf(i) === 0) continue;
    throw new MetricError(
      "invalid-target",
      `The target ${target} of case ${i} is not a class; give whole numbers from 0 to ${classes - 1}, or the weight 0.`,
    );
  }
}

/** The class that a case is put into: the first of the best scores; of a single score, whether it says yes. */
export function predictedClass({ columns, scores }: ClassBatch, index: number, kind: OutputKind): number {
  if (columns === 1) return scores[index]! > (kind === "logits" ? 0 : 0.5) ? 1 : 0;
  let best = index * columns;
  for (let at = best + 1; at < (index + 1) * columns; at++) {
    // Anything is better than NaN.
    if (scores[at]! > scores[best]! || Number.isNaN(scores[best]!)) best = at;
  }
  return best - index * columns;
}

/** Calls `visit` for each number of outputs and targets of one shape (but for a last axis of 1) that has weight. */
export function eachNumber(
  [outputs, targets, weights]: [NumericArray, NumericArray, NumericArray | null],
  visit: (number: { output: number; target: number; weight: number; index: number }) => void,
): void {
  const shape = withoutUnit(outputs.shape);
  if (!sameShape(shape, withoutUnit(targets.shape))) {
    throw new MetricError(
      "shape-mismatch",
      `The metric got outputs of shape [${outputs.shape}] and targets of shape [${targets.shape}]; give both the same shape.`,
    );
  }
  const ofIndex = weightOf(shape, weights);
  for (let index = 0; index < outputs.data.length; index++) {
    const weight = ofIndex(index);
    if (weight > 0) visit({ output: outputs.data[index]!, target: targets.data[index]!, weight, index });
  }
}

/** The weight of an index into an array of `shape`, of which weights have some leading axes. */
function weightOf(shape: readonly number[], weights: NumericArray | null): (index: number) => number {
  if (weights === null) return () => 1;
  if (!sameShape(weights.shape, shape.slice(0, weights.shape.length))) {
    throw new MetricError(
      "shape-mismatch",
      `The metric got weights of shape [${weights.shape}] for targets of shape [${shape}]; give one weight per row, or per row and step.`,
    );
  }
  const share = shape.slice(weights.shape.length).reduce((size, dimension) => size * dimension, 1);
  return (index) => weights.data[Math.floor(index / share)]!;
}

function withoutUnit(shape: readonly number[]): readonly number[] {
  return shape.length > 1 && shape.at(-1) === 1 ? shape.slice(0, -1) : shape;
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((dimension, axis) => dimension === b[axis]);
}
