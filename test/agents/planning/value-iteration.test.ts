import type { TransitionTable } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import {
  finiteHorizonValues,
  greedyActions,
  PlanningError,
  policyEvaluation,
  valueIteration,
} from "../../../src/agents/index.js";
import { cliffWalkingRules, frozenLakeRules, generateRandomMap, taxiRules } from "../../../src/envs/index.js";
import { tiny, tinyByHand, to } from "./worlds.js";

describe("valueIteration", () => {
  test.each(tinyByHand)("gamma %d: the values and actions worked out by hand", (gamma, values, actions) => {
    const { V, policy, residual, sweeps } = valueIteration(tiny, { gamma });
    expect(V[0]).toBeCloseTo(values[0]!, 11);
    expect(V[1]).toBeCloseTo(values[1]!, 11);
    expect([...policy]).toEqual(actions);
    expect(residual).toBeLessThan(1e-12);
    expect(sweeps).toBeGreaterThan(1);
  });

  test("gamma 0 sees the next reward only", () => {
    expect([...valueIteration(tiny, { gamma: 0 }).V]).toEqual([1, 5]);
  });

  test("the random walk's chance to reach the right end is linear (gamma 1)", () => {
    const n = 19;
    const walk: TransitionTable = Array.from({ length: n }, (_, state) => [
      [-1, 1].map((direction) => {
        const next = state + direction;
        const isOutside = next < 0 || next === n;
        return to(isOutside ? state : next, next === n ? 1 : 0, { probability: 0.5, terminated: isOutside });
      }),
    ]);
    const { V } = valueIteration(walk, { gamma: 1 });
    V.forEach((value, state) => {
      expect(value).toBeCloseTo((state + 1) / (n + 1), 9);
    });
  });

  test("stops early where the tolerance allows it", () => {
    const { P } = frozenLakeRules();
    const exact = valueIteration(P, { gamma: 0.99 });
    const rough = valueIteration(P, { gamma: 0.99, tolerance: 1e-4 });
    expect(rough.sweeps).toBeLessThan(exact.sweeps / 2);
    expect(rough.residual).toBeGreaterThan(exact.residual);
    expect(rough.residual).toBeLessThanOrEqual(1e-4);
  });
});

const worlds: [string, TransitionTable][] = [
  ["FrozenLake", frozenLakeRules().P],
  ["FrozenLake, not slippery", frozenLakeRules({ isSlippery: false }).P],
  ["FrozenLake, random", frozenLakeRules({ desc: generateRandomMap(8, 0.8, 3) }).P],
  ["FrozenLake, costly", frozenLakeRules({ rewardSchedule: [10, -3, -1] }).P],
  ["CliffWalking", cliffWalkingRules().P],
  ["CliffWalking, slippery", cliffWalkingRules({ isSlippery: true }).P],
  ["Taxi", taxiRules().P],
  ["Taxi, rainy", taxiRules({ isRainy: true }).P],
];

describe.each(worlds)("%s", (_name, P) => {
  test.each([1, 0.99, 0.9])("gamma %d: the policy is worth the values, and is greedy by them", (gamma) => {
    const { V, policy } = valueIteration(P, { gamma });
    const worth = policyEvaluation(P, policy, { gamma });
    worth.forEach((value, state) => {
      expect(Math.abs(value - V[state]!), `state ${state}`).toBeLessThan(1e-7);
    });
    expect(greedyActions(P, worth, { gamma })).toEqual(policy);
  });

  test("values within a horizon tend to the optimal ones", () => {
    const { V } = valueIteration(P, { gamma: 0.9 });
    const within = (horizon: number) => finiteHorizonValues(P, { gamma: 0.9, horizon });
    expect([...within(0)]).toEqual(Array.from(V, () => 0));
    within(400).forEach((value, state) => {
      expect(value).toBeCloseTo(V[state]!, 9);
    });
  });
});

describe("ties", () => {
  test("on ice that is not slippery the policy walks to the goal, though staying seems as good", () => {
    const { P } = frozenLakeRules({ isSlippery: false });
    const { V, policy } = valueIteration(P, { gamma: 1 });
    expect(V[0]).toBe(1);
    const path = [0];
    while (path.length < 7) {
      const [{ nextState } = to(0, 0)] = P[path.at(-1)!]![policy[path.at(-1)!]!]!;
      path.push(nextState);
    }
    expect(path).toEqual([0, 4, 8, 9, 13, 14, 15]);
  });

  test("an evaluation of who walks against the wall for ever gives 0", () => {
    const { P } = frozenLakeRules({ isSlippery: false });
    expect(policyEvaluation(P, new Int32Array(16), { gamma: 1 })[0]).toBe(0);
  });
});

