import { Generator } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import {
  atomAt,
  type CategoricalInputs,
  CategoricalLoss,
  expectedValues,
  projectDistribution,
  type Support,
} from "../../../src/agents/dqn/categorical.js";

function projected(support: Support, p: readonly number[], reward = 0, discount = 1): number[] {
  const m = new Float64Array(support.count).fill(9);
  projectDistribution({ reward, discount, support }, p, m);
  return [...m];
}

function expectClose(found: ArrayLike<number>, expected: readonly number[], digits = 12): void {
  expect(found.length).toBe(expected.length);
  for (const [i, value] of expected.entries()) expect(found[i], `at ${i}`).toBeCloseTo(value, digits);
}

describe("the projection", () => {
  const fromZero: Support = { vMin: 0, vMax: 4, count: 5 };

  test("computed by hand: between atoms, on atoms and beyond both ends", () => {
    const support: Support = { vMin: -1, vMax: 1, count: 3 };
    const p = [0.2, 0.3, 0.5];
    // z: -1, 0, 1. Nothing moves: 0 + 1 z.
    expect(projected(support, p)).toEqual(p);
    // 0.25 + 0.5 z: -0.25, 0.25, 0.75. -0.25: 1/4 to -1, 3/4 to 0; 0.25: 3/4, 1/4; 0.75: 1/4, 3/4.
    expectClose(projected(support, p, 0.25, 0.5), [
      0.2 / 4,
      0.2 * 0.75 + 0.3 * 0.75 + 0.5 / 4,
      0.3 / 4 + 0.5 * 0.75,
    ]);
    // 5 + z and -5 + z are clipped to the ends.
    expectClose(projected(support, p, 5), [0, 0, 1]);
    expectClose(projected(support, p, -5), [1, 0, 0]);
    // 1 + z: 0, 1, 2 -> 0, 1, 1.
    expectClose(projected(support, p, 1), [0, 0.2, 0.8]);
    // Terminated: all at R = 0.5.
    expectClose(projected(support, p, 0.5, 0), [0, 0.5, 0.5]);
    expectClose(projected(support, p, 1, 0), [0, 0, 1]);
    expectClose(projected(support, p, -1, 0), [1, 0, 0]);
  });

  // Dopamine's examples of project_distribution (rainbow_agent_test.py, Apache 2.0), whose supports are shifts of the atoms.
  test.each([
    [{ vMin: 0, vMax: 4 }, 0, 1, [0.1, 0.2, 0.1, 0.3, 0.3], [0.1, 0.2, 0.1, 0.3, 0.3]],
    // Supports 0 to 4 on the atoms 3 to 7.
    [{ vMin: 3, vMax: 7 }, -3, 1, [0.1, 0.2, 0.1, 0.3, 0.3], [0.7, 0.3, 0, 0, 0]],
    // 4 to 0, which is 7 - z.
    [{ vMin: 3, vMax: 7 }, 7, -1, [0.1, 0.2, 0.1, 0.3, 0.3], [0.9, 0.1, 0, 0, 0]],
    // 0 to 8 in steps of 2, which is 2 z - 6 and 2 z - 8.
    [{ vMin: 3, vMax: 7 }, -6, 2, [0.1, 0.2, 0.3, 0.2, 0.2], [0.3, 0.3, 0, 0.2, 0.2]],
    [{ vMin: 4, vMax: 8 }, -8, 2, [0.1, 0.6, 0.1, 0.1, 0.1], [0.8, 0, 0.1, 0, 0.1]],
    // 0 to 8 on 0 to 16: z / 2.
    [{ vMin: 0, vMax: 16 }, 0, 0.5, [0.1, 0.2, 0.2, 0.2, 0.3], [0.2, 0.4, 0.4, 0, 0]],
  ] as const)("Dopamine's examples: atoms %o, %d + %d z", (ends, reward, discount, p, expected) => {
    expectClose(projected({ ...ends, count: 5 }, p, reward, discount), expected);
  });

  test("keeps mass and, within the support, the mean, whatever rounding does", () => {
    const rng = new Generator(0);
    for (let trial = 0; trial < 2000; trial++) {
      const count = rng.integers(2, 60);
      const support = { vMin: rng.uniform(-20, 0), vMax: rng.uniform(0.1, 20), count };
      const raw = Array.from({ length: count }, () => rng.random());
      const sum = raw.reduce((total, value) => total + value, 0);
      const p = raw.map((value) => value / sum);
      const discount = rng.uniform(0, 1);
      const reward = rng.uniform(support.vMin * (1 - discount), support.vMax * (1 - discount));
      const m = projected(support, p, reward, discount);
      const mean = (weights: readonly number[]) =>
        weights.reduce((total, weight, i) => total + weight * atomAt(support, i), 0);
      expect(m.reduce((total, value) => total + value, 0)).toBeCloseTo(1, 10);
      expect(mean(m)).toBeCloseTo(reward + discount * mean(p), 9);
      expect(Math.min(...m)).toBeGreaterThanOrEqual(0);
    }
  });

  test("rewards that are not finite come through as NaN instead of being clipped", () => {
    const p = [0.2, 0.2, 0.2, 0.2, 0.2];
    for (const reward of [Number.NaN, Infinity, -Infinity]) {
      expect(projected(fromZero, p, reward)).toEqual(new Array(5).fill(Number.NaN));
    }
    expect(projected(fromZero, p, 0, Number.NaN)).toEqual(new Array(5).fill(Number.NaN));
  });
});

