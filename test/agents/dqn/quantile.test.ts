import { Generator } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import {
  meanQuantiles,
  type QuantileInputs,
  QuantileLoss,
  quantileHuberLoss,
  quantileMidpoints,
} from "../../../src/agents/dqn/quantile.js";

function expectClose(found: ArrayLike<number>, expected: readonly number[], digits = 6): void {
  expect(found.length).toBe(expected.length);
  for (const [i, value] of expected.entries()) expect(found[i], `at ${i}`).toBeCloseTo(value, digits);
}

test("midpoints are the middles of equal shares", () => {
  expect([...quantileMidpoints(4)]).toEqual([0.125, 0.375, 0.625, 0.875]);
});

test("values are the means of the quantiles", () => {
  const values = new Float32Array(2);
  meanQuantiles([1, 2, 6, -1, 0, 4], 3, values);
  expect([...values]).toEqual([3, 1]);
});

describe("quantile Huber loss", () => {
  // rlax's example of quantile_regression_loss (value_learning_test.py, Apache 2.0), with Huber's parameter 2:
  // errors [[-2, 5, 3], [-6, 1, -1]], of Huber's loss [[2, 8, 4], [10, 0.5, 0.5]].
  test.each([
    [[0.2, 0.7], 2.5],
    [[0, 0.4], 8.5 / 3],
  ])("rlax's example at the shares %o", (taus, expected) => {
    const gradient = new Float32Array(2);
    const { loss, meanError } = quantileHuberLoss(
      {
        quantiles: [-1, 3],
        at: 0,
        taus: Float64Array.from(taus),
        targets: Float64Array.of(-3, 4, 2),
        kappa: 2,
      },
      1,
      gradient,
    );
    expect(loss).toBeCloseTo(expected, 12);
    expect(meanError).toBe((2 + 5 + 3 + 6 + 1 + 1) / 6);
  });

  test("is least where the quantiles are: an error below weighs 1 - tau, one above tau", () => {
    // Targets 1 to 8 are wide apart from kappa 0.001, so that it is the plain quantile loss.
    const targets = Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    const lossAt = (theta: number) =>
      quantileHuberLoss(
        { quantiles: [theta], at: 0, taus: Float64Array.of(0.8125), targets, kappa: 0.001 },
        1,
        new Float32Array(1),
      ).loss;
    // 6.5 of 8 lie below the share 0.8125: the seventh.
    const losses = [5, 5.5, 6, 6.5, 7, 7.5, 8].map(lossAt);
    expect(losses.indexOf(Math.min(...losses))).toBe(4);
  });
});

/** Two quantiles (shares 1/4 and 3/4), two actions, two rows, kappa 1. */
const inputs: QuantileInputs = {
  batch: { numActions: 2, aTm1: [1, 0], actionStart: 0, weights: [1, 1] },
  targets: { rewards: [1, -1], rewardScale: 1, discounts: [0.5, 0], numActions: 2, nextMask: null },
  quantilesTm1: [9, 9, 0, 2, -2, 0, 9, 9],
  quantilesT: [2, 3, 0, 8, Number.NaN, 0, 0, 0],
  chooserT: [5, 4, 0, 0],
};

function computed(change: Partial<QuantileInputs> = {}) {
  const memory = { tdErrors: new Float32Array(2), gradient: new Float32Array(8).fill(7) };
  const result = new QuantileLoss(2, 1).compute({ ...inputs, ...change }, memory);
  return { ...result, ...memory };
}

describe("the loss of a batch", () => {
  test("computed by hand", () => {
    // Row 0: a* = 0, targets 1 + 0.5 [2, 3] = [2, 2.5]; theta(s, 1) = [0, 2].
    // u of theta 0: [2, 2.5], Huber [1.5, 2], share 1/4: (0.375 + 0.5) / 2; slope -(1/4 + 1/4) / 2 = -1/4.
    // u of theta 2: [0, 0.5], Huber [0, 0.125], share 3/4: 0.09375 / 2; slope -0.375 / 2.
    // Row 1 terminated: targets [-1, -1]; theta(s, 0) = [-2, 0]: u = 1: Huber 0.5, share 1/4: 0.125; slope -1/4.
    // u = -1: Huber 0.5, share |3/4 - 1| = 1/4: 0.125; slope 1/4.
    const { loss, meanQ, tdErrors, gradient } = computed();
    expect(loss).toBeCloseTo((0.4375 + 0.046875 + 0.25) / 2, 6);
    expect(meanQ).toBe((1 - 1) / 2);
    expectClose(tdErrors, [(2 + 2.5 + 0 + 0.5) / 4, 1]);
    expectClose(gradient, [0, 0, -0.125, -0.09375, -0.125, 0.125, 0, 0]);
  });

  test("importance weights multiply loss and gradient, not the errors", () => {
    const { loss, tdErrors, gradient } = computed({ batch: { ...inputs.batch, weights: [0, 0.5] } });
    expect(loss).toBeCloseTo(0.0625, 6);
    expectClose(tdErrors, [1.25, 1]);
    expectClose(gradient, [0, 0, 0, 0, -0.0625, 0.0625, 0, 0]);
  });

  test("the chooser chooses among legal actions; without one there is no bootstrap", () => {
    // Action 1: targets 1 + 0.5 [0, 8] = [1, 5]; theta [0, 2]: |u| = 1, 5, 1, 3.
    const masked = { targets: { ...inputs.targets, nextMask: Uint8Array.of(0, 1, 1, 1) } };
    for (const change of [masked, { chooserT: [0, 1, 0, 0] }])
      expectClose(computed(change).tdErrors, [2.5, 1]);
    // All targets at R = 1: |u| = 1, 1 and 1, 1.
    const none = { targets: { ...inputs.targets, nextMask: Uint8Array.of(0, 0, 1, 1) } };
    expectClose(computed(none).tdErrors, [1, 1]);
  });

  test("rewardScale scales rewards; actions are counted from the space's start", () => {
    expect(computed({ targets: { ...inputs.targets, rewards: [0.5, -0.5], rewardScale: 2 } })).toEqual(
      computed(),
    );
    expect(computed({ batch: { ...inputs.batch, aTm1: [6, 5], actionStart: 5 } })).toEqual(computed());
  });

  test("the gradient agrees with differences", () => {
    const rng = new Generator(1);
    const quantilesTm1 = Array.from({ length: 8 }, () => rng.normal(0, 2));
    const { gradient } = computed({ quantilesTm1 });
    for (let i = 0; i < 8; i++) {
      const lossAt = (step: number) =>
        computed({ quantilesTm1: quantilesTm1.map((value, j) => (j === i ? value + step : value)) }).loss;
      expect(gradient[i]).toBeCloseTo((lossAt(1e-6) - lossAt(-1e-6)) / 2e-6, 5);
    }
  });
});
