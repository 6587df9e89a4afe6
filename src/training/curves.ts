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
  return metricsLines<MetricsLine>(run.path);
}

/** Likewise of a run of any sort. */
export function metricsLines<Line>(path: string): Line[] {
  const lines = readFileSync(join(path, "metrics.jsonl"), "utf8").split("\n");
  lines.pop();
  return lines.map((line) => JSON.parse(line) as Line);
}

/** Groups runs by everything but the seed, in the order in which they were named. */
export function curveGroups(runs: readonly RunFolder[]): CurveGroup[] {
  const groups = new Map<string, RunFolder[]>();
  for (const run of runs) {
    const { seed: _, steps: __, ...config } = readConfig(run);
    const key = JSON.stringify([config, run.manifest.agent, run.manifest.engine]);
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  const configs = [...groups.values()].map((members) => readConfig(members[0]!));
  const names = [...groups.values()].map((members) => nameOf(members[0]!));
  return [...groups.values()].map((members, i) => {
    const first = members[0]!.manifest;
    const metrics = members.map(readMetrics);
    const seeds = members.map(({ manifest }) => manifest.seed);
    return {
      label: [
        names[i]!,
        // What differs says nothing more where the names do.
        ...(new Set(names).size === names.length ? [] : differencesOf(configs, i, notNamed)),
        members.length === 1 ? `seed ${seeds[0]}` : `${members.length} seeds`,
      ].join(", "),
      env: first.env,
      seeds,
      evaluation: average(metrics.map((lines) => pointsOf(lines, "eval"))),
      training: average(metrics.map((lines) => pointsOf(lines, "metrics"))),
    };
  });
}

function nameOf({ manifest: { env, agent, preset } }: RunFolder): string {
  return `${env} ${agent}${preset ? ` (${preset})` : ""}`;
}

/** Told by the rest of the label, or no difference of method. */
const notNamed: readonly string[] = ["env", "seed", "steps"];

/** By what config `i` differs from some other one, as `key=value`; three of them, if there are more. */
export function differencesOf(
  configs: readonly Record<string, unknown>[],
  i: number,
  untold: readonly string[],
): string[] {
  const all = configs.map((config) => flatten(config));
  const differing = [...all[i]!].filter(([key, value]) => all.some((other) => other.get(key) !== value));
  const shown = differing.filter(([key]) => !untold.includes(key)).map(([key, value]) => `${key}=${value}`);
  return shown.length > 3 ? [...shown.slice(0, 3), "..."] : shown;
}

function flatten(config: Record<string, unknown>, path = ""): Map<string, string> {
  return new Map(
    Object.entries(config).flatMap(([key, value]) =>
      typeof value === "object" && value !== null && !Array.isArray(value)
        ? [...flatten(value as Record<string, unknown>, `${path}${key}.`)]
        : [[`${path}${key}`, JSON.stringify(value)] as const],
    ),
  );
}

function pointsOf(lines: readonly MetricsLine[], event: string): Map<number, number> {
  const points = new Map<number, number>();
  for (const line of lines) {
    if (line.event === event && line.returnMean !== null) points.set(line.step, line.returnMean);
  }
  return points;
}

/** Over the steps that every run has, so that the mean is of the same runs everywhere. */
export function average(runs: readonly Map<number, number>[]): Curve {
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
