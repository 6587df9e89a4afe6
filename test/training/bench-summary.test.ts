// Tables and curves of run folders that were made up, so that every figure is known.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { benchMarkdown, benchTable } from "../../src/cli/bench-text.js";
import { learningCurvesSvg } from "../../src/cli/learning-curves-svg.js";
import {
  type BenchEntry,
  type BenchResult,
  benchAggregate,
  benchCurves,
  benchRows,
  type DoneEvent,
  type RunFolder,
} from "../../src/training/index.js";
import { inFolder, tinyConfig } from "./tiny-runs.js";

interface MadeUp {
  seed: number;
  /** Return of the last evaluation. */
  last: number;
  /** `[step, return]` while training. */
  evaluations?: readonly (readonly [number, number])[];
  /** `[step, seconds, steps per second]` by the clock of each process. */
  timing?: readonly (readonly [number, number, number])[];
  done?: Partial<DoneEvent>;
}

function entryOf(label: string, target: number | null, env = "CartPole-v1"): BenchEntry {
  return { label, preset: null, config: tinyConfig({ env }), target };
}

function madeUp(folder: string, entry: BenchEntry, { seed, last, ...run }: MadeUp): BenchResult {
  const path = join(folder, `${entry.label}-${seed}`);
  mkdirSync(path);
  const lines = (records: readonly object[]): string =>
    records.map((record) => `${JSON.stringify(record)}\n`).join("");
  const evaluations = (run.evaluations ?? []).map(([step, returnMean]) => ({
    event: "eval",
    step,
    returnMean,
  }));
  const training = { event: "metrics", step: 50, returnMean: 1 };
  writeFileSync(join(path, "metrics.jsonl"), lines([training, ...evaluations]));
  const timing = (run.timing ?? []).map(([step, seconds, stepsPerSecond]) => ({
    step,
    seconds,
    stepsPerSecond,
  }));
  writeFileSync(join(path, "timing.jsonl"), lines(timing));
  // What is torn off from a killed process is no line.
  writeFileSync(join(path, "timing.jsonl"), `{"step":`, { flag: "a" });
  const figures = { steps: 1000, seconds: 10, stepsPerSecond: 100, evalReturnMean: last, evalEpisodes: 4 };
  const done = { ...figures, run: "/moved/since", ...run.done } as DoneEvent;
  return { entry, seed, run: { path } as RunFolder, done, found: true };
}

function madeUpRuns(folder: string, entry: BenchEntry, returns: readonly number[]): BenchResult[] {
  return returns.map((last, i) => madeUp(folder, entry, { seed: i + 1, last }));
}

test("a row has the figures of its seeds, and the reference's for comparison", () =>
  inFolder((folder) => {
    const [base, other] = [entryOf("base", 5), entryOf("other", 5)];
    const results = [...madeUpRuns(folder, base, [1, 2, 3, 9]), ...madeUpRuns(folder, other, [2, 6, 8, 9])];
    const rows = benchRows([base, other], results, "base");
    expect(rows[0]).toMatchObject({
      mean: 3.75,
      interquartileMean: 2.5,
      min: 1,
      max: 9,
      reached: 1,
      episodes: 4,
    });
    expect(rows[0]!.improvement).toBeNull();
    // Of 16 pairs 2 beats 1, and ties 2; 6 and 8 beat three each; 9 beats three, and ties 9.
    expect(rows[1]!.improvement!.value).toBe((1.5 + 3 + 3 + 3.5) / 16);
    expect(rows[1]!.improvement!.interval!.low).toBeLessThan(rows[1]!.improvement!.value);
    const page = benchMarkdown(rows, "base").split("\n");
    expect(page[0]).toBe(
      "|  | seeds | mean | IQM | 95 % interval | min | max | target | reached | P(above base) | s per run | steps/s |",
    );
    expect(page[2]).toMatch(
      /^\| base \| 4 \| 3.75 \| 2.5 \| 1 to 9 \| 1 \| 9 \| 5 \| 1 of 4 \| - \| 10 \| 100 \|$/,
    );
    expect(page[3]).toMatch(/ \| 3 of 4 \| 0\.69 \(0\.\d+ to [\d.]+\) \|/);
    const plain = benchTable(benchRows([entryOf("x", null)], []));
    expect(plain).not.toMatch(/target|above/);
  }));