test("expected values: sum of z_i softmax_i, also of large logits", () => {
  const values = new Float32Array(3);
  const support = { vMin: -1, vMax: 1, count: 3 };
  const log = Math.log;
  // Shares 1/4, 1/4, 1/2: 1/4; 1, 0, 0: -1; thirds: 0.
  expectedValues([log(1), log(1), log(2), 1000, 0, 0, 7, 7, 7], support, values);
  expectClose(values, [0.25, -1, 0], 6);
});

/** Two actions, three atoms -1, 0, 1; two rows. */
const log = Math.log;
const inputs: CategoricalInputs = {
  support: { vMin: -1, vMax: 1, count: 3 },
  batch: { numActions: 2, aTm1: [1, 0], actionStart: 0, weights: [1, 1] },
  targets: { rewards: [0.25, 1], rewardScale: 1, discounts: [0.5, 0], numActions: 2, nextMask: null },
  logitsTm1: [0, 0, 0, log(1), log(1), log(2), log(2), log(1), log(1), 0, 0, 0],
  logitsT: [log(2), log(3), log(5), log(8), log(1), log(1), Number.NaN, Infinity, 0, 0, 0, 0],
  chooserT: [0.3, -0.7, 0, 0],
};

function computed(change: Partial<CategoricalInputs> = {}) {
  const all = { ...inputs, ...change };
  const rows = all.batch.aTm1.length;
  const memory = {
    tdErrors: new Float32Array(rows),
    gradient: new Float32Array(all.logitsTm1.length).fill(7),
  };
  const result = new CategoricalLoss(all.support.count).compute(all, memory);
  return { ...result, ...memory };
}

