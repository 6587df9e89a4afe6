import type { TransitionTable } from "gymnasium-js";
import { requireCount, requireGamma, requireTolerance } from "./arguments.js";
import { actionValue, bestValue, type CompiledTable, compileTable } from "./compiled-table.js";
import { PlanningError } from "./errors.js";
import { solvePolicyValues } from "./exact-evaluation.js";
import { greedy } from "./policies.js";
import { settle } from "./settle.js";
import { bellmanResidual } from "./value-iteration.js";

export interface PolicyIterationOptions {
  /** Discount per step, 0 to 1; 1 needs a table in which every state can end or stops paying. */
  gamma: number;
  /**
   * How a policy is valued: "exact" solves the linear equations, in memory of 8 bytes times the square of the number of
   * states; "iterative" sweeps until nothing changes. Exact by default, up to 1000 states.
   */
  evaluation?: "exact" | "iterative";
  /** Improvements after which it gives up; 1000. */
  maxImprovements?: number;
}

/** Optimal values and actions, and how they were come by. */
export interface PolicyIterationPlan {
  /** Optimal value of each state. */
  V: Float64Array;
  /** The best action in each state, as `greedyActions` chooses. */
  policy: Int32Array;
  /** Policies valued, the last of which could not be improved. */
  improvements: number;
  /** Largest |max_a Q(s, a) - V(s)|. */
  residual: number;
}

const exactUpTo = 1000;

/** An action replaces another if it is better by more than this, times the larger of 1 and the largest |V|. */
const leastGain = 1e-12;

/**
 * Optimal values and actions of a Markov decision process whose every outcome is known (`rules.P`): values a policy, and
 * takes in each state the action that is best by these values, until none is better than the policy's own.
 *
 *     V = r_pi + gamma P_pi V;    pi(s) <- argmax_a sum_s' p(s' | s, a) (r + gamma V(s'))
 *
 * It starts from the policy that reaches the end of the episode in fewest steps, and changes an action only for a better
 * one, so that with gamma 1 no policy on the way is stuck where it costs something for ever.
 *
 * R. A. Howard, Dynamic Programming and Markov Processes (1960); M. L. Puterman, Markov Decision Processes (1994), section
 * 6.4; R. S. Sutton, A. G. Barto, Reinforcement Learning (2nd ed., 2018), section 4.3.
 *
 * @throws PlanningError `invalid-argument`; `malformed-table`; `no-convergence` if with gamma 1 there are states that pay
 * or cost something for ever, or after `maxImprovements`
 *
 * @example
 * const { V, policy } = policyIteration(frozenLakeRules().P, { gamma: 0.99 });
 */
export function policyIteration(P: TransitionTable, options: PolicyIterationOptions): PolicyIterationPlan {
  const gamma = requireGamma(options.gamma);
  const maxImprovements = requireCount("maxImprovements", options.maxImprovements ?? 1000);
  const table = compileTable(P);
  const { numStates } = table;
  const evaluation = options.evaluation ?? (numStates <= exactUpTo ? "exact" : "iterative");
  const V = new Float64Array(numStates);
  const policy = shortestWayOut(table);
  for (let improvements = 1; improvements <= maxImprovements; improvements++) {
    if (evaluation === "exact") V.set(solvePolicyValues(table, policy, gamma));
    else sweepPolicyValues(V, { table, policy, gamma });
    if (!improve(policy, { table, V, gamma })) {
      const residual = bellmanResidual(table, V, gamma);
      return { V, policy: greedy(table, V, gamma), improvements, residual };
    }
  }
  throw new PlanningError(
    "no-convergence",
    `The policy still improved after ${maxImprovements} improvements with gamma ${gamma}; raise maxImprovements.`,
  );
}