test("one seed has no interval", () =>
  inFolder((folder) => {
    const only = entryOf("only", null);
    const [row] = benchRows([only], madeUpRuns(folder, only, [7]));
    expect(row).toMatchObject({ mean: 7, interval: null, reached: null, improvement: null });
    expect(benchMarkdown([row!])).toContain("| only | 1 | 7 | 7 | - | 7 | 7 | 10 | 100 |");
  }));

test("tasks together are shares of their targets", () =>
  inFolder((folder) => {
    const [low, high] = [entryOf("low", 10), entryOf("high", 2)];
    const results = [...madeUpRuns(folder, low, [5, 10]), ...madeUpRuns(folder, high, [1, 4])];
    const rows = benchRows([low, high], results);
    const whole = benchAggregate(rows)!;
    // 0.5, 1; 0.5, 2
    expect(whole).toMatchObject({
      tasks: 2,
      mean: { value: 1 },
      interquartileMean: { value: 0.75 },
      median: { value: (0.75 + 1.25) / 2 },
      optimalityGap: { value: 0.25, interval: { low: 0, high: 0.5 } },
    });
    expect(benchTable(rows)).toMatch(/Return \/ target over all 2 tasks .*IQM 0.75 \(0.5 to 1.5\)/);
    expect(benchAggregate(benchRows([low], results))).toBeNull();
    const below = entryOf("below", -100);
    expect(
      benchAggregate(benchRows([low, below], [...results, ...madeUpRuns(folder, below, [-90])])),
    ).toBeNull();
  }));

test("the clock counts all processes of a run that was interrupted", () =>
  inFolder((folder) => {
    const entry = entryOf("resumed", null);
    const timing = [
      [200, 2, 100],
      [600, 6, 100],
      // Gone on from step 600, with another clock.
      [800, 4, 50],
    ] as const;
    const result = madeUp(folder, entry, {
      seed: 1,
      last: 1,
      timing,
      done: { seconds: 8, stepsPerSecond: 50 },
    });
    const [row] = benchRows([entry], [result]);
    expect(row).toMatchObject({ seconds: 14, stepsPerSecond: 1000 / 14 });
  }));

test("curves are of the steps at which every seed was evaluated", () =>
  inFolder((folder) => {
    const entry = entryOf("curve", 30);
    const results = [
      madeUp(folder, entry, {
        seed: 1,
        last: 0,
        evaluations: [
          [100, 1],
          [200, 10],
          [300, 5],
        ],
      }),
      madeUp(folder, entry, {
        seed: 2,
        last: 0,
        evaluations: [
          [100, 3],
          [200, 20],
        ],
      }),
    ];
    const [curve] = benchCurves([entry], results);
    expect(curve!.points).toEqual([
      { step: 100, interquartileMean: 2, low: 1, high: 3 },
      { step: 200, interquartileMean: 15, low: 10, high: 20 },
    ]);
    const svg = learningCurvesSvg([curve!]);
    expect(svg).toContain(">target 30</text>");
    expect(svg).toContain("of 2 seeds");
    expect(svg).not.toMatch(/NaN|undefined/);
  }));

test("many curves of one environment have a panel each, with what they are compared with behind", () => {
  const points = [1, 2].map((step) => ({ step, interquartileMean: step, low: step - 1, high: step + 1 }));
  const curve = (label: string, env = "E-v0") => ({ label, env, target: null, seeds: 2, points });
  const panels = (svg: string): number => svg.split("<g ").length - 1;
  const paths = (svg: string): number => svg.split("<path ").length - 1;
  const four = learningCurvesSvg(
    ["a", "b", "c & d", "e"].map((label) => curve(label)),
    "a",
  );
  expect([panels(four), paths(four)]).toEqual([4, (4 + 3) * 2]);
  expect(four).toContain("grey: a");
  expect(four).toContain("c &#38; d");
  const two = learningCurvesSvg([curve("a"), curve("b")]);
  expect([panels(two), paths(two)]).toEqual([1, 4]);
  // Both end at the same point; their names do not lie upon each other.
  const [a, b] = [...two.matchAll(/<text class="fill\d" x="[\d.]+" y="([\d.]+)"/g)].map(([, y]) => Number(y));
  expect(Math.abs(a! - b!)).toBeGreaterThanOrEqual(15);
  expect(panels(learningCurvesSvg([curve("a"), curve("b", "F-v0"), curve("c", "G-v0")]))).toBe(3);
  expect(learningCurvesSvg([{ ...curve("none"), points: [] }])).not.toMatch(/NaN|Infinity/);
});
