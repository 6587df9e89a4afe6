import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A line of a run's metrics. */
export interface RunRecord {
  event: string;
  step: number;
  [key: string]: unknown;
}

/** Metrics records of one run, at most; a chart has fewer pixels. */
const mostRecords = 2000;

/** Leaves out metrics evenly where there are too many to draw; first and last stay, and so do all evaluations. */
export function thinned(records: readonly RunRecord[]): RunRecord[] {
  const metrics = records.filter(({ event }) => event === "metrics");
  const stride = Math.max(1, (metrics.length - 1) / (mostRecords - 1));
  const kept = new Set(Array.from({ length: mostRecords }, (_, i) => metrics[Math.round(i * stride)]));
  return records.filter((record) => record.event !== "metrics" || kept.has(record));
}

/** The records with `stepsPerSecond`, which a run keeps apart from what is the same whenever it is repeated. */
export function withSpeeds(records: readonly { event: string; step: number }[], run: string): RunRecord[] {
  const speeds = speedsOf(run);
  return records.map((record) =>
    record.event === "metrics"
      ? { ...record, stepsPerSecond: speeds.get(record.step) ?? null }
      : { ...record },
  );
}

interface TimingLine {
  step: number;
  /** Since the process began. */
  seconds: number;
  /** Mean since then. */
  stepsPerSecond: number;
}

/** By step: the speed since the record before, or since the process began. */
function speedsOf(run: string): Map<number, number> {
  const speeds = new Map<number, number>();
  let before: TimingLine | null = null;
  for (const line of timingOf(run)) {
    const goesOn: boolean = before !== null && startOf(line) === startOf(before) && line.step > before.step;
    const speed = goesOn
      ? (line.step - before!.step) / (line.seconds - before!.seconds)
      : line.stepsPerSecond;
    speeds.set(line.step, speed);
    before = line;
  }
  return speeds;
}

/** The step that the process of a line began with. */
function startOf({ step, seconds, stepsPerSecond }: TimingLine): number {
  return Math.round(step - seconds * stepsPerSecond);
}

/** No clock is worth a run's curves: a line that cannot be read is left out. */
function timingOf(run: string): TimingLine[] {
  const file = join(run, "timing.jsonl");
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8")
    .split("\n")
    .flatMap((line) => {
      try {
        const timing = JSON.parse(line) as TimingLine;
        return Number.isFinite(timing.stepsPerSecond) ? [timing] : [];
      } catch {
        return [];
      }
    });
}
