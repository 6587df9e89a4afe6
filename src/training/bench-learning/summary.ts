import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { mean } from "../evaluation.js";
import {
  bootstrapInterval,
  type Interval,
  interquartileMean,
  optimalityGap,
  probabilityOfImprovement,
  quantile,
} from "../statistics.js";
import type { BenchResult } from "./run-suite.js";
import type { BenchEntry } from "./suites.js";

/** What the seeds of an entry came to: returns of the last evaluation, of the best checkpoint on fresh seeds. */
export interface BenchRow {
  label: string;
  seeds: number[];
  returns: number[];
  /** Episodes of each last evaluation. */
  episodes: number;
  mean: number;
  interquartileMean: number;
  /** Of the interquartile mean, 95 % by bootstrap over seeds; a single seed has none. */
  interval: Interval | null;
  min: number;
  max: number;
  target: number | null;
  /** How many seeds reached the target. */
  reached: number | null;
  /** How likely a run of it ends above one of the suite's reference; null where there is none. */
  improvement: Measure | null;
  /** Median over the seeds of the wall clock, on whatever the machine was doing then. */
  seconds: number;
  /** Environment steps per second, likewise, evaluations included. */
  stepsPerSecond: number;
}

export interface Measure {
  value: number;
  /** 95 % by bootstrap over seeds within each task; none where one of them has a single seed. */
  interval: Interval | null;
}

/** One row per entry that has a result, in the order of the entries. */
export function benchRows(
  entries: readonly BenchEntry[],
  results: readonly BenchResult[],
  reference: string | null = null,
): BenchRow[] {
  const rows = entries.flatMap((entry) => {
    const own = results.filter((result) => result.entry === entry);
    return own.length === 0 ? [] : [rowOf(entry, own)];
  });
  const base = rows.find(({ label }) => label === reference);
  if (base === undefined) return rows;
  return rows.map((row) => (row === base ? row : { ...row, improvement: improvementOver(base, row) }));
}

function rowOf({ label, target }: BenchEntry, results: readonly BenchResult[]): BenchRow {
  const returns = results.map(({ done }) => done.evalReturnMean ?? Number.NaN);
  const seconds = results.map(wallClock);
  return {
    label,
    seeds: results.map(({ seed }) => seed),
    returns,
    episodes: results[0]!.done.evalEpisodes,
    mean: mean(returns),
    interquartileMean: interquartileMean(returns),
    interval: intervalOf([returns], interquartileMean),
    min: Math.min(...returns),
    max: Math.max(...returns),
    target,
    reached: target === null ? null : returns.filter((value) => value >= target).length,
    improvement: null,
    seconds: quantile(seconds, 0.5),
    stepsPerSecond: quantile(
      results.map(({ done }, i) => done.steps / seconds[i]!),
      0.5,
    ),
  };
}

function improvementOver(base: BenchRow, row: BenchRow): Measure {
  const count = row.returns.length;
  return {
    value: probabilityOfImprovement(row.returns, base.returns),
    interval: intervalOf([row.returns, base.returns], (drawn) =>
      probabilityOfImprovement(drawn.slice(0, count), drawn.slice(count)),
    ),
  };
}

/** All tasks of a suite together, each return as a share of its task's target. */
export interface BenchAggregate {
  tasks: number;
  interquartileMean: Measure;
  /** Of the tasks' means. */
  median: Measure;
  mean: Measure;
  /** Share of the targets that is lacking. */
  optimalityGap: Measure;
}

/** Null for fewer than two tasks, and where a target is none or not above zero, since shares of it say nothing. */
export function benchAggregate(rows: readonly BenchRow[]): BenchAggregate | null {
  const targets = rows.map(({ target }) => target ?? 0);
  if (rows.length < 2 || targets.some((target) => target <= 0)) return null;
  const tasks = rows.map(({ returns }, i) => returns.map((value) => value / targets[i]!));
  const ends = tasks.map((_, i) => tasks.slice(0, i + 1).flat().length);
  const medianOfTasks = (scores: readonly number[]): number =>
    quantile(
      ends.map((end, i) => mean(scores.slice(ends[i - 1] ?? 0, end))),
      0.5,
    );
  const measure = (statistic: Statistic): Measure => ({
    value: statistic(tasks.flat()),
    interval: intervalOf(tasks, statistic),
  });
  return {
    tasks: rows.length,
    interquartileMean: measure(interquartileMean),
    median: measure(medianOfTasks),
    mean: measure(mean),
    optimalityGap: measure((scores) => optimalityGap(scores, 1)),
  };
}

type Statistic = (values: readonly number[]) => number;

function intervalOf(strata: readonly (readonly number[])[], statistic: Statistic): Interval | null {
  return strata.some(({ length }) => length < 2) ? null : bootstrapInterval(strata, statistic);
}

/** Seconds of the run in all processes that went on with it, told apart by the step from which each went on. */
function wallClock({ run, done }: BenchResult): number {
  const file = join(run.path, "timing.jsonl");
  const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n").slice(0, -1) : [];
  const clocks = [...lines.map((line) => JSON.parse(line) as Clock), { ...done, step: done.steps }];
  const byStart = new Map(
    clocks.map((clock) => [Math.round(clock.step - clock.seconds * clock.stepsPerSecond), clock.seconds]),
  );
  return [...byStart.values()].reduce((sum, seconds) => sum + seconds, 0);
}

/** A line of `timing.jsonl`; the clock is that of one process. */
interface Clock {
  step: number;
  seconds: number;
  stepsPerSecond: number;
}
