import { box, discrete, Generator } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import {
  type ActionDistribution,
  type DrawnActions,
  distributionOver,
} from "../../../src/agents/ppo/distribution.js";
import {
  clippedSurrogate,
  normalizeAdvantages,
  type PpoLossInputs,
  ppoLoss,
  valueLoss,
} from "../../../src/agents/ppo/losses.js";

describe("the clipped surrogate", () => {
  const { value, slope } = clippedSurrogate(0.2);
  test.each([
    // ratio, advantage, S, dS/dr
    [1, 2, 2, 2],
    [1.1, 2, 2.2, 2],
    [1.5, 2, 2.4, 0],
    [0.5, 2, 1, 2],
    [1.5, -2, -3, -2],
    [0.5, -2, -1.6, 0],
    [1.5, 0, 0, 0],
  ])("of ratio %d and advantage %d", (ratio, advantage, expected, expectedSlope) => {
    expect(value(ratio, advantage)).toBeCloseTo(expected, 12);
    expect(slope(ratio, advantage)).toBe(expectedSlope);
  });
});

describe("the value loss", () => {
  test("is half the square of the error", () => {
    const { value, slope } = valueLoss(null);
    expect([value(3, 100, 1), slope(3, 100, 1)]).toEqual([2, 2]);
  });

  test.each([
    // V, V before, G, loss, slope: within the range; beyond it, away from G; beyond it towards G; past G.
    [1.1, 1, 3, 0.5 * 1.9 ** 2, -1.9],
    [0, 1, 3, 0.5 * 3 ** 2, -3],
    [2, 1, 3, 0.5 * 1.8 ** 2, 0],
    [9, 1, 3, 0.5 * 6 ** 2, 6],
  ])("clipped: of %d, before %d, towards %d", (v, vBefore, target, expected, expectedSlope) => {
    const { value, slope } = valueLoss(0.2);
    expect(value(v, vBefore, target)).toBeCloseTo(expected, 12);
    expect(slope(v, vBefore, target)).toBeCloseTo(expectedSlope, 12);
  });
});

describe("normalised advantages", () => {
  const normalized = (values: number[]): number[] => {
    const out = new Float64Array(values.length);
    normalizeAdvantages(Float32Array.from(values), out);
    return [...out];
  };
  test("have mean 0 and deviation 1, and keep their order", () => {
    const [a, b, c] = normalized([1, 2, 3]) as [number, number, number];
    expect([a, b, c].map((value) => value / Math.sqrt(1.5))).toEqual(
      [-1, 0, 1].map((x) => expect.closeTo(x, 6)),
    );
  });
  test("of equal ones are 0, and a single one stays", () => {
    expect(normalized([7, 7])).toEqual([0, 0]);
    expect(normalized([7])).toEqual([7]);
  });
});

interface Case {
  distribution: ActionDistribution;
  outputs: Float64Array;
  masks: Uint8Array | null;
  inputs: PpoLossInputs;
}

const rows = 12;

/** Rows whose ratios lie on both sides of the range and within. */
function randomCase(space: Parameters<typeof distributionOver>[0], masked: boolean, seed: number): Case {
  const rng = new Generator(seed);
  const distribution = distributionOver(space, "ppo");
  const { outputs: width } = distribution;
  const outputs = Float64Array.from({ length: rows * width }, () => rng.uniform(-1, 1));
  const masks = masked ? Uint8Array.from({ length: rows * width }, () => rng.integers(0, 2)) : null;
  // A row without any legal action is as good as one without a mask.
  masks?.fill(0, 0, width);
  distribution.give(outputs, masks, rows);
  const actions = distribution.allocate(rows);
  distribution.sample(rng, actions);
  const numbers = (spread: number) => Float32Array.from({ length: rows }, () => rng.uniform(-spread, spread));
  const shifts = numbers(0.5);
  return {
    ...{ distribution, outputs, masks },
    inputs: {
      ...{ distribution, actions, values: numbers(1), valuesBefore: numbers(1), returns: numbers(2) },
      logProbsBefore: shifts.map((shift, row) => distribution.logProb(actions, row) + shift),
      advantages: numbers(2),
      ...{ clip: 0.2, clipsValues: true, valueCoefficient: 0.7, entropyCoefficient: 0.3 },
    },
  };
}

