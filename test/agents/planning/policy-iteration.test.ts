import type { TransitionTable } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import {
  modifiedPolicyIteration,
  PlanningError,
  policyEvaluation,
  policyIteration,
  prioritizedSweeping,
  valueIteration,
} from "../../../src/agents/index.js";
import { compileTable } from "../../../src/agents/planning/compiled-table.js";
import { solvePolicyValues } from "../../../src/agents/planning/exact-evaluation.js";
import { StateQueue } from "../../../src/agents/planning/state-queue.js";
import { frozenLakeRules } from "../../../src/envs/index.js";
import { tiny, tinyByHand, to, worlds } from "./worlds.js";

interface Found {
  V: Float64Array;
  policy: Int32Array;
  residual: number;
}

const planners: Record<string, (P: TransitionTable, gamma: number) => Found> = {
  "policy iteration": (P, gamma) => policyIteration(P, { gamma, evaluation: "exact" }),
  "policy iteration by sweeps": (P, gamma) => policyIteration(P, { gamma, evaluation: "iterative" }),
  "modified policy iteration": (P, gamma) => modifiedPolicyIteration(P, { gamma }),
  "modified policy iteration without sweeps": (P, gamma) =>
    modifiedPolicyIteration(P, { gamma, evaluationSweeps: 0 }),
  "prioritised sweeping": (P, gamma) => prioritizedSweeping(P, { gamma }),
};

describe.each(Object.entries(planners))("%s", (_name, plan) => {
  test.each(tinyByHand)("gamma %d: the values and actions worked out by hand", (gamma, values, actions) => {
    const { V, policy, residual } = plan(tiny, gamma);
    expect(V[0]).toBeCloseTo(values[0], 11);
    expect(V[1]).toBeCloseTo(values[1], 11);
    expect([...policy]).toEqual(actions);
    expect(residual).toBeLessThan(1e-12);
  });

  test.each(worlds)("%s: value iteration's values and policy", (_world, P) => {
    for (const gamma of [1, 0.99, 0.95, 0.9]) {
      const expected = valueIteration(P, { gamma });
      const found = plan(P, gamma);
      found.V.forEach((value, state) => {
        const difference = Math.abs(value - expected.V[state]!);
        expect(difference, `gamma ${gamma}, state ${state}`).toBeLessThanOrEqual(1e-9);
      });
      const worth = solvePolicyValues(compileTable(P), found.policy, gamma);
      worth.forEach((value, state) => {
        const difference = Math.abs(value - expected.V[state]!);
        expect(difference, `gamma ${gamma}, policy in state ${state}`).toBeLessThanOrEqual(1e-9);
      });
    }
  });
});

test("policy iteration needs few improvements, and exact values leave next to no residual", () => {
  const { P } = frozenLakeRules();
  const { improvements, residual } = policyIteration(P, { gamma: 0.99 });
  expect(improvements).toBeGreaterThan(1);
  expect(improvements).toBeLessThan(10);
  expect(residual).toBeLessThan(1e-13);
});

test("modified policy iteration improves less often than value iteration sweeps", () => {
  const { P } = frozenLakeRules();
  const { sweeps } = valueIteration(P, { gamma: 0.99 });
  const { improvements } = modifiedPolicyIteration(P, { gamma: 0.99, evaluationSweeps: 20 });
  expect(improvements).toBeLessThan(sweeps / 5);
});

test("solving the equations and sweeping until nothing changes value a policy alike", () => {
  const { P } = frozenLakeRules();
  for (const gamma of [1, 0.9, 0]) {
    for (const policy of [new Int32Array(16), Int32Array.from({ length: 16 }, (_, state) => state % 4)]) {
      const exact = solvePolicyValues(compileTable(P), policy, gamma);
      policyEvaluation(P, policy, { gamma }).forEach((value, state) => {
        expect(Math.abs(value - exact[state]!), `gamma ${gamma}, state ${state}`).toBeLessThan(1e-11);
      });
    }
  }
});

test.each(["Taxi", "FrozenLake, 8x8, not slippery"])(
  "%s: prioritised sweeping updates far fewer states than sweeps do",
  (name) => {
    const P = new Map(worlds).get(name)!;
    const { sweeps } = valueIteration(P, { gamma: 0.99 });
    const { backups } = prioritizedSweeping(P, { gamma: 0.99 });
    expect(backups).toBeLessThan((sweeps * P.length) / 3);
  },
);

