import { Generator } from "gymnasium-js";
import { testAgent } from "ludus/testing";
import { beforeAll, describe, expect, test } from "vitest";
import type { Exploration } from "../../src/agents/behaviour.js";
import {
  boltzmannActions,
  boltzmannWeights,
  temperatureAt,
  temperatureScheduleSchema,
} from "../../src/agents/boltzmann.js";
import { createAgent, type DqnConfigInput, type ValueAgent } from "../../src/agents/index.js";
import { tf, useEngine } from "../../src/tensors/index.js";
import { randomBatch, small, smallAgent, smallConfig } from "./batches.js";

/** exp(q / T) over their sum, by the definition. */
function softmax(q: readonly number[], temperature: number): number[] {
  const weights = q.map((value) => Math.exp(value / temperature));
  const sum = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / sum);
}

function probabilities(q: readonly number[], temperature: number, mask: Uint8Array | null = null): number[] {
  const weights = new Float64Array(q.length).fill(9);
  const sum = boltzmannWeights({ q, numActions: q.length, mask }, 0, temperature, weights);
  return [...weights].map((weight) => weight / sum);
}

function expectClose(seen: readonly number[], expected: readonly number[]): void {
  expect(seen.length).toBe(expected.length);
  expected.forEach((value, i) => {
    expect(seen[i]).toBeCloseTo(value, 12);
  });
}

/** Pearson's: sum of (seen - expected)^2 / expected. */
function chiSquare(counts: readonly number[], expected: readonly number[]): number {
  const total = counts.reduce((a, b) => a + b);
  return counts.reduce(
    (sum, count, i) => sum + (count - total * expected[i]!) ** 2 / (total * expected[i]!),
    0,
  );
}

test("temperatures fall as epsilons do, and may be above 1", () => {
  const at = (schedule: object, steps: number) =>
    temperatureAt(temperatureScheduleSchema.parse(schedule), steps);
  const linear = { type: "linear", start: 5, end: 1, steps: 100, delay: 50 };
  expect([0, 50, 100, 150, 1e9].map((steps) => at(linear, steps))).toEqual([5, 5, 3, 1, 1]);
  const exponential = { type: "exponential", start: 5, end: 1, timeConstant: 10 };
  expect(at(exponential, 0)).toBe(5);
  expect(at(exponential, 10)).toBeCloseTo(1 + 4 / Math.E, 12);
  expect(at({ type: "constant", temperature: 0.3 }, 1e6)).toBe(0.3);
  expect(temperatureScheduleSchema.safeParse({ type: "constant", temperature: -1 }).success).toBe(false);
});

describe("probabilities", () => {
  test("are a softmax over the temperature", () => {
    // At a temperature of 1 / ln 2, one more is twice as likely: 1 : 2 : 4.
    const halves = probabilities([1, 2, 3], 1 / Math.LN2);
    expectClose(halves, [1 / 7, 2 / 7, 4 / 7]);
    for (const temperature of [0.2, 1, 30]) {
      const q = [0.5, -1, 2, 0.1];
      expectClose(probabilities(q, temperature), softmax(q, temperature));
    }
  });

  test("of equal values are equal, and depend on differences only", () => {
    expect(probabilities([3, 3, 3, 3], 0.01)).toEqual([0.25, 0.25, 0.25, 0.25]);
    const [first, second, third] = probabilities([2, 5, 5], 1);
    expect(second).toBe(third);
    expect(probabilities([1002, 1005, 1005], 1)).toEqual([first, second, third]);
  });

  test("stay finite where exp(q / T) would not", () => {
    expect(probabilities([1e30, -1e30, 1e30], 1e-30)).toEqual([0.5, 0, 0.5]);
    expect(probabilities([-1e30, -1e30], Number.MIN_VALUE)).toEqual([0.5, 0.5]);
    expect(probabilities([1, 3, 2], 1e300)).toEqual([1 / 3, 1 / 3, 1 / 3]);
  });

  test("of illegal actions are 0, even of the best", () => {
    const masked = probabilities([9, 1, 2], 1, Uint8Array.of(0, 1, 1));
    expect(masked[0]).toBe(0);
    expectClose(masked.slice(1), softmax([1, 2], 1));
    const none = new Float64Array(2);
    expect(boltzmannWeights({ q: [1, 2], numActions: 2, mask: new Uint8Array(2) }, 0, 1, none)).toBe(0);
  });
});

