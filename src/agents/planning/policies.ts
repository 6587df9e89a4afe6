import type { TransitionTable } from "gymnasium-js";
import { requireCount, requireGamma, requireLength, requireTolerance } from "./arguments.js";
import { actionValue, bestValue, type CompiledTable, compileTable } from "./compiled-table.js";
import { PlanningError } from "./errors.js";
import { settle } from "./settle.js";

/** Actions whose values differ by less, times the larger of 1 and the largest |V|, are equally good. */
const tieTolerance = 1e-10;

/**
 * The best action in each state by the values V.
 *
 * Of equally good actions it takes the one from which the end of the episode can be reached in fewest steps, and of
 * these the first. That matters where gamma is 1: on a lake that is not slippery every cell is worth 1, so that walking
 * against the wall for ever seems as good as going to the goal. With optimal V the policy is then optimal too.
 *
 * @throws PlanningError `invalid-argument` for a gamma outside 0 to 1 or a V of another length; `malformed-table`
 */
export function greedyActions(P: TransitionTable, V: Float64Array, { gamma }: { gamma: number }): Int32Array {
  const table = compileTable(P);
  requireLength("V", V.length, table.numStates);
  return greedy(table, V, requireGamma(gamma));
}

/** `greedyActions` on a compiled table. */
export function greedy(table: CompiledTable, V: Float64Array, gamma: number): Int32Array {
  const { numStates, numActions } = table;
  const slack = tieTolerance * V.reduce((scale, value) => Math.max(scale, Math.abs(value)), 1);
  const isBest = new Uint8Array(numStates * numActions);
  for (let state = 0; state < numStates; state++) {
    const least = bestValue(table, V, state, gamma) - slack;
    for (let pair = state * numActions; pair < (state + 1) * numActions; pair++) {
      isBest[pair] = actionValue(table, V, pair, gamma) >= least ? 1 : 0;
    }
  }
  const policy = new Int32Array(numStates).fill(-1);
  while (extend(policy, { table, isBest }));
  // States from which the best actions never end an episode.
  for (let state = 0; state < numStates; state++) {
    if (policy[state] === -1) policy[state] = isBest.indexOf(1, state * numActions) - state * numActions;
  }
  return policy;
}

/**
 * Decides for states that are one step further from the end than those decided already.
 * @returns whether there were any
 */
function extend(
  policy: Int32Array,
  { table, isBest }: { table: CompiledTable; isBest: Uint8Array },
): boolean {
  const { numStates, numActions, ending, rowStart, nextState } = table;
  const leadsOn = (pair: number): boolean => {
    if (ending[pair]! > 0) return true;
    for (let k = rowStart[pair]!; k < rowStart[pair + 1]!; k++) if (policy[nextState[k]!] !== -1) return true;
    return false;
  };
  const decided: [state: number, action: number][] = [];
  for (let state = 0; state < numStates; state++) {
    if (policy[state] !== -1) continue;
    for (let action = 0; action < numActions; action++) {
      const pair = state * numActions + action;
      if (isBest[pair] === 0 || !leadsOn(pair)) continue;
      decided.push([state, action]);
      break;
    }
  }
  for (const [state, action] of decided) policy[state] = action;
  return decided.length > 0;
}

/**
 * Value of each state for who always acts by `policy`:
 *
 *     V(s) <- sum_s' p(s' | s, policy(s)) (r + gamma V(s'))
 *
 * R. S. Sutton, A. G. Barto, Reinforcement Learning (2nd ed., 2018), section 4.1.
 *
 * @param policy an action for each state
 * @throws PlanningError `invalid-argument` for a policy or options that cannot be; `malformed-table`; `no-convergence`,
 * above all where gamma is 1 and the policy never ends an episode
 */
export function policyEvaluation(
  P: TransitionTable,
  policy: ArrayLike<number>,
  options: { gamma: number; tolerance?: number; maxSweeps?: number },
): Float64Array {
  const gamma = requireGamma(options.gamma);
  const tolerance = requireTolerance(options.tolerance ?? 1e-14);
  const maxSweeps = requireCount("maxSweeps", options.maxSweeps ?? 100_000);
  const table = compileTable(P);
  const { numStates, numActions } = table;
  requireLength("policy", policy.length, numStates);
  const pairs = Int32Array.from(policy, (action, state) => {
    if (Number.isInteger(action) && action >= 0 && action < numActions) return state * numActions + action;
    throw new PlanningError(
      "invalid-argument",
      `policy has the action ${action} for state ${state}, expected 0 to ${numActions - 1}.`,
    );
  });
  const V = new Float64Array(numStates);
  const update = (state: number) => actionValue(table, V, pairs[state]!, gamma);
  settle(V, { update, tolerance, maxSweeps, gamma });
  return V;
}