test("prioritised sweeping goes backwards along a corridor, once through each state", () => {
  const n = 50;
  const corridor: TransitionTable = Array.from({ length: n }, (_, state) => [
    [to(Math.min(state + 1, n - 1), state === n - 1 ? 1 : 0, { terminated: state === n - 1 })],
  ]);
  const { V, backups } = prioritizedSweeping(corridor, { gamma: 0.9 });
  expect(backups).toBe(n);
  V.forEach((value, state) => {
    expect(value).toBeCloseTo(0.9 ** (n - 1 - state), 12);
  });
});

test("with gamma 1, states that never end and pay nothing are worth nothing", () => {
  // 0 may end with 1, or go to 1, which stays for ever without pay; 2 can only go there.
  const P: TransitionTable = [
    [[to(1, 0)], [to(0, 1, { probability: 0.5, terminated: true }), to(1, 0, { probability: 0.5 })]],
    [[to(1, 0)], [to(1, 0)]],
    [[to(1, 3)], [to(1, 2)]],
  ];
  for (const evaluation of ["exact", "iterative"] as const) {
    const { V, policy } = policyIteration(P, { gamma: 1, evaluation });
    expect([...V]).toEqual([0.5, 0, 3]);
    expect([policy[0], policy[2]]).toEqual([1, 0]);
  }
});

test("the queue gives states by priority, and raises but never lowers it", () => {
  const queue = new StateQueue(8);
  const priorities = [3, 1, 4, 1.5, 9, 2, 6, 5];
  priorities.forEach((priority, state) => {
    queue.add(state, priority);
  });
  queue.add(1, 7);
  queue.add(4, 0.5);
  expect(Array.from({ length: 9 }, () => queue.pop())).toEqual([4, 1, 6, 7, 2, 0, 5, 3, -1]);
  queue.add(2, 0.25);
  expect([queue.pop(), queue.pop()]).toEqual([2, -1]);
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
  const gamma = 0.9;

  test("arguments", () => {
    expect(codeOf(() => policyIteration(tiny, { gamma: 2 }))).toContain("invalid-argument: gamma is 2");
    expect(codeOf(() => policyIteration(tiny, { gamma, maxImprovements: 0 }))).toContain(
      "maxImprovements is 0",
    );
    expect(codeOf(() => modifiedPolicyIteration(tiny, { gamma, evaluationSweeps: -1 }))).toContain(
      "evaluationSweeps is -1",
    );
    expect(codeOf(() => modifiedPolicyIteration(tiny, { gamma, tolerance: 0 }))).toContain("tolerance is 0");
    expect(codeOf(() => prioritizedSweeping(tiny, { gamma, tolerance: -1 }))).toContain("tolerance is -1");
    expect(codeOf(() => prioritizedSweeping([], { gamma }))).toContain("malformed-table");
  });

  test("no convergence: a cost for ever, and too little work", () => {
    const treadmill: TransitionTable = [[[to(0, -1)]]];
    expect(codeOf(() => policyIteration(treadmill, { gamma: 1 }))).toBe(
      "no-convergence: With gamma 1 state 0 may pay or cost something for ever: take a gamma below 1, or finiteHorizonValues.",
    );
    expect(policyIteration(treadmill, { gamma: 0.9 }).V[0]).toBeCloseTo(-10, 12);
    expect(codeOf(() => prioritizedSweeping(treadmill, { gamma: 1, maxBackups: 100 }))).toContain(
      "no-convergence: Values still changed after 100 backups with gamma 1",
    );
    const lake = frozenLakeRules().P;
    expect(codeOf(() => policyIteration(lake, { gamma, maxImprovements: 1 }))).toContain(
      "raise maxImprovements",
    );
    expect(codeOf(() => prioritizedSweeping(lake, { gamma, maxBackups: 5 }))).toContain("raise maxBackups");
    expect(codeOf(() => modifiedPolicyIteration(lake, { gamma, maxImprovements: 2 }))).toContain(
      "no-convergence",
    );
  });
});