export interface ModifiedPolicyIterationOptions {
  /** Discount per step, 0 to 1. */
  gamma: number;
  /** Sweeps over the policy's own actions after each improvement; 20. */
  evaluationSweeps?: number;
  /** Ends once no value changes in an improvement by more than this times the larger of 1 and the largest |V|; 1e-14. */
  tolerance?: number;
  /** Improvements after which it gives up; 100 000. */
  maxImprovements?: number;
}

/**
 * As `policyIteration`, but each policy is valued by a few sweeps only, which cost one action per state where value
 * iteration's cost all of them. Without sweeps it is value iteration.
 *
 * M. L. Puterman, M. C. Shin, Modified Policy Iteration Algorithms for Discounted Markov Decision Problems (1978).
 *
 * @throws PlanningError `invalid-argument`; `malformed-table`; `no-convergence` after `maxImprovements`
 */
export function modifiedPolicyIteration(
  P: TransitionTable,
  options: ModifiedPolicyIterationOptions,
): PolicyIterationPlan {
  const gamma = requireGamma(options.gamma);
  const evaluationSweeps = options.evaluationSweeps ?? 20;
  if (!(Number.isSafeInteger(evaluationSweeps) && evaluationSweeps >= 0)) {
    throw new PlanningError(
      "invalid-argument",
      `evaluationSweeps is ${evaluationSweeps}, expected a whole number from 0.`,
    );
  }
  const table = compileTable(P);
  const { numStates, numActions } = table;
  const V = new Float64Array(numStates);
  const pairs = new Int32Array(numStates);
  const improvements = settle(V, {
    tolerance: requireTolerance(options.tolerance ?? 1e-14),
    maxSweeps: requireCount("maxImprovements", options.maxImprovements ?? 100_000),
    gamma,
    update: (state) => {
      let best = Number.NEGATIVE_INFINITY;
      for (let pair = state * numActions; pair < (state + 1) * numActions; pair++) {
        const value = actionValue(table, V, pair, gamma);
        if (value <= best) continue;
        best = value;
        pairs[state] = pair;
      }
      return best;
    },
    between: () => {
      for (let sweep = 0; sweep < evaluationSweeps; sweep++) {
        for (let state = 0; state < numStates; state++)
          V[state] = actionValue(table, V, pairs[state]!, gamma);
      }
    },
  });
  return { V, policy: greedy(table, V, gamma), improvements, residual: bellmanResidual(table, V, gamma) };
}

/** The policy that reaches the end in fewest steps, if chance is kind: by values and rewards all are equally good. */
function shortestWayOut(table: CompiledTable): Int32Array {
  const { numStates, numActions } = table;
  const unpaid: CompiledTable = { ...table, reward: new Float64Array(numStates * numActions) };
  return greedy(unpaid, new Float64Array(numStates), 1);
}

function sweepPolicyValues(
  V: Float64Array,
  { table, policy, gamma }: { table: CompiledTable; policy: Int32Array; gamma: number },
): void {
  const { numActions } = table;
  // From 0: where gamma is 1, values left over from another policy may never fade.
  V.fill(0);
  const update = (state: number) => actionValue(table, V, state * numActions + policy[state]!, gamma);
  settle(V, { update, tolerance: 1e-14, maxSweeps: 100_000, gamma });
}

/** @returns whether any action was replaced */
function improve(
  policy: Int32Array,
  { table, V, gamma }: { table: CompiledTable; V: Float64Array; gamma: number },
): boolean {
  const { numStates, numActions } = table;
  const gain = leastGain * V.reduce((scale, value) => Math.max(scale, Math.abs(value)), 1);
  let isBetter = false;
  for (let state = 0; state < numStates; state++) {
    const first = state * numActions;
    const own = actionValue(table, V, first + policy[state]!, gamma);
    const best = bestValue(table, V, state, gamma);
    if (!(best > own + gain)) continue;
    isBetter = true;
    policy[state] = 0;
    while (actionValue(table, V, first + policy[state]!, gamma) < best) policy[state]!++;
  }
  return isBetter;
}