describe("choosing", () => {
  const q = [0, 1, 3, 3, 5, 4, 4, 5];

  function act(rng: Generator, temperature: number, mask: Uint8Array | null = null, rows = 2): number[] {
    const actions = new Int32Array(rows);
    const weights = new Float64Array(4);
    boltzmannActions({ rows, numActions: 4, mask, temperature, rng, weights, values: () => q, actions });
    return [...actions];
  }

  test("draws one number a row, at which the summed probabilities pass", () => {
    const rng = new Generator(7);
    const mirror = new Generator(7);
    const byHand = (row: number): number => {
      const point = mirror.random();
      const pi = softmax(q.slice(4 * row, 4 * row + 4), 2);
      return pi.findIndex((_, i) => pi.slice(0, i + 1).reduce((a, b) => a + b) > point);
    };
    for (let i = 0; i < 200; i++) expect(act(rng, 2)).toEqual([byHand(0), byHand(1)]);
    expect(rng.state).toEqual(mirror.state);
  });

  // The 0.1 % point of chi-square with 3 degrees of freedom is 16.3.
  test.each([0.5, 1, 4])("frequencies at temperature %d are the probabilities", (temperature) => {
    const rng = new Generator(11);
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < 20_000; i++) counts[act(rng, temperature, null, 1)[0]!]!++;
    const expected = softmax(q.slice(0, 4), temperature);
    expect(chiSquare(counts, expected)).toBeLessThan(16.3);
    // The test can tell: neither the greedy nor another temperature's frequencies pass it.
    expect(chiSquare(counts, softmax(q.slice(0, 4), temperature * 1.2))).toBeGreaterThan(16.3);
  });

  test("frequencies under a mask are those of the legal actions", () => {
    const rng = new Generator(12);
    const counts = [0, 0, 0, 0];
    const mask = Uint8Array.of(1, 0, 1, 0);
    for (let i = 0; i < 10_000; i++) counts[act(rng, 3, mask, 1)[0]!]!++;
    expect([counts[1], counts[3]]).toEqual([0, 0]);
    // 10.8: likewise, with one degree of freedom.
    expect(chiSquare([counts[0]!, counts[2]!], softmax([0, 3], 3))).toBeLessThan(10.8);
  });

  test("at temperature 0 nothing is drawn, and the lowest of the best is taken", () => {
    const rng = new Generator(1);
    const before = rng.state;
    expect(act(rng, 0)).toEqual([2, 0]);
    expect(act(rng, 0, Uint8Array.of(1, 1, 0, 0, 0, 1, 1, 0))).toEqual([1, 1]);
    expect(rng.state).toEqual(before);
  });

  test("near temperature 0 only the best are left, equals equally often", () => {
    const rng = new Generator(2);
    const seen = Array.from({ length: 400 }, () => act(rng, 1e-12));
    const shareOf = (row: number, action: number) =>
      seen.filter((actions) => actions[row] === action).length / 400;
    expect(shareOf(0, 2) + shareOf(0, 3)).toBe(1);
    expect(shareOf(1, 0) + shareOf(1, 3)).toBe(1);
    for (const share of [shareOf(0, 2), shareOf(1, 0)]) expect(Math.abs(share - 0.5)).toBeLessThan(0.1);
  });

  test("a row that has nothing legal gets action 0, and its draw", () => {
    const rng = new Generator(3);
    const mirror = new Generator(3);
    const mask = Uint8Array.of(0, 0, 0, 0, 0, 1, 0, 0);
    expect(act(rng, 1, mask)).toEqual([0, 1]);
    expect(act(rng, 0, mask)).toEqual([0, 1]);
    mirror.random();
    mirror.random();
    expect(rng.state).toEqual(mirror.state);
  });
});

const warm: Exploration = { type: "boltzmann", temperature: { type: "constant", temperature: 0.3 } };
const cooling: Exploration = {
  type: "boltzmann",
  temperature: { type: "linear", start: 2, end: 0.5, steps: 8, delay: 0 },
};

