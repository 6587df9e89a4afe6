import { Generator, SeedSequence } from "gymnasium-js";
import type { z } from "zod";
import { type BaselineOptions, type Classifier, labelsOf, type SavedBaseline } from "../classifier.js";
import { named, parseBaselineConfig, savedArray } from "../config.js";
import { checkLabelledRows, checkQueries, type LabelledRows, type Matrix } from "../matrix.js";
import { sparseRows } from "../sparse-rows.js";
import { type LinearSvmConfig, linearSvmConfigSchema } from "./config.js";
import { solveLinearSvm } from "./dual-coordinate-descent.js";

/**
 * A linear support vector machine: for each class one plane against the rest, as LIBLINEAR fits it. Scores are
 * w.x + b; of two classes one plane serves both.
 *
 * @throws {DataError} `invalid-data`, `empty-split`, `one-class`, `invalid-options`
 */
export function fitLinearSvm(
  data: LabelledRows,
  config: z.input<typeof linearSvmConfigSchema> = {},
  { seed = 0, onProgress }: BaselineOptions = {},
): LinearSvm {
  const parsed = parseBaselineConfig("svm-linear", linearSvmConfigSchema, config);
  const { classes, codes } = checkLabelledRows(data);
  const rows = sparseRows(data.inputs);
  const planes = classes.length === 2 ? [1] : Array.from(classes.keys());
  const generators = new SeedSequence(seed).spawn(planes.length).map((sequence) => new Generator(sequence));
  const weights = new Float64Array(planes.length * (rows.columns + 1));
  for (const [p, c] of planes.entries()) {
    const y = Int8Array.from(codes, (code) => (code === c ? 1 : -1));
    const plane = solveLinearSvm({ rows, y, config: parsed }, generators[p]!);
    weights.set(plane, p * plane.length);
    onProgress?.({ done: p + 1, total: planes.length });
  }
  return new LinearSvm(parsed, { classes, columns: rows.columns, weights });
}

/** A fitted linear support vector machine; see `fitLinearSvm`. */
export class LinearSvm implements Classifier {
  readonly classes: Int32Array;
  readonly columns: number;
  /** `[planes, columns + 1]`, the last one the intercept */
  readonly weights: Float64Array;

  constructor(
    private readonly config: LinearSvmConfig,
    { classes, columns, weights }: { classes: Int32Array; columns: number; weights: Float64Array },
  ) {
    this.classes = classes;
    this.columns = columns;
    this.weights = weights;
  }

  scores(rows: Matrix): Float32Array {
    checkQueries(rows, this.columns);
    const width = this.classes.length;
    const scores = new Float32Array(rows.rows * width);
    for (let row = 0; row < rows.rows; row++) {
      if (width === 2) {
        const decision = this.plane(rows.data, row, 0);
        scores[row * 2] = -decision;
        scores[row * 2 + 1] = decision;
      } else {
        for (let c = 0; c < width; c++) scores[row * width + c] = this.plane(rows.data, row, c);
      }
    }
    return scores;
  }

  predict(rows: Matrix): Int32Array {
    return labelsOf(this.scores(rows), this.classes);
  }

  save(): SavedBaseline {
    const { classes, columns, weights, config } = this;
    const shape = [weights.length / (columns + 1), columns + 1];
    return {
      name: "svm-linear",
      config,
      arrays: { classes: named(classes), weights: named(weights, shape) },
    };
  }

  private plane(data: Float32Array, row: number, plane: number): number {
    const { columns, weights } = this;
    const base = plane * (columns + 1);
    let sum = weights[base + columns]!;
    for (let k = 0; k < columns; k++) sum += weights[base + k]! * data[row * columns + k]!;
    return sum;
  }
}

/** @throws {DataError} `invalid-data`, `invalid-options` if it is not what `save` gave */
export function restoreLinearSvm(saved: SavedBaseline): LinearSvm {
  const config = parseBaselineConfig("svm-linear", linearSvmConfigSchema, saved.config as LinearSvmConfig);
  const weights = savedArray(saved, "weights", "float64");
  const classes = savedArray(saved, "classes", "int32").data;
  return new LinearSvm(config, { classes, columns: weights.shape[1]! - 1, weights: weights.data });
}
