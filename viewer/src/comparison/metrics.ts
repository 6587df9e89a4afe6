/** What a run wrote down at some steps; null where there was nothing yet to say. */
export interface Curve {
  steps: number[];
  values: (number | null)[];
}

/** What an evaluation found: the mean over its episodes, and where 95 % of such means would lie. */
export interface EvaluationPoint {
  step: number;
  mean: number;
  /** Null where nothing is known of the spread. */
  interval: { low: number; high: number } | null;
}

export type RunRecords = readonly Record<string, unknown>[];

/** Something that runs write down. */
export interface Metric {
  /** Key of the records. */
  key: string;
  title: string;
  /** What exactly is drawn, in words. */
  about: string;
  /** Whether evaluations say it, too. */
  evaluated: boolean;
}

/** Key of what a clock said, which only records read from a run's folder have. */
export const speedKey = "stepsPerSecond";

export const metrics = [
  {
    key: "returnMean",
    title: "Return",
    about: "Lines: mean of the last 100 episodes. Points: evaluations, 95 % interval of the mean.",
    evaluated: true,
  },
  {
    key: "lengthMean",
    title: "Length of episodes",
    about: "Steps. Lines: mean of the last 100 episodes. Points: evaluations.",
    evaluated: true,
  },
  { key: "loss", title: "Loss", about: "Mean over the updates between two records.", evaluated: false },
  { key: "meanQ", title: "Mean Q", about: "Mean over the updates between two records.", evaluated: false },
  { key: "epsilon", title: "Epsilon", about: "Share of actions taken at random.", evaluated: false },
  {
    key: speedKey,
    title: "Steps per second",
    about: "Environment steps between two records, evaluations included.",
    evaluated: false,
  },
] as const satisfies readonly Metric[];

function numberOf(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

/** What the metrics records say of a key; without steps where none of them knows it. */
export function curveOf(records: RunRecords, key: string): Curve {
  const told = records.filter(({ event }) => event === "metrics");
  const values = told.map((record) => numberOf(record[key]));
  if (values.every((value) => value === null)) return { steps: [], values: [] };
  return { steps: told.map(({ step }) => Number(step)), values };
}

/** Standard errors to either side of a mean that hold 95 % of a normal distribution. */
const halfWidth = 1.96;

export function evaluationsOf(records: RunRecords, key: string): EvaluationPoint[] {
  return records.flatMap((record) => {
    const mean = numberOf(record[key]);
    if (record["event"] !== "eval" || mean === null) return [];
    const spread = key === "returnMean" ? numberOf(record["returnStd"]) : null;
    const episodes = numberOf(record["episodes"]) ?? 0;
    const half = spread === null || episodes < 2 ? null : (halfWidth * spread) / Math.sqrt(episodes);
    const interval = half === null ? null : { low: mean - half, high: mean + half };
    return [{ step: Number(record["step"]), mean, interval }];
  });
}

/**
 * The number of the last of some steps that is not beyond another; -1 where there is none.
 * @param steps ascending
 * @param step null for the very last
 */
export function lastUpTo(steps: readonly number[], step: number | null): number {
  return step === null ? steps.length - 1 : steps.findLastIndex((at) => at <= step);
}

/**
 * A number for people, in three significant digits.
 * @param thousands from where on it is told in thousands
 */
export function figure(value: number, thousands = 1e4): string {
  const size = Math.abs(value);
  if (size >= 1e6) return `${Number((value / 1e6).toPrecision(3))} M`;
  if (size >= thousands) return `${Number((value / 1e3).toPrecision(3))} k`;
  return String(Number(value.toPrecision(3)));
}