function evaluated({ distribution, outputs, masks, inputs }: Case) {
  distribution.give(outputs, masks, rows);
  const gradients = {
    policyGradient: new Float32Array(outputs.length),
    valueGradient: new Float32Array(rows),
    logProbSlopes: new Float64Array(rows),
    tdErrors: new Float32Array(rows),
  };
  return { ...ppoLoss(inputs, gradients), ...gradients };
}

/** dL/dx of each entry by central differences. */
function numericGradient(x: { [index: number]: number; length: number }, loss: () => number): number[] {
  const step = 1e-6;
  return Array.from({ length: x.length }, (_, i) => {
    const kept = x[i]!;
    x[i] = kept + step;
    const above = loss();
    x[i] = kept - step;
    const below = loss();
    x[i] = kept;
    return (above - below) / (2 * step);
  });
}

const spaces = {
  "Discrete actions": [discrete(4, { start: 3 }), false],
  "Discrete actions with masks": [discrete(4), true],
  "a Box": [box({ low: [-1, -2], high: [1, 2] }), false],
} as const;

describe.each(Object.entries(spaces))("the loss of %s", (_, [space, masked]) => {
  test.each([0, 1, 2])("has the gradients of central differences, case %i", (seed) => {
    const one = randomCase(space, masked, seed);
    const values = Float64Array.from(one.inputs.values);
    one.inputs.values = values;
    const { policyGradient, valueGradient } = evaluated(one);
    const loss = () => evaluated(one).loss;
    numericGradient(one.outputs, loss).forEach((slope, i) => {
      expect(policyGradient[i]).toBeCloseTo(slope, 5);
    });
    numericGradient(values, loss).forEach((slope, i) => {
      expect(valueGradient[i]).toBeCloseTo(slope, 5);
    });
    expect(policyGradient.some((slope) => slope !== 0)).toBe(true);
  });

  test("is made of its three parts, each by its own switch", () => {
    const one = randomCase(space, masked, 4);
    const having = (inputs: Partial<PpoLossInputs>) =>
      evaluated({ ...one, inputs: { ...one.inputs, ...inputs } });
    const bare = having({ valueCoefficient: 0, entropyCoefficient: 0 });
    expect(bare.valueGradient.every((slope) => slope === 0)).toBe(true);
    const valued = having({ valueCoefficient: 2, entropyCoefficient: 0 });
    expect(valued.loss - bare.loss).toBeCloseTo(2 * valued.figures.valueLoss, 12);
    expect(valued.policyGradient).toEqual(bare.policyGradient);
    const exploring = having({ valueCoefficient: 0, entropyCoefficient: 2 });
    expect(exploring.loss - bare.loss).toBeCloseTo(-2 * exploring.figures.entropy, 12);
    expect(exploring.valueGradient).toEqual(bare.valueGradient);
    expect(exploring.policyGradient).not.toEqual(bare.policyGradient);
    // A greater range clips less, and changes neither values nor entropy.
    const wide = having({ clip: 0.99, valueCoefficient: 0, entropyCoefficient: 0 });
    expect(bare.figures.clipFraction).toBeGreaterThan(0);
    expect(wide.figures).toMatchObject({ clipFraction: 0, entropy: bare.figures.entropy });
    const unclipped = having({ clipsValues: false });
    const clipped = having({ clipsValues: true });
    expect(unclipped.policyGradient).toEqual(clipped.policyGradient);
    expect(unclipped.figures.valueLoss).toBeLessThan(clipped.figures.valueLoss);
  });

  test("sees no divergence where nothing has changed", () => {
    const one = randomCase(space, masked, 5);
    const { distribution, inputs } = one;
    const logProbsBefore = Float32Array.from({ length: rows }, (_, row) =>
      distribution.logProb(inputs.actions, row),
    );
    const { figures } = evaluated({ ...one, inputs: { ...inputs, logProbsBefore } });
    expect(figures.approximateKl).toBeCloseTo(0, 10);
    expect(figures.clipFraction).toBe(0);
  });
});

/** Mean over many draws from one row. */
function meanOverDraws(
  distribution: ActionDistribution,
  measure: (actions: DrawnActions) => number,
  draws = 20_000,
): number {
  const rng = new Generator(9);
  const actions = distribution.allocate(1);
  let sum = 0;
  for (let i = 0; i < draws; i++) {
    distribution.sample(rng, actions);
    sum += measure(actions);
  }
  return sum / draws;
}