describe("the loss", () => {
  // Row 0: a* = 0, p = [0.2, 0.3, 0.5], R + 0.5 z: m = [0.05, 0.5, 0.45], as above. Online p(s, 1) = [1/4, 1/4, 1/2].
  const m = [0.05, 0.5, 0.45];
  const entropy = -m.reduce((sum, value) => sum + value * log(value), 0);
  const cross = -(0.05 * log(1 / 4) + 0.5 * log(1 / 4) + 0.45 * log(1 / 2));

  test("is the cross-entropy, its gradient p - m, its errors KL(m || p)", () => {
    // Row 1 terminated at R = 1: m = [0, 0, 1], whatever comes next; online p(s, 0) = [1/2, 1/4, 1/4].
    const { loss, meanQ, tdErrors, gradient } = computed();
    expect(loss).toBeCloseTo((cross + log(4)) / 2, 6);
    expect(meanQ).toBeCloseTo((0.25 - 0.25) / 2, 6);
    expectClose(tdErrors, [cross - entropy, log(4)], 6);
    const half = (values: number[]) => values.map((value) => value / 2);
    expectClose(gradient, [0, 0, 0, ...half([0.2, -0.25, 0.05]), ...half([0.5, 0.25, -0.75]), 0, 0, 0], 6);
  });

  test("importance weights multiply loss and gradient, not the errors", () => {
    const { loss, tdErrors, gradient } = computed({ batch: { ...inputs.batch, weights: [0.5, 0] } });
    expect(loss).toBeCloseTo(cross / 4, 6);
    expectClose(tdErrors, [cross - entropy, log(4)], 6);
    expectClose(gradient.slice(3, 9), [0.05, -0.0625, 0.0125, 0, 0, 0], 6);
  });

  test("the chooser chooses among legal actions; without one there is no bootstrap", () => {
    const targets = (nextMask: Uint8Array) => ({ targets: { ...inputs.targets, nextMask } });
    // Action 1: p = [0.8, 0.1, 0.1]: m = [0.2 + 0, ...] = -0.25: 0.8 (1/4, 3/4, 0), 0.25: 0.1 (0, 3/4, 1/4), 0.75: 0.1 (0, 1/4, 3/4).
    const other = [0.2, 0.7, 0.1];
    const otherCross = -(0.9 * log(1 / 4) + 0.1 * log(1 / 2));
    for (const change of [targets(Uint8Array.of(0, 1, 1, 1)), { chooserT: [0, 1, 0, 0] }]) {
      expect(computed(change).loss).toBeCloseTo((otherCross + log(4)) / 2, 6);
      expectClose(
        computed(change).gradient.slice(3, 6),
        [0.25 - other[0]!, 0.25 - other[1]!, 0.5 - other[2]!].map((g) => g / 2),
        6,
      );
    }
    // All mass at R = 0.25: m = [0, 0.75, 0.25].
    const none = computed(targets(Uint8Array.of(0, 0, 1, 1)));
    expectClose(none.gradient.slice(3, 6), [0.125, -0.25, 0.125], 6);
  });

  test("rewardScale scales rewards; actions are counted from the space's start", () => {
    const doubled = { ...inputs.targets, rewards: [0.125, 0.5], rewardScale: 2 };
    expect(computed({ targets: doubled })).toEqual(computed());
    expect(computed({ batch: { ...inputs.batch, aTm1: [6, 5], actionStart: 5 } })).toEqual(computed());
  });

  test("the gradient agrees with differences", () => {
    const rng = new Generator(3);
    const logitsTm1 = Array.from({ length: 12 }, () => rng.normal(0, 1));
    const { gradient } = computed({ logitsTm1 });
    for (let i = 0; i < 12; i++) {
      const lossAt = (step: number) =>
        computed({ logitsTm1: logitsTm1.map((value, j) => (j === i ? value + step : value)) }).loss;
      expect(gradient[i]).toBeCloseTo((lossAt(1e-5) - lossAt(-1e-5)) / 2e-5, 6);
    }
  });

  test("is not finite where a reward is not", () => {
    const rewards = [0.25, Infinity];
    expect(computed({ targets: { ...inputs.targets, rewards } }).loss).toBeNaN();
    const logitsT = [Number.NaN, 0, 0, ...Array.from(inputs.logitsT).slice(3)];
    expect(computed({ logitsT }).loss).toBeNaN();
  });

  test("rlax's example of categorical double Q-learning (value_learning_test.py, Apache 2.0)", () => {
    const support = { vMin: 0.5, vMax: 1.5, count: 3 };
    const logitsTm1 = [
      [1, 1, 1, 0, 9, 9, 0, 9, 0, 0, 0, 0],
      [9, 9, 0, 9, 0, 9, 0, 0, 0, 9, -9, 0],
      [1, 1, 1, 0, 9, 9, 0, 0, 0, 0, 9, 0],
      [9, 9, 0, 9, 0, 9, 0, 0, 0, 9, -9, 0],
      [9, 9, 0, 9, 0, 9, 0, 0, 0, 9, -9, 0],
    ].flat();
    const logitsT = [
      [1, 1, 1, 9, 0, 9, 1, 0, 0, 0, 0, 9],
      [9, 9, 0, 9, 0, 0, 1, 1, 1, 9, -9, 0],
      [1, 1, 1, 9, 0, 9, 0, 0, 9, 1, 0, 0],
      [9, 9, 0, 9, 0, 0, 1, 1, 1, 9, -9, 0],
      [9, 9, 0, 9, 0, 0, 0, 9, 9, 9, -9, 0],
    ].flat();
    const selector = [
      [1, 0, 0, 9],
      [9, 0, 1, 1],
      [1, 9, 1, 1],
      [0, 1, 0, 9],
      [1, 1, 1, 9],
    ].flat();
    const rewards = [0.5, 0, 0.5, 0.8, -0.1];
    const discounts = [0.8, 1, 0.8, 0, 1];
    const expected = [8.998915, 5.192931, 5.400247, 0.693209, 0.693431];
    // The loss of one row at a time: the weights of the others are 0.
    for (const [row, value] of expected.entries()) {
      const weights = expected.map((_, i) => (i === row ? 5 : 0));
      const { loss } = computed({
        support,
        logitsTm1,
        logitsT,
        chooserT: selector,
        batch: { numActions: 4, aTm1: [2, 1, 3, 0, 1], actionStart: 0, weights },
        targets: { rewards, rewardScale: 1, discounts, numActions: 4, nextMask: null },
      });
      expect(loss / value).toBeCloseTo(1, 4);
    }
  });
});
