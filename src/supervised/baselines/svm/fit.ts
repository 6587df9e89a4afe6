import type { z } from "zod";
import type { BaselineOptions } from "../classifier.js";
import { parseBaselineConfig } from "../config.js";
import {
  checkLabelledRows,
  type EncodedLabels,
  type LabelledRows,
  type Matrix,
  variance,
} from "../matrix.js";
import { sparseRows, takeMatrixRows } from "../sparse-rows.js";
import { type SvmConfig, svmConfigSchema } from "./config.js";
import { isScaled, type Kernel, type KernelConfig } from "./kernel.js";
import { KernelRows } from "./kernel-rows.js";
import { solveSvmDual } from "./smo.js";
import { pairsOf, Svm, type SvmModel, type SvmPair } from "./svm.js";

/**
 * A support vector machine with a kernel: one soft-margin machine for each pair of classes (Cortes & Vapnik 1995; one
 * against one, Hsu & Lin 2002), each solved by `solveSvmDual`. Draws nothing.
 *
 * Scores are the pairs won, plus less than 1/3 either way from the sum of a class's decisions, which settles ties
 * (scikit-learn's one-versus-rest decision function, with `break_ties`).
 *
 * @throws {DataError} `invalid-data`, `empty-split`, `one-class`, `invalid-options`
 */
export function fitSvm(
  data: LabelledRows,
  config: z.input<typeof svmConfigSchema> = {},
  { onProgress }: Pick<BaselineOptions, "onProgress"> = {},
): Svm {
  const parsed = parseBaselineConfig("svm-rbf", svmConfigSchema, config);
  const labels = checkLabelledRows(data);
  const kernel = scaled(parsed.kernel, data.inputs);
  const pairs = pairsOf(labels.classes.length);
  const rowsOfClass = Array.from(labels.classes, (_, c) => rowsWhere(labels, c));
  const solved = pairs.map(([a, b], done) => {
    const pair = solvePair({ inputs: data.inputs, kernel, config: parsed }, rowsOfClass[a]!, rowsOfClass[b]!);
    onProgress?.({ done: done + 1, total: pairs.length });
    return pair;
  });
  return new Svm(parsed, modelOf({ inputs: data.inputs, labels, kernel }, solved));
}

function scaled(kernel: KernelConfig, inputs: Matrix): Kernel {
  if (isScaled(kernel)) return kernel;
  const spread = variance(inputs);
  // Rows all of one value have no spread; scikit-learn takes 1 then.
  return { ...kernel, gamma: spread > 0 ? 1 / (inputs.columns * spread) : 1 };
}

function rowsWhere({ codes }: EncodedLabels, code: number): number[] {
  return Array.from(codes.keys()).filter((row) => codes[row] === code);
}

interface PairProblem {
  inputs: Matrix;
  kernel: Kernel;
  config: SvmConfig;
}

/** One machine: the weight y alpha of each row that has one. */
interface SolvedPair extends SvmPair {
  weights: Map<number, number>;
}

function solvePair(
  { inputs, kernel, config }: PairProblem,
  positive: number[],
  negative: number[],
): SolvedPair {
  const rows = [...positive, ...negative];
  const y = Int8Array.from(rows, (_, i) => (i < positive.length ? 1 : -1));
  const kernelRows = new KernelRows(sparseRows(takeMatrixRows(inputs, rows)), kernel, config.cacheMegabytes);
  const { alpha, ...solution } = solveSvmDual({ ...config, kernel: kernelRows, y });
  const weights = new Map<number, number>();
  for (const [i, row] of rows.entries()) if (alpha[i]! > 0) weights.set(row, y[i]! * alpha[i]!);
  return { ...solution, weights };
}

/** Gathers the rows that some pair leans on, class by class; a row may serve several pairs. */
function modelOf(
  { inputs, labels, kernel }: { inputs: Matrix; labels: EncodedLabels; kernel: Kernel },
  solved: SolvedPair[],
): SvmModel {
  const { classes, codes } = labels;
  const used = new Set(solved.flatMap(({ weights }) => [...weights.keys()]));
  const supportRows = Int32Array.from(used).sort((a, b) => codes[a]! - codes[b]! || a - b);
  const count = supportRows.length;
  const places = new Map(Array.from(supportRows, (row, place) => [row, place]));
  const coefficients = new Float64Array((classes.length - 1) * count);
  for (const [p, [a, b]] of pairsOf(classes.length).entries()) {
    for (const [row, weight] of solved[p]!.weights) {
      // A row's line for its machine against another class: that class's number, its own left out.
      const line = codes[row] === a ? b - 1 : a;
      coefficients[line * count + places.get(row)!] = weight;
    }
  }
  return {
    kernel,
    classes,
    supportRows,
    supportCounts: classes.map((_, c) => supportRows.filter((row) => codes[row] === c).length),
    supportVectors: takeMatrixRows(inputs, supportRows),
    coefficients,
    pairs: solved.map(({ weights: _, ...pair }) => pair),
  };
}
