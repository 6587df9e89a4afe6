import { describe, expect, test } from "vitest";
import { qTargets, type TargetInputs } from "../../../src/agents/dqn/losses.js";
import { type MunchausenInputs, munchausenTargets, softValue } from "../../../src/agents/dqn/munchausen.js";

const { exp, log } = Math;

/** Rows: one goes on, one is a two-step row, one terminated. */
const inputs: TargetInputs = {
  rewards: [1, 2, 3],
  rewardScale: 1,
  discounts: [0.9, 0.81, 0],
  numActions: 2,
  nextMask: null,
};

const munchausen: MunchausenInputs = {
  alpha: 0.9,
  temperature: 0.5,
  clip: -1,
  aTm1: [0, 1, 1],
  actionStart: 0,
  qTargetTm1: [1, 2, 1, 2, 5, 5],
  qTargetT: [0, 0.5, 3, 1, Number.NaN, Infinity],
};

function targetsOf(change: Partial<TargetInputs> = {}, other: Partial<MunchausenInputs> = {}): number[] {
  const targets = new Float64Array(3) as unknown as Float32Array;
  munchausenTargets({ ...inputs, ...change }, { ...munchausen, ...other }, targets);
  return [...targets];
}

function expectClose(found: readonly number[], expected: readonly number[]): void {
  for (const [i, value] of expected.entries()) expect(found[i], `row ${i}`).toBeCloseTo(value, 12);
}

describe("the soft value", () => {
  test("is the entropy-regularised mean: sum of pi (q - tau log pi)", () => {
    const q = [1, 3, 2];
    const temperature = 0.7;
    const sum = q.reduce((total, value) => total + exp(value / temperature), 0);
    const pi = q.map((value) => exp(value / temperature) / sum);
    const expected = q.reduce((total, value, a) => total + pi[a]! * (value - temperature * log(pi[a]!)), 0);
    expect(softValue(q, { numActions: 3, mask: null, temperature }, 0)).toBeCloseTo(expected, 12);
  });

  test("counts legal actions only, and does not overflow", () => {
    const options = { numActions: 2, temperature: 0.03 };
    expect(softValue([5, 9], { ...options, mask: Uint8Array.of(1, 0) }, 0)).toBe(5);
    expect(softValue([5, 9], { ...options, mask: Uint8Array.of(0, 0) }, 0)).toBe(-Infinity);
    expect(softValue([5000, 9000], { ...options, mask: null }, 0)).toBe(9000);
  });
});

describe("Munchausen targets", () => {
  // With tau 0.5: V([1, 2]) = 0.5 log(e^2 + e^4) = 2 + 0.5 log(1 + e^-2), so that tau log pi is
  // -1 - 0.5 log(1 + e^-2) (below -1) for action 0 and -0.5 log(1 + e^-2) for action 1.
  const small = 0.5 * log(1 + exp(-2));

  test("computed by hand", () => {
    expectClose(targetsOf(), [
      1 + 0.9 * -1 + 0.9 * (0.5 * log(1 + exp(1))),
      2 + 0.9 * -small + 0.81 * (3 + 0.5 * log(1 + exp(-4))),
      3 + 0.9 * 0.5 * log(1 / 2),
    ]);
  });

  test("alpha, temperature and clip are what they are called", () => {
    expectClose(targetsOf({}, { alpha: 0 }).slice(2), [3]);
    expectClose(targetsOf({}, { clip: -2 }).slice(0, 1), [
      1 + 0.9 * (-1 - small) + 0.9 * (0.5 * log(1 + exp(1))),
    ]);
    expectClose(targetsOf({}, { temperature: 1, clip: -5 }).slice(2), [3 + 0.9 * log(1 / 2)]);
  });

  test("without alpha and temperature they are those of DQN", () => {
    const targets = new Float64Array(3) as unknown as Float32Array;
    qTargets(inputs, munchausen.qTargetT, targets);
    expectClose(targetsOf({}, { alpha: 0, temperature: 1e-6 }), [...targets]);
  });

  test("masks: only legal next actions count; without one there is no bootstrap", () => {
    const found = targetsOf({ nextMask: Uint8Array.of(1, 0, 0, 0, 1, 1) });
    expectClose(found, [1 - 0.9 + 0.9 * 0, 2 - 0.9 * small, 3 + 0.45 * log(1 / 2)]);
  });

  test("rewardScale scales rewards, neither the bonus nor the bootstrap", () => {
    const [half, whole] = [targetsOf({ rewardScale: 0.5 }), targetsOf()];
    expectClose(half, [whole[0]! - 0.5, whole[1]! - 1, whole[2]! - 1.5]);
  });

  test("actions are counted from the space's start", () => {
    expect(targetsOf({}, { aTm1: [5, 6, 6], actionStart: 5 })).toEqual(targetsOf());
  });
});
