import { createMetric, type MetricName } from "../metrics/index.js";
import type { FitConfig } from "./config.js";
import type { Figures } from "./evaluator.js";

/** What validations have come to so far. */
export interface BestSoFar {
  /** Epochs done when it was the best; null before the first validation. */
  epoch: number | null;
  value: number | null;
  /** Validations since then. */
  waited: number;
}

export function nothingYet(): BestSoFar {
  return { epoch: null, value: null, waited: 0 };
}

/**
 * Judges a validation; NaN, of a figure that is not defined, is never the best.
 *
 * @returns whether it is the best so far
 */
export function judge(
  best: BestSoFar,
  { figures, epoch, settings }: { figures: Figures; epoch: number; settings: FitConfig["earlyStopping"] },
): boolean {
  const { metric, minDelta } = settings;
  const value = figures[metric]!;
  const gain = best.value === null ? Number.POSITIVE_INFINITY : gainOf(metric, value, best.value);
  if (gain > minDelta && !Number.isNaN(value)) {
    Object.assign(best, { epoch, value, waited: 0 } satisfies BestSoFar);
    return true;
  }
  best.waited++;
  return false;
}

function gainOf(metric: string, value: number, before: number): number {
  return isHigherBetter(metric) ? value - before : before - value;
}

/** @param figure of an evaluation; of several heads `<head>.<metric>` */
export function isHigherBetter(figure: string): boolean {
  const name = figure.slice(figure.lastIndexOf(".") + 1);
  return name !== "loss" && createMetric(name as MetricName).higherIsBetter;
}
