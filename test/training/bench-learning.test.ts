import { isDeepStrictEqual } from "node:util";
import { describe, expect, test } from "vitest";
import { withSection } from "../../src/cli/bench-page.js";
import { benchMarkdown } from "../../src/cli/bench-text.js";
import { rainbowAblation } from "../../src/training/bench-learning/suites.js";
import type { RunConfigOf } from "../../src/training/config.js";
import { LudusError } from "../../src/training/errors.js";
import {
  type BenchEntry,
  benchCurves,
  benchRows,
  benchSuites,
  findSuite,
  type RunConfig,
  resolveConfig,
  runBench,
  train,
} from "../../src/training/index.js";
import type { TrainJobs } from "../../src/training/processes/train-processes.js";
import { inFolder, tinyConfig } from "./tiny-runs.js";

/** Trains in this process, and counts. */
function trainHere(made: string[], failing: readonly string[] = []): TrainJobs {
  return async function* (jobs) {
    for (const job of jobs) {
      made.push(`${job.key}${job.resume === undefined ? "" : " resumed"}`);
      if (failing.includes(job.key)) yield { job, failed: new LudusError("diverged", "It diverged.") };
      else yield { job, done: await train({ config: job.config, runs: job.runs, engine: job.engine }) };
    }
  };
}

function entryOf(label: string, config: RunConfig, target: number | null = null): BenchEntry {
  return { label, preset: null, config, target };
}

const short = entryOf("short", tinyConfig({ steps: 400 }), 9);
const wide = entryOf("wide", tinyConfig({ steps: 400, dqn: { net: { type: "mlp", hidden: [24] } } }));

describe("a bench", () => {
  test("trains every entry with every seed, and nothing twice", () =>
    inFolder(async (runs) => {
      const made: string[] = [];
      const options = {
        entries: [short, wide],
        seeds: [1, 2],
        runs,
        engine: "wasm" as const,
        train: trainHere(made),
      };
      const first = await runBench(options);
      expect(made).toEqual(["short, seed 1", "short, seed 2", "wide, seed 1", "wide, seed 2"]);
      expect(first.results.map(({ found }) => found)).toEqual([false, false, false, false]);
      made.length = 0;
      const again = await runBench({ ...options, seeds: [1, 2, 3] });
      expect(made).toEqual(["short, seed 3", "wide, seed 3"]);
      expect(again.results.map(({ seed }) => seed)).toEqual([1, 2, 3, 1, 2, 3]);
      expect(again.results[0]!.done).toEqual(first.results[0]!.done);
      // Threads change no number; another engine may.
      const threaded = entryOf("short", { ...short.config, workers: { ...short.config.workers, count: 2 } });
      made.length = 0;
      await runBench({ ...options, entries: [threaded], seeds: [1] });
      expect(made).toEqual([]);
      await runBench({ ...options, entries: [short], seeds: [1], engine: "cpu" });
      expect(made).toEqual(["short, seed 1"]);
    }));

  test("goes on with what was interrupted", () =>
    inFolder(async (runs) => {
      await train({ config: { ...short.config, seed: 5 }, runs, engine: "wasm", stopAfter: 200 });
      const made: string[] = [];
      await runBench({ entries: [short], seeds: [5], runs, engine: "wasm", train: trainHere(made) });
      expect(made).toEqual(["short, seed 5 resumed"]);
    }));

  test("says what failed, and keeps the rest", () =>
    inFolder(async (runs) => {
      const { results, failures } = await runBench({
        ...{ entries: [short], seeds: [1, 2], runs, engine: "wasm" },
        train: trainHere([], ["short, seed 1"]),
      });
      expect(results.map(({ seed }) => seed)).toEqual([2]);
      expect(failures).toMatchObject([{ seed: 1, error: { code: "diverged" } }]);
    }));

  test("sums up by entry, and draws what was evaluated", () =>
    inFolder(async (runs) => {
      const { results } = await runBench({
        ...{ entries: [short, wide], seeds: [1, 2], runs, engine: "wasm", train: trainHere([]) },
      });
      const rows = benchRows([short, wide], results);
      expect(rows.map(({ label, seeds }) => [label, seeds])).toEqual([
        ["short", [1, 2]],
        ["wide", [1, 2]],
      ]);
      const [{ returns, mean, interval, reached, min, max }] = rows as [(typeof rows)[0]];
      expect(returns).toEqual(results.slice(0, 2).map(({ done }) => done.evalReturnMean));
      expect(mean).toBeCloseTo((returns[0]! + returns[1]!) / 2, 12);
      expect([interval!.low, interval!.high]).toEqual([min, max]);
      expect(reached).toBe(returns.filter((value) => value >= 9).length);
      const curves = benchCurves([short, wide], results);
      expect(curves.map(({ label, env, seeds }) => [label, env, seeds])).toEqual([
        ["short", "CartPole-v1", 2],
        ["wide", "CartPole-v1", 2],
      ]);
      expect(curves[0]!.points.map(({ step }) => step)).toEqual([400]);
      const [head, line, one] = benchMarkdown(rows).split("\n");
      expect(head).toMatch(/^\| {2}\| seeds \| mean \| IQM \|/);
      expect(line).toMatch(/^\| --- \|/);
      expect(one).toMatch(new RegExp(`^\\| short \\| 2 \\| .* \\| 9 \\| ${reached} of 2 \\|`));
    }));
});

test("the ablation takes one part from Rainbow at a time", () => {
  const [whole, ...others] = findSuite("ablation").entries({});
  expect(whole!.label).toBe(findSuite("ablation").reference);
  expect(whole!.config).toEqual(resolveConfig(rainbowAblation));
  expect(whole!.config).toMatchObject({
    ...{ env: "MinAtar/Breakout-v1", steps: 100_000, numEnvs: 8 },
    dqn: { double: true, dueling: true, nStep: 3, noise: { type: "factorised" }, distribution: { vMax: 20 } },
  });
  const dqnOf = (config: RunConfig): RunConfigOf<"dqn">["dqn"] => (config as RunConfigOf<"dqn">).dqn;
  const before = dqnOf(whole!.config);
  const keys = Object.keys(before).sort() as (keyof typeof before)[];
  const changed = others.map(({ label, config }) => [
    label,
    keys.filter((key) => !isDeepStrictEqual(before[key], dqnOf(config)[key])),
  ]);
  const noisy = ["exploration", "noise"];
  expect(Object.fromEntries(changed)).toEqual({
    "without double": ["double"],
    "without dueling": ["dueling"],
    "without prioritised replay": ["sampling"],
    "without n-step returns": ["nStep"],
    "without noisy nets": noisy,
    "without C51": ["distribution"],
    "plain DQN": ["distribution", "double", "dueling", "exploration", "nStep", "noise", "sampling"],
  });
});

test("every suite's entries are configs, also when they are cut short", () => {
  for (const suite of benchSuites) {
    const entries = suite.entries({ steps: 5000 });
    expect(entries.length).toBeGreaterThan(0);
    for (const { config } of entries) expect(config.steps).toBe(5000);
    expect(new Set(entries.map(({ label }) => label)).size).toBe(entries.length);
  }
  expect(() => findSuite("ablatoin")).toThrow(/no suite 'ablatoin'.*did you mean 'ablation'/);
});

test("a section takes the place of the one before, or the end", () => {
  const begun = withSection("# Page\n", "toy", "one");
  expect(begun).toBe("# Page\n\n<!-- bench-learning:toy -->\none\n<!-- /bench-learning:toy -->\n");
  const more = `${begun}\nafter\n`;
  expect(withSection(more, "toy", "two")).toBe(more.replace("one", "two"));
});
