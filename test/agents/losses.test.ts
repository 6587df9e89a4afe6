import { describe, expect, test } from "vitest";
import {
  doubleQTargets,
  huberLoss,
  qTargets,
  squaredLoss,
  type TargetInputs,
  tdLoss,
} from "../../src/agents/dqn/losses.js";

/**
 * Three rows of three actions.
 * Row 0 goes on (discount 0.9), row 1 is a two-step row (discount 0.81), row 2 terminated (discount 0).
 */
const inputs: TargetInputs = {
  rewards: [1, 2, 3],
  rewardScale: 1,
  discounts: [0.9, 0.81, 0],
  numActions: 3,
  nextMask: null,
};
const qTarget = [10, 20, 30, 5, 4, 3, 100, 100, 100];
const qOnline = [7, 9, 8, 1, 2, 3, 0, 0, 1];

function targetsOf(change: Partial<TargetInputs> = {}, q = qTarget): number[] {
  const targets = new Float64Array(3) as unknown as Float32Array;
  qTargets({ ...inputs, ...change }, q, targets);
  return [...targets];
}

function doubleTargetsOf(change: Partial<TargetInputs> = {}): number[] {
  const targets = new Float64Array(3) as unknown as Float32Array;
  doubleQTargets({ ...inputs, ...change }, { chooser: qOnline, valuer: qTarget }, targets);
  return [...targets];
}

describe("targets", () => {
  test("plain: r + discount max Qtarget", () => {
    // 1 + 0.9 * 30 = 28; 2 + 0.81 * 5 = 6.05; 3 + 0.
    expect(targetsOf()).toEqual([28, 2 + 0.81 * 5, 3]);
  });

  test("double: the online net chooses, the target net values", () => {
    // Chosen: 1, 2 (and 2). 1 + 0.9 * 20 = 19; 2 + 0.81 * 3 = 4.43; 3 + 0.
    expect(doubleTargetsOf()).toEqual([19, 2 + 0.81 * 3, 3]);
  });

  test("masks: only legal next actions count, for choosing and for valuing", () => {
    const nextMask = Uint8Array.of(1, 1, 0, 0, 1, 1, 1, 1, 1);
    // Plain: 1 + 0.9 * max(10, 20) = 19; 2 + 0.81 * max(4, 3) = 5.24.
    expect(targetsOf({ nextMask })).toEqual([19, 2 + 0.81 * 4, 3]);
    // Double, row 0 without its choice 1: chooses 2 of (0, 2): 1 + 0.9 * 30 = 28; row 1 of (0, 1): 1, 2 + 0.81 * 4.
    const others = Uint8Array.of(1, 0, 1, 1, 1, 0, 1, 1, 1);
    expect(doubleTargetsOf({ nextMask: others })).toEqual([28, 2 + 0.81 * 4, 3]);
  });

  test("a row without a legal next action has no bootstrap", () => {
    expect(targetsOf({ nextMask: Uint8Array.of(0, 0, 0, 1, 1, 1, 0, 0, 0) })).toEqual([1, 2 + 0.81 * 5, 3]);
  });

  test("after a termination the next values do not matter, not even NaN", () => {
    expect(targetsOf({}, [10, 20, 30, 5, 4, 3, Number.NaN, Infinity, 0])[2]).toBe(3);
  });

  test("rewardScale scales rewards, not the bootstrap", () => {
    // 0.5 * 1 + 27 = 27.5; 0.5 * 2 + 4.05; 0.5 * 3.
    expect(targetsOf({ rewardScale: 0.5 })).toEqual([27.5, 1 + 0.81 * 5, 1.5]);
  });
});

describe("losses of one error", () => {
  test("huber is quadratic up to delta and linear beyond", () => {
    const { value, derivative } = huberLoss(2);
    // 1.5^2 / 2 = 1.125; 2^2 / 2 = 2; 2 (5 - 1) = 8, also for -5.
    expect([1.5, 2, 5, -5].map(value)).toEqual([1.125, 2, 8, 8]);
    expect([1.5, -1.5, 2, 5, -5].map(derivative)).toEqual([1.5, -1.5, 2, 2, -2]);
  });

  test("the squared loss is half the square", () => {
    expect([3, -3].map(squaredLoss().value)).toEqual([4.5, 4.5]);
    expect([3, -3].map(squaredLoss().derivative)).toEqual([3, -3]);
  });

  test.each([huberLoss(1), huberLoss(0.3), squaredLoss()])("derivatives agree with differences", (loss) => {
    for (const error of [-4, -0.7, -0.1, 0.2, 0.9, 3]) {
      const difference = (loss.value(error + 1e-6) - loss.value(error - 1e-6)) / 2e-6;
      expect(loss.derivative(error)).toBeCloseTo(difference, 6);
    }
  });
});

describe("tdLoss", () => {
  const call = {
    qTm1: [1, 2, 3, 4, 5, 6],
    numActions: 3,
    aTm1: Int32Array.of(2, 0),
    actionStart: 0,
    targets: Float32Array.of(3.5, 1),
    weights: [1, 1],
    loss: huberLoss(1),
  };

  function run(change: Partial<typeof call> = {}) {
    const outputs = { tdErrors: new Float32Array(2), gradient: new Float32Array(6).fill(7) };
    const result = tdLoss({ ...call, ...change }, outputs);
    return { ...result, tdErrors: [...outputs.tdErrors], gradient: [...outputs.gradient] };
  }

  test("averages over the rows and points at the actions taken", () => {
    // Errors: 3.5 - 3 = 0.5 and 1 - 4 = -3. Huber: 0.125 and 3 - 0.5 = 2.5; mean 1.3125. Mean Q: (3 + 4) / 2.
    // dL/dQ: -0.5 / 2 = -0.25 at (0, 2) and -(-1) / 2 = 0.5 at (1, 0).
    expect(run()).toEqual({
      loss: 1.3125,
      meanQ: 3.5,
      tdErrors: [0.5, -3],
      gradient: [0, 0, -0.25, 0.5, 0, 0],
    });
  });

  test("mse instead of huber", () => {
    // (0.125 + 4.5) / 2 = 2.3125; the second gradient is 3 / 2.
    expect(run({ loss: squaredLoss() })).toMatchObject({ loss: 2.3125, gradient: [0, 0, -0.25, 1.5, 0, 0] });
  });

  test("importance weights multiply loss and gradient, not the errors", () => {
    // (2 * 0.125 + 0.5 * 2.5) / 2 = 0.75.
    expect(run({ weights: [2, 0.5] })).toMatchObject({
      loss: 0.75,
      tdErrors: [0.5, -3],
      gradient: [0, 0, -0.5, 0.25, 0, 0],
    });
  });

  test("actions are counted from the space's start", () => {
    expect(run({ aTm1: Int32Array.of(7, 5), actionStart: 5 })).toEqual(run());
  });
});