describe("distributions over actions", () => {
  test("Discrete ones are drawn as often as they are likely, illegal ones never", () => {
    const distribution = distributionOver(discrete(4, { start: 2 }), "ppo");
    distribution.give([0, 1, 5, -1], Uint8Array.of(1, 1, 0, 1), 1);
    const shares = distribution.probabilities()!;
    const total = 1 + Math.E + 1 / Math.E;
    [1 / total, Math.E / total, 0, 1 / Math.E / total].forEach((share, i) => {
      expect(shares[i]).toBeCloseTo(share, 6);
      const frequency = meanOverDraws(distribution, ([action]) => (action === 2 + i ? 1 : 0));
      if (share === 0) expect(frequency).toBe(0);
      else expect(Math.abs(frequency - share)).toBeLessThan(0.015);
    });
    expect(meanOverDraws(distribution, (actions) => -distribution.logProb(actions, 0))).toBeCloseTo(
      distribution.entropy(0),
      2,
    );
    const actions = distribution.allocate(1);
    distribution.greedy(actions, 0, null);
    expect([...actions]).toEqual([3]);
  });

  test("great logits overflow nowhere", () => {
    const distribution = distributionOver(discrete(3), "ppo");
    distribution.give([1000, -1000, 999], null, 1);
    expect([...distribution.probabilities()!]).toEqual(
      [1 / (1 + 1 / Math.E), 0, 1 / (Math.E + 1)].map((x) => expect.closeTo(x, 6)),
    );
    expect(Number.isFinite(distribution.entropy(0))).toBe(true);
  });

  test("those of a Box are normal, and clipped for the environment alone", () => {
    const distribution = distributionOver(box({ low: [-1, -1], high: [1, 1] }), "ppo");
    const [mu, sigma] = [0.5, Math.exp(0.2)];
    distribution.give([mu, 0, 0.2, -3], null, 1);
    expect(meanOverDraws(distribution, ([a]) => a!)).toBeCloseTo(mu, 1);
    expect(meanOverDraws(distribution, ([a]) => (a! - mu) ** 2)).toBeCloseTo(sigma ** 2, 1);
    expect(meanOverDraws(distribution, (actions) => -distribution.logProb(actions, 0))).toBeCloseTo(
      distribution.entropy(0),
      1,
    );
    const drawn = Float32Array.of(3, -0.25);
    expect([...distribution.toSpace(drawn)]).toEqual([1, -0.25]);
    const density = Math.exp(-0.5 * ((3 - mu) / sigma) ** 2) / (sigma * Math.sqrt(2 * Math.PI));
    const other = Math.exp(-0.5 * (0.25 * Math.exp(3)) ** 2) / (Math.exp(-3) * Math.sqrt(2 * Math.PI));
    expect(distribution.logProb(drawn, 0)).toBeCloseTo(Math.log(density) + Math.log(other), 10);
    const greedy = distribution.allocate(1);
    distribution.greedy(greedy, 0, null);
    expect([...greedy]).toEqual([0.5, 0]);
  });

  test("actions of a policy that explores for evaluation are uniform within bounds", () => {
    const distribution = distributionOver(box({ low: [10], high: [20] }), "ppo");
    distribution.give([0, 0], null, 1);
    const rng = new Generator(2);
    const actions = distribution.allocate(1);
    const drawn = Array.from({ length: 2000 }, () => {
      distribution.greedy(actions, 1, rng);
      return actions[0]!;
    });
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(10);
    expect(Math.max(...drawn)).toBeLessThanOrEqual(20);
    expect(drawn.reduce((sum, action) => sum + action, 0) / 2000).toBeCloseTo(15, 0);
  });

  test("other spaces are refused", () => {
    const refused = (space: Parameters<typeof distributionOver>[0]) => () => distributionOver(space, "ppo");
    expect(refused(box({ low: 0, high: 9, shape: [2], dtype: "uint8" }))).toThrow(
      /ppo chooses among Discrete actions or acts in a Box of floats, not in Box of shape \[2\] and dtype uint8/,
    );
  });
});
