import type { CompiledTable } from "./compiled-table.js";
import { PlanningError } from "./errors.js";

/**
 * Solves V = r_pi + gamma P_pi V for a policy, by Gaussian elimination with partial pivoting.
 *
 * With gamma 1 the equations say nothing of states from which the policy never ends an episode. These are worth 0 if
 * nothing is paid there.
 *
 * @throws PlanningError `no-convergence` if with gamma 1 something is paid there for ever
 */
export function solvePolicyValues(table: CompiledTable, policy: Int32Array, gamma: number): Float64Array {
  const { numStates, numActions, reward, rowStart, nextState, weight } = table;
  const unknown =
    gamma === 1 ? statesThatMatter(table, policy) : Int32Array.from(policy, (_, state) => state);
  const n = unknown.length;
  const index = new Int32Array(numStates).fill(-1);
  for (let row = 0; row < n; row++) index[unknown[row]!] = row;
  const matrix = new Float64Array(n * n);
  const values = new Float64Array(n);
  for (let row = 0; row < n; row++) {
    const pair = unknown[row]! * numActions + policy[unknown[row]!]!;
    values[row] = reward[pair]!;
    matrix[row * n + row]! += 1;
    for (let k = rowStart[pair]!; k < rowStart[pair + 1]!; k++) {
      const column = index[nextState[k]!]!;
      if (column >= 0) matrix[row * n + column]! -= gamma * weight[k]!;
    }
  }
  eliminate(matrix, values);
  const V = new Float64Array(numStates);
  for (let row = 0; row < n; row++) V[unknown[row]!] = values[row]!;
  return V;
}

/**
 * All states but those from which, by this policy, nothing is ever paid and the episode never ends. Whoever can get
 * there or to an end is transient, so that the equations of these states have one solution.
 */
function statesThatMatter(table: CompiledTable, policy: Int32Array): Int32Array {
  const { numActions, ending, reward } = table;
  const pairs = Int32Array.from(policy, (action, state) => state * numActions + action);
  const all = Int32Array.from(pairs, (_, state) => state);
  const pays = leadingTo(table, pairs, (pair) => ending[pair]! > 0 || reward[pair] !== 0);
  const settles = leadingTo(table, pairs, (pair, state) => ending[pair]! > 0 || pays[state] === 0);
  const stuck = all.find((state) => settles[state] === 0);
  if (stuck !== undefined) {
    throw new PlanningError(
      "no-convergence",
      `With gamma 1 state ${stuck} may pay or cost something for ever: take a gamma below 1, or finiteHorizonValues.`,
    );
  }
  return all.filter((state) => pays[state] === 1);
}

/** 1 for each state from which the policy can get to one where `holds`. */
function leadingTo(
  { numStates, rowStart, nextState }: CompiledTable,
  pairs: Int32Array,
  holds: (pair: number, state: number) => boolean,
): Uint8Array {
  const leads = Uint8Array.from(pairs, (pair, state) => (holds(pair, state) ? 1 : 0));
  for (let changed = true; changed; ) {
    changed = false;
    for (let state = 0; state < numStates; state++) {
      const pair = pairs[state]!;
      if (leads[state] === 1) continue;
      for (let k = rowStart[pair]!; k < rowStart[pair + 1]! && leads[state] === 0; k++) {
        if (leads[nextState[k]!] === 1) leads[state] = 1;
      }
      if (leads[state] === 1) changed = true;
    }
  }
  return leads;
}

/**
 * Solves `matrix` x = `values` in place; x is left in `values`.
 * @param matrix `[n, n]`, row after row; destroyed
 */
function eliminate(matrix: Float64Array, values: Float64Array): void {
  const n = values.length;
  for (let column = 0; column < n; column++) {
    pivot(matrix, values, column);
    for (let row = column + 1; row < n; row++) {
      const factor = matrix[row * n + column]! / matrix[column * n + column]!;
      if (factor === 0) continue;
      for (let k = column; k < n; k++) matrix[row * n + k]! -= factor * matrix[column * n + k]!;
      values[row]! -= factor * values[column]!;
    }
  }
  for (let row = n - 1; row >= 0; row--) {
    let value = values[row]!;
    for (let k = row + 1; k < n; k++) value -= matrix[row * n + k]! * values[k]!;
    values[row] = value / matrix[row * n + row]!;
  }
}

/** Brings the row with the largest entry of a column to its place. */
function pivot(matrix: Float64Array, values: Float64Array, column: number): void {
  const n = values.length;
  let largest = column;
  for (let row = column + 1; row < n; row++) {
    if (Math.abs(matrix[row * n + column]!) > Math.abs(matrix[largest * n + column]!)) largest = row;
  }
  if (largest === column) return;
  for (let k = column; k < n; k++) {
    const entry = matrix[column * n + k]!;
    matrix[column * n + k] = matrix[largest * n + k]!;
    matrix[largest * n + k] = entry;
  }
  const value = values[column]!;
  values[column] = values[largest]!;
  values[largest] = value;
}
