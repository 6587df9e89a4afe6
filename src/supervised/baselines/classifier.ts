import type { NamedArrays } from "../../tensors/index.js";
import type { Matrix } from "./matrix.js";

/** Tells classes of rows apart. */
export interface Classifier {
  /** The labels it knows, ascending. */
  readonly classes: Int32Array;
  /** Width of the rows. */
  readonly columns: number;
  /**
   * How much each row looks like each class, `[rows, classes]`: the more, the likelier. What the numbers are, its `fit`
   * says.
   * @throws {DataError} `invalid-data` for rows of another width or with values that are not finite, `empty-split`
   */
  scores(rows: Matrix): Float32Array;
  /**
   * Each row's label, `[rows]`: that of the highest score, of equal ones the lowest.
   * @throws {DataError} as `scores`
   */
  predict(rows: Matrix): Int32Array;
  save(): SavedBaseline;
}

/** A fitted baseline as plain data. */
export interface SavedBaseline {
  name: string;
  /** Its config in full, JSON. */
  config: unknown;
  arrays: NamedArrays;
}

/** How far a fit is: `done` of `total` trees, pairs of classes, classes or iterations. */
export interface BaselineProgress {
  done: number;
  total: number;
}

export interface BaselineOptions {
  /** All draws depend on it; default 0. */
  seed?: number;
  onProgress?(progress: BaselineProgress): void;
}

/** The label of each row's highest score. */
export function labelsOf(scores: Float32Array, classes: Int32Array): Int32Array {
  const width = classes.length;
  const labels = new Int32Array(scores.length / width);
  for (let row = 0; row < labels.length; row++) {
    let best = 0;
    for (let c = 1; c < width; c++) if (scores[row * width + c]! > scores[row * width + best]!) best = c;
    labels[row] = classes[best]!;
  }
  return labels;
}