describe.each(["dqn", "pqn"] as const)("%s", (name) => {
  beforeAll(async () => {
    await useEngine("auto");
  });

  const make = (exploration: Exploration) =>
    createAgent(name, {
      ...small,
      config: { net: { type: "mlp", hidden: [8] }, exploration },
      seed: 1,
    }) as ValueAgent;

  test("acts by the softmax of its action values", () => {
    const agent = make(warm);
    const one = [0.3, -0.2, 0.9];
    const observations = Float32Array.of(...one, ...one);
    const q = [...agent.qValues(Float32Array.of(...one), 1)];
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < 5000; i++) {
      for (const action of agent.policy(observations, null) as Int32Array) counts[action]!++;
    }
    expect(chiSquare(counts, softmax(q, 0.3))).toBeLessThan(16.3);
    expect(chiSquare(counts, [0.25, 0.25, 0.25, 0.25])).toBeGreaterThan(16.3);
    agent.dispose();
  });

  test("at temperature 0 it plays as without any exploration, weights and generators included", () => {
    const played = [
      { type: "boltzmann", temperature: { type: "constant", temperature: 0 } },
      { type: "constant", epsilon: 0 },
    ].map((exploration) => {
      const agent = make(exploration as Exploration);
      const rng = new Generator(4);
      const actions = Array.from({ length: 20 }, () => [
        ...(agent.policy(
          Float32Array.from({ length: 6 }, () => rng.uniform(-1, 1)),
          null,
        ) as Int32Array),
      ]);
      const state = agent.save();
      agent.dispose();
      return { actions, state };
    });
    expect(played[0]).toEqual(played[1]);
    expect(new Set(played[0]!.actions.flat()).size).toBeGreaterThan(1);
  });
});

describe("a dqn agent with a temperature", () => {
  beforeAll(async () => {
    await useEngine("cpu");
  });

  testAgent(
    (setting) => createAgent("dqn", { ...setting, config: { ...smallConfig, exploration: cooling } }),
    { test, countTensors: () => tf.memory().numTensors, steps: 6, seeds: [0] },
  );

  test("begins and learns as any other, draws no share of its actions blindly, and says its temperature", () => {
    const [softmaxed, plain] = [smallAgent({ exploration: cooling }), smallAgent()];
    expect(softmaxed.save()).toEqual(plain.save());
    const figures: unknown[] = [];
    for (let i = 0; i < 6; i++) {
      expect(softmaxed.epsilon).toBe(0);
      const batch = () => randomBatch(new Generator(i));
      const [learnt, { figures: none, ...metrics }] = [softmaxed.learn(batch()), plain.learn(batch())];
      expect(learnt).toMatchObject(metrics);
      expect(none).toBeUndefined();
      figures.push(learnt.figures);
      for (const agent of [softmaxed, plain]) agent.policy(new Float32Array(6), null);
    }
    expect(figures).toEqual([2, 1.625, 1.25, 0.875, 0.5, 0.5].map((temperature) => ({ temperature })));
    expect(softmaxed.save().weights).toEqual(plain.save().weights);
    softmaxed.dispose();
    plain.dispose();
  });

  test("respects masks and spaces that do not start at 0", () => {
    const config: DqnConfigInput = {
      ...smallConfig,
      exploration: { ...warm, temperature: { type: "linear" } },
    };
    const agent = createAgent("dqn", { ...small, config, seed: 0 });
    const masks = Uint8Array.of(0, 1, 0, 1, 1, 0, 0, 0);
    const seen = new Set<string>();
    for (let i = 0; i < 60; i++) seen.add(String(agent.policy(new Float32Array(6), masks)));
    expect([...seen].sort()).toEqual(["1,0", "3,0"]);
    agent.dispose();
  });

  test("what is not in the unit of the values is refused in one sentence", () => {
    const refused = (exploration: object, message: RegExp) =>
      expect(() => smallAgent({ exploration } as DqnConfigInput)).toThrow(message);
    refused({ type: "boltzmann", temperature: 1 }, /^The config dqn.exploration.temperature is wrong/);
    refused(
      { type: "boltzmann", temperature: { type: "linear", end: -1 } },
      /^The config dqn.exploration.temperature.end is wrong/,
    );
    refused({ type: "boltzmann", epsilon: 0.1 }, /Unrecognized key: "epsilon"/);
  });
});
