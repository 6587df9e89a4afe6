import { describe, expect, test } from "vitest";
import { CrossEntropyMethod, extraVariance } from "../../../src/agents/evolution/cem.js";
import { cemConfigSchema } from "../../../src/agents/evolution/config.js";
import { candidates } from "./functions.js";

const open = (config: object) =>
  new CrossEntropyMethod(cemConfigSchema.parse({ name: "cem", populationSize: 6, elites: 3, ...config }), {
    initial: () => Float32Array.of(2, -1),
    seed: 5,
  });

/** Mean and variance of some candidates' parameter i. */
function statistics(chosen: readonly Float32Array[], i: number) {
  const values = chosen.map((candidate) => candidate[i]!);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length };
}

const fitness = [0, 5, -2, 9, 5, 1];
/** Places of the three best: 9, 5 and the other 5. */
const best = [3, 1, 4];

describe("the elites", () => {
  test("are what the next distribution is fitted to", () => {
    const search = open({ noise: { type: "none" } });
    const all = candidates(search);
    search.tell(fitness);
    for (const i of [0, 1]) {
      const { mean, variance } = statistics(
        best.map((place) => all[place]!),
        i,
      );
      expect(search.parameters[i]).toBeCloseTo(mean, 6);
      expect(search.ask().deviation[i]).toBeCloseTo(Math.sqrt(variance), 6);
    }
  });

  test("count with the old distribution where it is smoothed", () => {
    const search = open({ noise: { type: "none" }, smoothing: 0.3, initialDeviation: 2 });
    const all = candidates(search);
    search.tell(fitness);
    const { mean, variance } = statistics(
      best.map((place) => all[place]!),
      0,
    );
    expect(search.parameters[0]).toBeCloseTo(0.3 * mean + 0.7 * 2, 6);
    expect(search.ask().deviation[0]).toBeCloseTo(Math.sqrt(0.3 * variance + 0.7 * 4), 6);
  });

  test("of equal fitness are the first ones", () => {
    const search = open({ noise: { type: "none" }, elites: 2 });
    const all = candidates(search);
    search.tell([1, 1, 1, 1, 1, 1]);
    expect(search.parameters[0]).toBeCloseTo(statistics(all.slice(0, 2), 0).mean, 6);
  });
});

test("noise is added to the variance, and falls to nothing", () => {
  const noise = { type: "linear", variance: 0.5, generations: 4 } as const;
  expect([0, 1, 2, 4, 9].map((generation) => extraVariance(noise, generation))).toEqual([
    0.5, 0.375, 0.25, 0, 0,
  ]);
  expect(extraVariance({ type: "constant", variance: 0.1 }, 99)).toBe(0.1);
  const search = open({ noise });
  const all = candidates(search);
  search.tell(fitness);
  const { variance } = statistics(
    best.map((place) => all[place]!),
    0,
  );
  expect(search.ask().deviation[0]).toBeCloseTo(Math.sqrt(variance + 0.375), 6);
});

test("candidates are drawn around the start with the deviation asked for", () => {
  const search = open({ populationSize: 4000, initialDeviation: 0.5 });
  const { mean, variance } = statistics(candidates(search), 1);
  expect(mean).toBeCloseTo(-1, 1);
  expect(Math.sqrt(variance)).toBeCloseTo(0.5, 1);
});
