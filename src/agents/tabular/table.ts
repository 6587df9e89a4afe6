import { type ActionValues, greedyAction } from "../exploration.js";

/** Action values of all states: Q(s, a) is `q[s * numActions + a]`. */
export interface QTable extends ActionValues {
  readonly q: Float64Array;
  readonly numStates: number;
  readonly numActions: number;
  /** Legal actions by state, as far as masks were seen; null while none were. */
  mask: Uint8Array | null;
}

/**
 * One step of experience as the update formulas read it: in S_{t-1} the action A_{t-1} gave the reward R_t and led to S_t.
 * (Sutton and Barto's t is t - 1 here.)
 */
export interface TimeStep {
  sTm1: number;
  aTm1: number;
  rT: number;
  /** gamma; 0 where the episode terminated, so that nothing is bootstrapped. Truncation leaves it at gamma. */
  discountT: number;
  sT: number;
}

/** Fills `pi[a]` with the probability of each action in a state. */
export type StatePolicy = (state: number, pi: Float64Array) => void;

export function createTable(numStates: number, numActions: number, initialQ = 0): QTable {
  return { q: new Float64Array(numStates * numActions).fill(initialQ), numStates, numActions, mask: null };
}

/** max over legal a of Q(s, a); 0 where no action is legal */
export function maxValue({ q, numActions, mask }: QTable, state: number): number {
  const first = state * numActions;
  let best = Number.NEGATIVE_INFINITY;
  for (let pair = first; pair < first + numActions; pair++) {
    if (mask !== null && mask[pair] === 0) continue;
    const value = q[pair]!;
    if (value > best) best = value;
  }
  return best === Number.NEGATIVE_INFINITY ? 0 : best;
}

/** sum over a of pi(a | s) Q(s, a); an action of probability 0 does not count, whatever its value */
export function expectedValue({ q, numActions }: QTable, state: number, pi: Float64Array): number {
  let value = 0;
  for (let action = 0; action < numActions; action++) {
    if (pi[action]! > 0) value += pi[action]! * q[state * numActions + action]!;
  }
  return value;
}

/** pi(a | s) = 1 for the greedy action, the lowest of equals. */
export function greedyProbabilities(table: QTable, state: number, pi: Float64Array): void {
  pi.fill(0);
  const best = greedyAction(table, state);
  if (best >= 0) pi[best] = 1;
}

/**
 * Q(s, a) <- Q(s, a) + alpha (G - Q(s, a))
 *
 * @returns the error G - Q(s, a) before the update
 */
export function moveTowards({ q }: QTable, pair: number, { G, alpha }: { G: number; alpha: number }): number {
  const error = G - q[pair]!;
  q[pair] = q[pair]! + alpha * error;
  return error;
}
