import { describe, expect, test } from "vitest";
import { type AdvantageInputs, generalizedAdvantages } from "../../../src/agents/index.js";

/** One environment, gamma 0.5, lambda 0.5, unless said otherwise. */
function advantagesOf(
  inputs: Partial<AdvantageInputs> & Pick<AdvantageInputs, "rewards" | "values" | "nextValues">,
) {
  const { numEnvs = 1 } = inputs;
  const rows = inputs.rewards.length;
  const [terminations, truncations] = [new Uint8Array(rows), new Uint8Array(rows)];
  const [advantages, returns] = [new Float32Array(rows), new Float32Array(rows)];
  const all = {
    ...{ steps: rows / numEnvs, numEnvs, rewardScale: 1, gamma: 0.5, lambda: 0.5 },
    ...{ terminations, truncations, ...inputs },
  };
  generalizedAdvantages(all, { advantages, returns });
  return { advantages: [...advantages], returns: [...returns] };
}

describe("generalised advantages", () => {
  const rewards = [1, 2, 3];
  const values = [4, 2, 8];
  const nextValues = [2, 8, 16];

  test("of three steps, worked out by hand", () => {
    // deltas: 1 + 1 - 4 = -2, 2 + 4 - 2 = 4, 3 + 8 - 8 = 3; gamma lambda = 1/4
    // A_2 = 3, A_1 = 4 + 3/4 = 4.75, A_0 = -2 + 4.75/4 = -0.8125
    expect(advantagesOf({ rewards, values, nextValues })).toEqual({
      advantages: [-0.8125, 4.75, 3],
      returns: [3.1875, 6.75, 11],
    });
  });

  test("stop where the task ended: nothing follows, whatever its value", () => {
    // deltas: -2, 2 - 2 = 0, 3
    for (const value of [8, Number.NaN]) {
      const found = advantagesOf({
        ...{ rewards, values, nextValues: [2, value, 16] },
        terminations: [0, 1, 0],
      });
      expect(found).toEqual({ advantages: [-2, 0, 3], returns: [2, 2, 11] });
    }
  });

  test("stop where a limit cut the episode, but count the value of what it ended with", () => {
    // deltas: -2, 2 + 0.5 * 6 - 2 = 3, 3
    const found = advantagesOf({ rewards, values, nextValues: [2, 6, 16], truncations: [0, 1, 0] });
    expect(found).toEqual({ advantages: [-2 + 3 / 4, 3, 3], returns: [2.75, 5, 11] });
  });

  test("count nothing of a step that ended in both ways", () => {
    const both = { terminations: [0, 1, 0], truncations: [0, 1, 0] };
    expect(advantagesOf({ rewards, values, nextValues, ...both }).advantages).toEqual([-2, 0, 3]);
  });

  test("with lambda 0 are one step's errors, with lambda 1 the discounted sums minus the value", () => {
    expect(advantagesOf({ rewards, values, nextValues, lambda: 0 }).advantages).toEqual([-2, 4, 3]);
    // 1 + 2/2 + 3/4 + 16/8 = 4.75
    const { returns } = advantagesOf({ rewards, values, nextValues, lambda: 1 });
    expect(returns[0]).toBe(4.75);
  });

  test("of several environments do not mix, and rewards are scaled", () => {
    const one = advantagesOf({ rewards, values, nextValues });
    const other = advantagesOf({ rewards: [5, 6, 7], values: [1, 1, 1], nextValues: [1, 1, 1] });
    const zipped = (a: readonly number[], b: readonly number[]) => a.flatMap((value, i) => [value, b[i]!]);
    const both = advantagesOf({
      numEnvs: 2,
      rewardScale: 0.5,
      rewards: zipped([2, 4, 6], [10, 12, 14]),
      values: zipped(values, [1, 1, 1]),
      nextValues: zipped(nextValues, [1, 1, 1]),
    });
    expect(both.advantages).toEqual(zipped(one.advantages, other.advantages));
  });
});
