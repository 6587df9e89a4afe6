import { describe, expect, test } from "vitest";
import { lambdaReturns, type ReturnInputs } from "../../../src/agents/index.js";
import fc from "../../properties.js";

/** Three steps of one environment; V(s_0) is read by nobody. */
const base: ReturnInputs = {
  steps: 3,
  numEnvs: 1,
  rewards: [1, 2, 4],
  rewardScale: 1,
  terminations: [0, 0, 0],
  truncations: [0, 0, 0],
  values: [Number.NaN, 8, 6, 10],
  finalValues: [Number.NaN, 20, Number.NaN],
  gamma: 0.5,
  lambda: 0.5,
};

function returnsOf(changes: Partial<ReturnInputs> = {}): number[] {
  const inputs = { ...base, ...changes };
  const returns = new Float32Array(inputs.steps * inputs.numEnvs);
  lambdaReturns(inputs, returns);
  return [...returns];
}

describe("Q(lambda) returns by hand", () => {
  test("of an episode that goes on", () => {
    // G_2 = 4 + 0.5 * 10; G_1 = 2 + 0.5 (0.5 * 9 + 0.5 * 6); G_0 = 1 + 0.5 (0.5 * 5.75 + 0.5 * 8)
    expect(returnsOf()).toEqual([4.4375, 5.75, 9]);
  });

  test("nothing follows the end of the task, and nothing of the next episode comes before it", () => {
    // G_1 = 2; G_0 = 1 + 0.5 (0.5 * 2 + 0.5 * 8)
    expect(returnsOf({ terminations: [0, 1, 0] })).toEqual([3.5, 2, 9]);
    expect(returnsOf({ terminations: [0, 0, 1] })[2]).toBe(4);
  });

  test("a limit bootstraps from the observation that the episode ended with", () => {
    // G_1 = 2 + 0.5 * 20, not 0.5 * 6 of the next episode's first; G_0 = 1 + 0.5 (0.5 * 12 + 0.5 * 8)
    expect(returnsOf({ truncations: [0, 1, 0] })).toEqual([6, 12, 9]);
  });

  test("a task that ends at its limit has ended", () => {
    expect(returnsOf({ terminations: [0, 1, 0], truncations: [0, 1, 0] })).toEqual([3.5, 2, 9]);
  });

  test("lambda 0 is one step of Q-learning, lambda 1 all rewards and then the bootstrap", () => {
    expect(returnsOf({ lambda: 0 })).toEqual([1 + 4, 2 + 3, 4 + 5]);
    expect(returnsOf({ lambda: 1 })).toEqual([4.25, 6.5, 9]);
    // With lambda 0 the values of single steps count, and a terminated one none.
    expect(returnsOf({ lambda: 0, terminations: [1, 0, 0] })).toEqual([1, 5, 9]);
  });

  test("rewards are scaled, values are of scaled rewards already", () => {
    expect(returnsOf({ rewardScale: 0.5 })[2]).toBe(2 + 5);
  });

  test("each environment has returns of its own", () => {
    const found = returnsOf({
      numEnvs: 2,
      rewards: [1, 0, 2, 0, 4, 0],
      terminations: [0, 0, 1, 0, 0, 0],
      truncations: new Uint8Array(6),
      values: [0, 0, 8, 0, 6, 0, 10, 8],
      finalValues: new Float32Array(6),
    });
    // The other one: 0.5 * 8, then 0.5 * 0.5 of what follows each time.
    expect(found).toEqual([3.5, 0.25, 2, 1, 9, 4]);
  });
});

test("returns are the weighted means of n-step returns that they are defined as", () => {
  // G = (1 - lambda) sum_{n<N} lambda^(n-1) G^(n) + lambda^(N-1) G^(N), with all steps up to the end of rollout or episode.
  const step = fc.record({
    reward: fc.double({ min: -2, max: 2, noNaN: true }),
    value: fc.double({ min: -5, max: 5, noNaN: true }),
    finalValue: fc.double({ min: -5, max: 5, noNaN: true }),
    end: fc.constantFrom("no", "no", "no", "task", "limit"),
  });
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), share, share, (steps, gamma, lambda) => {
      const inputs: ReturnInputs = {
        ...base,
        steps: steps.length,
        rewards: steps.map(({ reward }) => reward),
        terminations: steps.map(({ end }) => (end === "task" ? 1 : 0)),
        truncations: steps.map(({ end }) => (end === "limit" ? 1 : 0)),
        values: [0, ...steps.map(({ value }) => value)],
        finalValues: steps.map(({ finalValue }) => finalValue),
        gamma,
        lambda,
      };
      const found = returnsOf(inputs);
      steps.forEach((_, from) => {
        let [sum, rewards, weight] = [0, 0, 1];
        for (let at = from; at < steps.length; at++) {
          const { reward, value, finalValue, end } = steps[at]!;
          const discount = gamma ** (at - from);
          rewards += discount * reward;
          const bootstrap = { no: value, task: 0, limit: finalValue }[end]!;
          const nStep = rewards + discount * gamma * bootstrap;
          const last = end !== "no" || at === steps.length - 1;
          sum += (last ? weight : weight * (1 - lambda)) * nStep;
          weight *= lambda;
          if (last) break;
        }
        expect(Math.abs(found[from]! - sum)).toBeLessThan(1e-5);
      });
    }),
  );
});
