import { readMetrics } from "../curves.js";
import { bootstrapInterval, interquartileMean } from "../statistics.js";
import type { BenchResult } from "./run-suite.js";
import type { BenchEntry } from "./suites.js";

/** Evaluation returns of an entry while it trained, over its seeds. */
export interface BenchCurve {
  label: string;
  env: string;
  target: number | null;
  seeds: number;
  points: BenchPoint[];
}

export interface BenchPoint {
  /** Environment steps made. */
  step: number;
  interquartileMean: number;
  /** Of the interquartile mean, 95 % by bootstrap over seeds; the mean itself where there is one seed. */
  low: number;
  high: number;
}

/** One curve per entry that has a result, at the steps at which every seed was evaluated. */
export function benchCurves(entries: readonly BenchEntry[], results: readonly BenchResult[]): BenchCurve[] {
  return entries.flatMap((entry) => {
    const runs = results.filter((result) => result.entry === entry).map(returnsByStep);
    const steps = [...(runs[0]?.keys() ?? [])].filter((step) => runs.every((run) => run.has(step)));
    const { label, target } = entry;
    const points = steps.map((step) =>
      pointOf(
        step,
        runs.map((run) => run.get(step)!),
      ),
    );
    return runs.length === 0 ? [] : [{ label, env: entry.config.env, target, seeds: runs.length, points }];
  });
}

function returnsByStep({ run }: BenchResult): Map<number, number> {
  const evaluations = readMetrics(run).filter((line) => line.event === "eval" && line.returnMean !== null);
  return new Map(evaluations.map(({ step, returnMean }) => [step, returnMean!]));
}

function pointOf(step: number, returns: readonly number[]): BenchPoint {
  const interval = bootstrapInterval([returns], interquartileMean, { draws: 1000 });
  return { step, interquartileMean: interquartileMean(returns), ...interval };
}
