import { describe, expect, test } from "vitest";
import {
  createSearch,
  type SearchAlgorithm,
  type SearchAlgorithmConfigInput,
} from "../../../src/agents/evolution/index.js";
import { decodeSafetensors, encodeSafetensors } from "../../../src/tensors/index.js";
import { candidates, climb, rosenbrock, sphere } from "./functions.js";

const configs: Record<string, SearchAlgorithmConfigInput> = {
  ga: { name: "ga", mutation: { sigma: 0.5, decay: 0.95 } },
  cem: { name: "cem", noise: { type: "none" } },
  es: { name: "es", weightDecay: 0 },
  "es, sgd": {
    name: "es",
    weightDecay: 0,
    optimizer: { name: "sgd", learningRate: 0.02 },
    antithetic: false,
  },
  "cma-es": { name: "cma-es" },
};

const start = (seed = 1, dimension = 6) => ({
  initial: () => new Float32Array(dimension),
  seed,
});

const open = (name: string, seed?: number): SearchAlgorithm =>
  createSearch(configs[name] as SearchAlgorithmConfigInput, start(seed));

describe.each(Object.keys(configs))("%s", (name) => {
  test("finds the top of a sphere", () => {
    const search = open(name);
    expect(sphere(search.parameters)).toBe(-6);
    expect(sphere(climb(search, sphere, 120))).toBeGreaterThan(-0.05);
    expect(search.generation).toBe(120);
  });

  test("asks for the same candidates until it is told", () => {
    const search = open(name);
    const first = candidates(search);
    expect(candidates(search)).toEqual(first);
    search.tell(first.map(sphere));
    expect(candidates(search)).not.toEqual(first);
  });

  test("gives the same numbers for the same seed, and others for another", () => {
    const [one, same, other] = [3, 3, 4].map((seed) => {
      const search = open(name, seed);
      climb(search, rosenbrock, 10);
      return candidates(search);
    });
    expect(same).toEqual(one);
    expect(other).not.toEqual(one);
  });

  test("goes on from a saved state, bit for bit", () => {
    const whole = open(name);
    climb(whole, rosenbrock, 7);
    const saved = whole.save();
    const json = JSON.parse(JSON.stringify(saved.counters));
    // Arrays as a checkpoint keeps them.
    const state = { ...saved, arrays: decodeSafetensors(encodeSafetensors(saved.arrays)) };
    climb(whole, rosenbrock, 5);
    const resumed = open(name);
    climb(resumed, sphere, 3);
    resumed.restore({ ...state, counters: json });
    expect(resumed.generation).toBe(7);
    climb(resumed, rosenbrock, 5);
    expect(resumed.save()).toEqual(whole.save());
    expect(candidates(resumed)).toEqual(candidates(whole));
  });

  test("a saved state stays as it was", () => {
    const search = open(name);
    const state = search.save();
    const kept = structuredClone(state);
    climb(search, sphere, 3);
    expect(state).toEqual(kept);
  });

  test("refuses states that are not its own, and changes nothing", () => {
    const search = open(name);
    climb(search, sphere, 2);
    const before = search.save();
    const larger = createSearch(configs[name] as SearchAlgorithmConfigInput, start(1, 7)).save();
    const nameless = { ...before, name: "hill" };
    const numberless = { ...before, counters: { ...before.counters, generation: Number.NaN } };
    for (const state of [larger, nameless, numberless]) {
      expect(() => search.restore(state)).toThrow(expect.objectContaining({ code: "invalid-state" }));
    }
    expect(search.save()).toEqual(before);
  });

  test("refuses fitness that is no number, or too little of it, and changes nothing", () => {
    const search = open(name);
    const before = search.save();
    const fitness = candidates(search).map(sphere);
    expect(() => search.tell(fitness.slice(1))).toThrow(
      expect.objectContaining({ code: "invalid-argument" }),
    );
    fitness[2] = Number.NaN;
    expect(() => search.tell(fitness)).toThrow(
      expect.objectContaining({ code: "diverged", message: expect.stringContaining("candidate 2") }),
    );
    expect(search.save()).toEqual(before);
  });
});

test("the order in which equal candidates come out does not pull the mean", () => {
  const search = createSearch({ name: "es", weightDecay: 0 }, start());
  search.tell(new Float64Array(search.populationSize).fill(9));
  expect(search.parameters).toEqual(new Float32Array(6));
});

test("a diagonal covariance learns the scales of a badly scaled bowl", () => {
  const bowl = (x: Float32Array) => -x.reduce((sum, value, i) => sum + 10 ** i * (value - 1) ** 2, 0);
  const solved = climb(createSearch({ name: "cma-es" }, start()), bowl, 150);
  expect(bowl(solved)).toBeGreaterThan(-1e-4);
});

test("CMA-ES walks down Rosenbrock's valley", () => {
  const search = createSearch({ name: "cma-es", populationSize: 16, sigma: 0.3 }, start(1, 4));
  expect(rosenbrock(climb(search, rosenbrock, 1600))).toBeGreaterThan(-0.01);
});

describe("configs", () => {
  test.each([
    [{ name: "hill" }, /name/],
    [{ name: "es", sigmma: 1 }, /sigmma/],
    [{ name: "es", populationSize: 5 }, /even/],
    [{ name: "ga", populationSize: 4, elites: 4 }, /elites have to be fewer/],
    [{ name: "cem", populationSize: 4, elites: 5 }, /more elites than candidates/],
    [{ name: "ga", mutation: { rate: 2 } }, /mutation.rate/],
    [{ name: "cma-es", populationSize: 3 }, /populationSize/],
  ])("%j is refused in one sentence", (config, sentence) => {
    expect(() => createSearch(config as SearchAlgorithmConfigInput, start())).toThrow(
      expect.objectContaining({ code: "invalid-config", message: expect.stringMatching(sentence) }),
    );
  });
});
