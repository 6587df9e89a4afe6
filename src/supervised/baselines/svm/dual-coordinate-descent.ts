import type { Generator } from "gymnasium-js";
import type { SparseRows } from "../sparse-rows.js";
import type { LinearSvmConfig } from "./config.js";

export interface LinearSvmProblem {
  rows: SparseRows;
  /** 1 or -1 */
  y: Int8Array;
  config: LinearSvmConfig;
}

/**
 * Dual coordinate descent with shrinking (Hsieh, Chang, Lin, Keerthi & Sundararajan 2008, A dual coordinate descent method
 * for large-scale linear SVM, algorithm 3): min 1/2 |w|^2 + C sum loss. The rows' order is drawn anew for each epoch.
 *
 * @returns w and the intercept, `[columns + 1]`
 */
export function solveLinearSvm({ rows, y, config }: LinearSvmProblem, rng: Generator): Float64Array {
  const { bias, tolerance, maxEpochs } = config;
  const squared = config.loss === "squared-hinge";
  const upper = squared ? Infinity : config.C;
  // Table 1 of the paper: what a squared loss adds to the diagonal.
  const ridge = squared ? 1 / (2 * config.C) : 0;
  const alpha = new Float64Array(rows.rows);
  const weights = new Float64Array(rows.columns + 1);
  const active = Int32Array.from(alpha.keys());
  let activeCount = active.length;
  let bounds = { highest: Infinity, lowest: -Infinity };
  for (let epoch = 0; epoch < maxEpochs; epoch++) {
    rng.shuffle(active.subarray(0, activeCount));
    let highest = -Infinity;
    let lowest = Infinity;
    for (let s = 0; s < activeCount; s++) {
      const i = active[s]!;
      const gradient = y[i]! * product(rows, i, weights, bias) - 1 + ridge * alpha[i]!;
      const isShrunk =
        alpha[i] === 0 ? gradient > bounds.highest : alpha[i] === upper && gradient < bounds.lowest;
      if (isShrunk) {
        active[s] = active[--activeCount]!;
        active[activeCount] = i;
        s--;
        continue;
      }
      const projected = projectedGradient(gradient, alpha[i]!, upper);
      highest = Math.max(highest, projected);
      lowest = Math.min(lowest, projected);
      if (projected === 0) continue;
      // Of a row of zeros the curvature may be 0; it then goes to its bound at once.
      const curvature = rows.squaredNorms[i]! + bias * bias + ridge;
      const before = alpha[i]!;
      alpha[i] = Math.min(Math.max(before - gradient / curvature, 0), upper);
      addRow(rows, i, weights, { factor: (alpha[i]! - before) * y[i]!, bias });
    }
    if (highest - lowest <= tolerance || activeCount === 0) {
      if (activeCount === active.length) break;
      activeCount = active.length;
      bounds = { highest: Infinity, lowest: -Infinity };
    } else {
      bounds = { highest: highest > 0 ? highest : Infinity, lowest: lowest < 0 ? lowest : -Infinity };
    }
  }
  weights[rows.columns]! *= bias;
  return weights;
}

/** Equation 8. */
function projectedGradient(gradient: number, alpha: number, upper: number): number {
  if (alpha === 0) return Math.min(gradient, 0);
  return alpha === upper ? Math.max(gradient, 0) : gradient;
}

function product(
  { starts, indices, values, columns }: SparseRows,
  row: number,
  weights: Float64Array,
  bias: number,
): number {
  const end = starts[row + 1]!;
  let sum = weights[columns]! * bias;
  for (let k = starts[row]!; k < end; k++) sum += values[k]! * weights[indices[k]!]!;
  return sum;
}

function addRow(
  { starts, indices, values, columns }: SparseRows,
  row: number,
  weights: Float64Array,
  { factor, bias }: { factor: number; bias: number },
): void {
  const end = starts[row + 1]!;
  for (let k = starts[row]!; k < end; k++) weights[indices[k]!]! += factor * values[k]!;
  weights[columns]! += factor * bias;
}
