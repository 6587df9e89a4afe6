import { Generator } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import { crossInto, mutate, selectParent } from "../../../src/agents/evolution/breeding.js";
import { gaConfigSchema } from "../../../src/agents/evolution/config.js";
import { GeneticAlgorithm } from "../../../src/agents/evolution/genetic-algorithm.js";
import { candidates } from "./functions.js";

const fitness = [3, 9, -1, 5, 0];
const order = Int32Array.of(1, 3, 0, 4, 2);

/** Share of each candidate among many parents. */
function shares(selection: Parameters<typeof selectParent>[0], count = 20_000): number[] {
  const rng = new Generator(1);
  const chosen = new Array<number>(fitness.length).fill(0);
  for (let i = 0; i < count; i++) chosen[selectParent(selection, { fitness, order, rng })]! += 1 / count;
  return chosen;
}

describe("selection", () => {
  test("by tournament: the k-th best of n wins with ((n - k + 1)^s - (n - k)^s) / n^s", () => {
    const found = shares({ type: "tournament", size: 3 });
    order.forEach((candidate, place) => {
      const expected = ((5 - place) ** 3 - (4 - place) ** 3) / 5 ** 3;
      expect(Math.abs(found[candidate]! - expected)).toBeLessThan(0.015);
    });
  });

  test("by a tournament of one: all equally", () => {
    for (const share of shares({ type: "tournament", size: 1 })) {
      expect(Math.abs(share - 0.2)).toBeLessThan(0.015);
    }
  });

  test("by truncation: the best ones equally, the others never", () => {
    const found = shares({ type: "truncation", parents: 2 });
    expect([found[0], found[2], found[4]]).toEqual([0, 0, 0]);
    expect(Math.abs(found[1]! - 0.5)).toBeLessThan(0.015);
    expect(shares({ type: "truncation", parents: 99 }).every((share) => share > 0.15)).toBe(true);
  });
});

describe("crossover", () => {
  const parents = () => [new Float32Array(1000).fill(1), new Float32Array(1000).fill(2)] as const;

  test("uniform takes each parameter of the second parent by the share", () => {
    const [child, second] = parents();
    crossInto(child, second, {
      crossover: { type: "uniform", probability: 1, share: 0.3 },
      rng: new Generator(2),
    });
    const taken = child.filter((value) => value === 2).length;
    expect(taken).toBeGreaterThan(240);
    expect(taken).toBeLessThan(360);
    expect(child.every((value) => value === 1 || value === 2)).toBe(true);
  });

  test("one-point takes all of the second parent after a point, and something of both", () => {
    const rng = new Generator(3);
    const points = Array.from({ length: 400 }, () => {
      const child = Float32Array.of(1, 1, 1, 1);
      crossInto(child, Float32Array.of(2, 2, 2, 2), {
        crossover: { type: "one-point", probability: 1 },
        rng,
      });
      expect([...child].sort()).toEqual([...child]);
      return child.indexOf(2);
    });
    expect(new Set(points)).toEqual(new Set([1, 2, 3]));
    const single = Float32Array.of(1);
    crossInto(single, Float32Array.of(2), { crossover: { type: "one-point", probability: 1 }, rng });
    expect([...single]).toEqual([1]);
  });
});

describe("mutation", () => {
  test("adds normal noise to all", () => {
    const child = new Float32Array(4000).fill(5);
    mutate(child, { sigma: 0.5, rate: 1, rng: new Generator(4) });
    const mean = child.reduce((sum, value) => sum + value, 0) / child.length;
    const variance = child.reduce((sum, value) => sum + (value - mean) ** 2, 0) / child.length;
    expect(mean).toBeCloseTo(5, 1);
    expect(Math.sqrt(variance)).toBeCloseTo(0.5, 1);
  });

  test("or to a share", () => {
    const child = new Float32Array(4000);
    mutate(child, { sigma: 1, rate: 0.1, rng: new Generator(5) });
    const changed = child.filter((value) => value !== 0).length / child.length;
    expect(changed).toBeCloseTo(0.1, 1);
    expect(changed).toBeGreaterThan(0);
  });
});

const open = (config: object) =>
  new GeneticAlgorithm(gaConfigSchema.parse({ name: "ga", populationSize: 5, ...config }), {
    initial: (rng) => Float32Array.from({ length: 3 }, () => rng.standardNormal()),
    seed: 8,
  });

test("the first generation is drawn one by one", () => {
  const first = candidates(open({}));
  expect(new Set(first.map(String)).size).toBe(5);
});

test("elites stay as they are, best first, and the best is deployed", () => {
  const search = open({ elites: 2 });
  const before = candidates(search);
  search.tell(fitness);
  const after = candidates(search);
  expect(after.slice(0, 2)).toEqual([before[1], before[3]]);
  expect(search.parameters).toEqual(before[1]);
  for (const child of after.slice(2)) expect(before).not.toContainEqual(child);
});

test("without mutation, children are their parents' parameters", () => {
  const search = open({
    elites: 0,
    selection: { type: "truncation", parents: 2 },
    crossover: { type: "uniform", probability: 1 },
    mutation: { rate: 0 },
  });
  const before = candidates(search);
  search.tell(fitness);
  for (const child of candidates(search)) {
    child.forEach((value, i) => {
      expect([before[1]![i], before[3]![i]]).toContain(value);
    });
  }
});

test("sigma falls to its minimum", () => {
  const search = open({ mutation: { sigma: 1, decay: 0.5, minimum: 0.2 } });
  const sigmas = Array.from({ length: 4 }, () => {
    const { sigma } = search.figures;
    search.tell(fitness);
    return sigma;
  });
  expect(sigmas).toEqual([1, 0.5, 0.25, 0.2]);
});
