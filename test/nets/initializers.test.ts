import { Generator } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import { initialBias, initializerNames, initialWeights } from "../../src/nets/initializers.js";

const fan = { inputs: 200, outputs: 100, gain: 1 };

function spread(values: Float32Array) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, variance, largest: Math.max(...values.map(Math.abs)) };
}

describe("initialisers", () => {
  test.each(initializerNames)("%s follows its seed", (name) => {
    const weights = initialWeights(name, fan, new Generator(3));
    expect(weights.length).toBe(20_000);
    expect(initialWeights(name, fan, new Generator(3))).toEqual(weights);
    expect(initialWeights(name, fan, new Generator(4))).not.toEqual(weights);
  });

  // Variances: a uniform on +-a has a^2 / 3. With 20,000 draws the estimate is within 4 % (5 standard errors).
  test.each([
    ["pytorch-uniform", 1 / 200 / 3, 1 / Math.sqrt(200)],
    ["he-uniform", 2 / 200, Math.sqrt(6 / 200)],
    ["he-normal", 2 / 200, null],
    ["glorot-uniform", 2 / 300, Math.sqrt(6 / 300)],
    ["glorot-normal", 2 / 300, null],
  ] as const)("%s has the published variance", (name, variance, limit) => {
    const found = spread(initialWeights(name, fan, new Generator(0)));
    expect(Math.abs(found.mean)).toBeLessThan(5 * Math.sqrt(variance / 20_000));
    expect(Math.abs(found.variance / variance - 1)).toBeLessThan(0.05);
    if (limit !== null) {
      expect(found.largest).toBeLessThanOrEqual(Math.fround(limit));
      expect(found.largest).toBeGreaterThan(0.99 * limit);
    }
  });

  test("draws are in C order, in float64, then rounded", () => {
    const rng = new Generator(7);
    const expected = Float32Array.from({ length: 8 }, () => -0.5 + rng.random());
    expect(initialWeights("pytorch-uniform", { inputs: 4, outputs: 2, gain: 1 }, new Generator(7))).toEqual(
      expected,
    );
  });

  test.each([
    { inputs: 5, outputs: 3, gain: 2 },
    { inputs: 3, outputs: 5, gain: 2 },
    { inputs: 4, outputs: 4, gain: 1 },
  ])("orthogonal vectors along the shorter side: %o", (shape) => {
    const { inputs, outputs, gain } = shape;
    const weights = initialWeights("orthogonal", shape, new Generator(1));
    const byRows = outputs > inputs;
    const vectors = Array.from({ length: Math.min(inputs, outputs) }, (_, v) =>
      Array.from(
        { length: Math.max(inputs, outputs) },
        (_, i) => weights[byRows ? v * outputs + i : i * outputs + v]!,
      ),
    );
    for (const [u, a] of vectors.entries()) {
      for (const [v, b] of vectors.entries()) {
        const dot = a.reduce((sum, value, i) => sum + value * b[i]!, 0);
        expect(dot).toBeCloseTo(u === v ? gain * gain : 0, 5);
      }
    }
  });

  test("only pytorch-uniform draws biases", () => {
    const rng = new Generator(5);
    const before = rng.state;
    for (const name of initializerNames.filter((name) => name !== "pytorch-uniform")) {
      expect(initialBias(name, fan, rng)).toEqual(new Float32Array(100));
    }
    expect(rng.state).toEqual(before);
    expect(spread(initialBias("pytorch-uniform", fan, rng)).largest).toBeGreaterThan(0);
  });
});
