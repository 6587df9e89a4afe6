import { describe, expect, test } from "vitest";
import { esConfigSchema } from "../../../src/agents/evolution/config.js";
import { EvolutionStrategies, esGradient } from "../../../src/agents/evolution/evolution-strategies.js";
import { centeredRanks, shapedFitness, standardised } from "../../../src/agents/evolution/fitness-shaping.js";
import { drawNoise } from "../../../src/agents/evolution/population.js";
import { candidates } from "./functions.js";

describe("fitness shaping", () => {
  test("ranks run from -1/2 to 1/2 by order alone", () => {
    expect([...centeredRanks([7, -3, 1000, 8, 0])]).toEqual([0, -0.5, 0.5, 0.25, -0.25]);
  });

  test("equals share their ranks' mean", () => {
    // Ranks 0, (1 + 2 + 3) / 3 = 2, 4 of n - 1 = 4.
    expect([...centeredRanks([5, 1, 5, 9, 5])]).toEqual([0, -0.5, 0, 0.5, 0]);
    expect([...centeredRanks([2, 2, 2])]).toEqual([0, 0, 0]);
    expect([...centeredRanks([2])]).toEqual([0]);
  });

  test("standardised has mean 0 and deviation 1", () => {
    expect([...standardised([1, 3])]).toEqual([-1, 1]);
    expect([...standardised([4, 4])]).toEqual([0, 0]);
  });

  test("raw is the fitness itself", () => {
    expect([...shapedFitness("raw", [3, -1])]).toEqual([3, -1]);
  });
});

const strategies = (config: object) =>
  new EvolutionStrategies(esConfigSchema.parse({ name: "es", ...config }), {
    initial: () => Float32Array.of(0.5, -1),
    seed: 11,
  });

/** The standard normal draws behind candidate (or pair) i of the first generation. */
const noiseOf = (i: number) => [...drawNoise({ seed: 11, generation: 0 }, i, new Float64Array(2))];

describe("the gradient", () => {
  test("of antithetic pairs is 1 / (n sigma) times the differences in fitness times their noise", () => {
    const population = strategies({ populationSize: 4, sigma: 0.5 }).ask();
    const [a, b] = [noiseOf(0), noiseOf(1)];
    const [first, second] = esGradient(population, [1, 0.25, -0.5, 0.5]);
    expect(first).toBeCloseTo((0.75 * a[0]! - 1 * b[0]!) / (4 * 0.5), 12);
    expect(second).toBeCloseTo((0.75 * a[1]! - 1 * b[1]!) / (4 * 0.5), 12);
  });

  test("without pairs it is the mean of fitness times noise over sigma", () => {
    const population = strategies({ populationSize: 3, sigma: 0.5, antithetic: false }).ask();
    const noise = [0, 1, 2].map(noiseOf);
    const [first] = esGradient(population, [1, 2, -1]);
    expect(first).toBeCloseTo((noise[0]![0]! + 2 * noise[1]![0]! - noise[2]![0]!) / (3 * 0.5), 12);
  });

  test("of a linear function is its slope, on average", () => {
    const search = strategies({ populationSize: 20_000, sigma: 0.1, shaping: "raw" });
    const fitness = candidates(search).map(([x, y]) => 3 * x! - 2 * y!);
    const [first, second] = esGradient(search.ask(), fitness);
    // Standard error sqrt(2 * 9 + 4) / sqrt(10000 pairs) = 0.05.
    expect(Math.abs(first! - 3)).toBeLessThan(0.2);
    expect(Math.abs(second! + 2)).toBeLessThan(0.2);
  });
});

test("antithetic candidates lie on both sides of the mean", () => {
  const [first, second] = candidates(strategies({ populationSize: 2, sigma: 0.5 }));
  const [noise] = noiseOf(0);
  expect(first![0]).toBe(Math.fround(0.5 + 0.5 * noise!));
  expect(second![0]).toBe(Math.fround(0.5 - 0.5 * noise!));
});

describe("a step", () => {
  /** Gradient of two candidates with raw fitness 1 and 0. */
  const gradientOf = (i: number) => noiseOf(0)[i]! / (2 * 0.5);
  const common = { populationSize: 2, sigma: 0.5, shaping: "raw", weightDecay: 0 };

  test("of SGD adds momentum upon momentum", () => {
    const search = strategies({ ...common, optimizer: { name: "sgd", learningRate: 0.1, momentum: 0.5 } });
    search.tell([1, 0]);
    expect(search.parameters[0]).toBeCloseTo(0.5 + 0.1 * gradientOf(0), 6);
    const before = search.parameters[0]!;
    // Equal fitness: no gradient, half of the last step.
    search.tell([1, 1]);
    expect(search.parameters[0]).toBeCloseTo(before + 0.1 * 0.5 * gradientOf(0), 6);
  });

  test("of Adam is at first the learning rate, in the gradient's direction", () => {
    const search = strategies({ ...common, optimizer: { name: "adam", learningRate: 0.01 } });
    search.tell([1, 0]);
    expect(search.parameters[0]).toBeCloseTo(0.5 + 0.01 * Math.sign(gradientOf(0)), 6);
    expect(search.parameters[1]).toBeCloseTo(-1 + 0.01 * Math.sign(gradientOf(1)), 6);
  });

  test("of Adam goes on by its moments", () => {
    const search = strategies({ ...common, optimizer: { name: "adam", learningRate: 0.01 } });
    search.tell([1, 0]);
    const before = search.parameters[0]!;
    search.tell([1, 1]);
    const g = gradientOf(0);
    const mean = (0.9 * 0.1 * g) / (1 - 0.9 ** 2);
    const square = (0.999 * 0.001 * g * g) / (1 - 0.999 ** 2);
    expect(search.parameters[0]).toBeCloseTo(before + (0.01 * mean) / Math.sqrt(square), 6);
  });

  test("takes weight decay from the gradient", () => {
    const optimizer = { name: "sgd", learningRate: 0.1, momentum: 0 };
    const search = strategies({ ...common, weightDecay: 0.2, optimizer });
    search.tell([1, 1]);
    expect(search.parameters[0]).toBeCloseTo(0.5 - 0.1 * 0.2 * 0.5, 6);
    expect(search.parameters[1]).toBeCloseTo(-1 + 0.1 * 0.2 * 1, 6);
    expect(search.figures["gradientNorm"]).toBeCloseTo(0.2 * Math.hypot(0.5, 1), 6);
  });
});