test("finiteHorizonValues counts steps: FrozenLake's goal is six steps away", () => {
  const { P } = frozenLakeRules({ isSlippery: false });
  const start = (horizon: number) => finiteHorizonValues(P, { gamma: 0.5, horizon })[0];
  expect([5, 6, 7].map(start)).toEqual([0, 0.5 ** 5, 0.5 ** 5]);
});

describe("errors", () => {
  const codeOf = (run: () => unknown): string => {
    try {
      run();
    } catch (error) {
      if (error instanceof PlanningError) return `${error.code}: ${error.message}`;
      throw error;
    }
    return "none";
  };

  test.each([-0.1, 1.5, Number.NaN])("gamma %d", (gamma) => {
    const expected = `invalid-argument: gamma is ${gamma}, expected a discount from 0 to 1.`;
    expect(codeOf(() => valueIteration(tiny, { gamma }))).toBe(expected);
    expect(codeOf(() => finiteHorizonValues(tiny, { gamma, horizon: 1 }))).toBe(expected);
    expect(codeOf(() => greedyActions(tiny, new Float64Array(2), { gamma }))).toBe(expected);
    expect(codeOf(() => policyEvaluation(tiny, [0, 0], { gamma }))).toBe(expected);
  });

  test("other arguments", () => {
    const gamma = 0.9;
    expect(codeOf(() => valueIteration(tiny, { gamma, tolerance: 0 }))).toContain("tolerance is 0");
    expect(codeOf(() => valueIteration(tiny, { gamma, maxSweeps: 0.5 }))).toContain("maxSweeps is 0.5");
    expect(codeOf(() => finiteHorizonValues(tiny, { gamma, horizon: -1 }))).toContain("horizon is -1");
    expect(codeOf(() => greedyActions(tiny, new Float64Array(3), { gamma }))).toContain("V has 3 entries");
    expect(codeOf(() => policyEvaluation(tiny, [0], { gamma }))).toContain("policy has 1 entries");
    expect(codeOf(() => policyEvaluation(tiny, [0, 2], { gamma }))).toContain("the action 2 for state 1");
  });

  test("no convergence: a cost for ever, and too few sweeps", () => {
    const treadmill: TransitionTable = [[[to(0, -1)]]];
    const forEver = codeOf(() => valueIteration(treadmill, { gamma: 1, maxSweeps: 500 }));
    expect(forEver).toContain("no-convergence: Values still changed by 1 after 500 sweeps with gamma 1");
    expect(forEver).toContain("take a gamma below 1, or finiteHorizonValues");
    expect(valueIteration(treadmill, { gamma: 0.9 }).V[0]).toBeCloseTo(-10, 10);
    const tooFew = codeOf(() => valueIteration(frozenLakeRules().P, { gamma: 0.99, maxSweeps: 3 }));
    expect(tooFew).toMatch(/^no-convergence: .* after 3 sweeps .* raise maxSweeps or tolerance\.$/);
  });

  test.each<[string, TransitionTable]>([
    ["it has no state or no action", []],
    ["it has no state or no action", [[]]],
    ["state 1 has 1 actions, expected 2", [[[to(0, 0)], [to(0, 0)]], [[to(0, 0)]]]],
    ["the probabilities of state 0, action 0 sum to 0.5, expected 1", [[[to(0, 0, { probability: 0.5 })]]]],
    ["the probabilities of state 0, action 0 sum to 0", [[[]]]],
    ["state 0, action 0 has the probability -1", [[[to(0, 0, { probability: -1 }), to(0, 0)]]]],
    ["state 0, action 0 leads to state 1, expected 0 to 0", [[[to(1, 0)]]]],
    ["state 0, action 0 leads to state 0.5", [[[to(0.5, 0)]]]],
    ["state 0, action 0 has the reward NaN", [[[to(0, Number.NaN)]]]],
  ])("malformed table: %s", (message, P) => {
    const thrown = codeOf(() => valueIteration(P, { gamma: 0.9 }));
    expect(thrown).toMatch(/^malformed-table: /);
    expect(thrown).toContain(message);
  });
});
