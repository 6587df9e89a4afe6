import { eachNumber } from "./batches.js";
import { type Metric, MetricError } from "./metric.js";

interface Column {
  weight: number;
  mean: number;
  /** sum w (t - mean)^2 */
  spread: number;
  /** sum w (f - t)^2 */
  residual: number;
}

/**
 * Coefficient of determination 1 - sum w (f - t)^2 / sum w (t - mean)^2 of each output of a row, averaged over them.
 * An output whose targets are all equal counts 1 where it is met exactly, else 0, as in scikit-learn.
 */
export function r2(): Metric {
  let columns: Column[] | null = null;
  return {
    name: "r2",
    higherIsBetter: true,
    add(outputs, targets, weights) {
      const width = outputs.shape.slice(1).reduce((size, dimension) => size * dimension, 1);
      columns ??= Array.from({ length: width }, () => ({ weight: 0, mean: 0, spread: 0, residual: 0 }));
      if (columns.length !== width) {
        throw new MetricError(
          "shape-mismatch",
          `The metric got ${width} outputs per row after ${columns.length}; reset it between nets.`,
        );
      }
      const known = columns;
      eachNumber([outputs, targets, weights], ({ output, target, weight, index }) => {
        const column = known[index % width]!;
        column.weight += weight;
        // Welford's way, which keeps its digits where the mean is large.
        const before = target - column.mean;
        column.mean += (weight / column.weight) * before;
        column.spread += weight * before * (target - column.mean);
        column.residual += weight * (output - target) ** 2;
      });
    },
    value() {
      const seen = (columns ?? []).filter(({ weight }) => weight > 0);
      const scores = seen.map(({ spread, residual }) =>
        spread > 0 ? 1 - residual / spread : Number(residual === 0),
      );
      return scores.reduce((sum, score) => sum + score, 0) / scores.length;
    },
    reset() {
      columns = null;
    },
  };
}
