import { readFileSync } from "node:fs";
import { join } from "node:path";
import { mean } from "./evaluation.js";
import { type RunFolder, readConfig } from "./run-folder.js";

/** Points of one line: values over environment steps. */
export interface Curve {
  steps: number[];
  /** Mean over the seeds. */
  means: number[];
  /** Population standard deviation over the seeds; 0 for one seed. */
  spreads: number[];
}

/** Runs that differ in nothing but their seed, as one line each for evaluation and training. */
export interface CurveGroup {
  label: string;
  env: string;
  seeds: number[];
  evaluation: Curve;
  training: Curve;
}

interface MetricsLine {
  event: string;
  step: number;
  returnMean: number | null;
}

/** The records of a run; a last line that a kill left half written is dropped. */
export function readMetrics(run: RunFolder): MetricsLine[] {
  const lines = readFileSync(join(run.path, "metrics.jsonl"), "utf8").split("\n");
  lines.pop();
  return lines.map((line) => JSON.parse(line) as MetricsLine);
}

/** Groups runs by everything but the seed, in the order in which they were named. */
export function curveGroups(runs: readonly RunFolder[]): CurveGroup[] {
  const groups = new Map<string, RunFolder[]>();
  for (const run of runs) {
    const { seed: _, steps: __, ...config } = readConfig(run);
    const key = JSON.stringify([config, run.manifest.agent, run.manifest.engine]);
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  return [...groups.values()].map((members) => {
    const first = members[0]!.manifest;
    const metrics = members.map(readMetrics);
    const seeds = members.map(({ manifest }) => manifest.seed);
    return {
      label: `${first.env} ${first.agent}${first.preset ? ` (${first.preset})` : ""}, ${members.length === 1 ? `seed ${seeds[0]}` : `${members.length} seeds`}`,
      env: first.env,
      seeds,
      evaluation: average(metrics.map((lines) => pointsOf(lines, "eval"))),
      training: average(metrics.map((lines) => pointsOf(lines, "metrics"))),
    };
  });
}

function pointsOf(lines: readonly MetricsLine[], event: string): Map<number, number> {
  const points = new Map<number, number>();
  for (const line of lines) {
    if (line.event === event && line.returnMean !== null) points.set(line.step, line.returnMean);
  }
  return points;
}

/** Over the steps that every run has, so that the mean is of the same runs everywhere. */
function average(runs: readonly Map<number, number>[]): Curve {
  const curve: Curve = { steps: [], means: [], spreads: [] };
  for (const step of runs[0]?.keys() ?? []) {
    const values = runs.map((points) => points.get(step));
    if (values.some((value) => value === undefined)) continue;
    const known = values as number[];
    const center = mean(known);
    curve.steps.push(step);
    curve.means.push(center);
    curve.spreads.push(Math.sqrt(mean(known.map((value) => (value - center) ** 2))));
  }
  return curve;
}
