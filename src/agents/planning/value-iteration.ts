import type { TransitionTable } from "gymnasium-js";
import { requireCount, requireGamma, requireTolerance } from "./arguments.js";
import { bestValue, type CompiledTable, compileTable } from "./compiled-table.js";
import { PlanningError } from "./errors.js";
import { greedy } from "./policies.js";
import { settle } from "./settle.js";

export interface ValueIterationOptions {
  /** Discount per step, 0 to 1; 1 needs a table in which every state can end or stops paying. */
  gamma: number;
  /** Ends once no value changes in a sweep by more than this times the larger of 1 and the largest |V|; 1e-14. */
  tolerance?: number;
  /** Sweeps after which it gives up; 100 000. */
  maxSweeps?: number;
}

export interface Plan {
  /** Optimal value of each state. */
  V: Float64Array;
  /** The best action in each state, as `greedyActions` chooses. */
  policy: Int32Array;
  sweeps: number;
  /** Largest |max_a Q(s, a) - V(s)|; where gamma < 1, V is within residual / (1 - gamma) of the optimum. */
  residual: number;
}

/**
 * Optimal values and actions of a Markov decision process whose every outcome is known (`rules.P`), by
 *
 *     V(s) <- max_a sum_s' p(s' | s, a) (r + gamma V(s'))
 *
 * from V = 0, in place and in turns from the first state to the last and back (Gauss-Seidel), until nothing changes.
 * Where gamma is 1 and no reward is negative, this rises to the least solution, which is the optimal value.
 *
 * R. Bellman, Dynamic Programming (1957); M. L. Puterman, Markov Decision Processes (1994), sections 6.3 and 7.2;
 * R. S. Sutton, A. G. Barto, Reinforcement Learning (2nd ed., 2018), section 4.4.
 *
 * @throws PlanningError `invalid-argument` for a gamma outside 0 to 1, a tolerance or a number of sweeps that is not
 * positive; `malformed-table`; `no-convergence` after `maxSweeps`
 *
 * @example
 * const { V, policy } = valueIteration(frozenLakeRules().P, { gamma: 0.99 });
 */
export function valueIteration(P: TransitionTable, options: ValueIterationOptions): Plan {
  const gamma = requireGamma(options.gamma);
  const tolerance = requireTolerance(options.tolerance ?? 1e-14);
  const maxSweeps = requireCount("maxSweeps", options.maxSweeps ?? 100_000);
  const table = compileTable(P);
  const V = new Float64Array(table.numStates);
  const sweeps = settle(V, {
    update: (state) => bestValue(table, V, state, gamma),
    tolerance,
    maxSweeps,
    gamma,
  });
  return { V, policy: greedy(table, V, gamma), sweeps, residual: bellmanResidual(table, V, gamma) };
}

/**
 * The best expected (discounted) return within `horizon` steps, from each state: what an optimal player can get
 * before a time limit, if it may look at the clock. Backward induction: as many sweeps of value iteration, each from the
 * values before it.
 *
 * M. L. Puterman, Markov Decision Processes (1994), section 4.5.
 *
 * @throws PlanningError `invalid-argument` for a gamma outside 0 to 1 or a horizon that is no whole number from 0;
 * `malformed-table`
 */
export function finiteHorizonValues(
  P: TransitionTable,
  options: { gamma: number; horizon: number },
): Float64Array {
  const gamma = requireGamma(options.gamma);
  const { horizon } = options;
  if (!(Number.isSafeInteger(horizon) && horizon >= 0)) {
    throw new PlanningError("invalid-argument", `horizon is ${horizon}, expected a whole number from 0.`);
  }
  const table = compileTable(P);
  let values = new Float64Array(table.numStates);
  let next = new Float64Array(table.numStates);
  for (let step = 0; step < horizon; step++) {
    for (let state = 0; state < next.length; state++) next[state] = bestValue(table, values, state, gamma);
    [values, next] = [next, values];
  }
  return values;
}

/** Largest |max_a Q(s, a) - V(s)| */
export function bellmanResidual(table: CompiledTable, V: Float64Array, gamma: number): number {
  return V.reduce(
    (largest, value, state) => Math.max(largest, Math.abs(bestValue(table, V, state, gamma) - value)),
    0,
  );
}
