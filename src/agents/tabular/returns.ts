import { placeOf, type Segment } from "./segment.js";
import { expectedValue, type QTable, type StatePolicy } from "./table.js";

/**
 * The return of the oldest step of a segment that ends in a state worth `bootstrap`:
 *
 *     G = R_1 + gamma R_2 + ... + gamma^(n-1) R_n + gamma^n bootstrap
 *
 * With bootstrap Q(S_n, A_n) this is n-step Sarsa's (7.4), with sum_a pi(a | S_n) Q(S_n, a) n-step Expected Sarsa's
 * (7.7), and 0 after a termination. Sutton and Barto (2018), sections 7.2 and 7.3.
 */
export function nStepReturn(segment: Segment, gamma: number, bootstrap: number): number {
  let G = bootstrap;
  for (let k = segment.length - 1; k >= 0; k--) G = segment.rewards[placeOf(segment, k)]! + gamma * G;
  return G;
}

export interface TreeBackup {
  table: QTable;
  gamma: number;
  /** The policy that is learnt about. */
  target: StatePolicy;
  /** `[numActions]` memory for its probabilities. */
  pi: Float64Array;
}

/**
 * The tree-backup return of the oldest step of a segment that ends in a state worth `bootstrap`:
 *
 *     G_k = R_{k+1} + gamma (sum_{a != A_{k+1}} pi(a | S_{k+1}) Q(S_{k+1}, a) + pi(A_{k+1} | S_{k+1}) G_{k+1}) (7.16)
 *     G_{n-1} = R_n + gamma bootstrap (7.15)
 *
 * It needs no importance weights, whatever policy acted. D. Precup, R. S. Sutton, S. Singh, Eligibility Traces for
 * Off-Policy Policy Evaluation (2000); Sutton and Barto (2018), section 7.5.
 */
export function treeBackupReturn(segment: Segment, backup: TreeBackup, bootstrap: number): number {
  const { table, gamma, target, pi } = backup;
  let G = bootstrap;
  for (let k = segment.length - 1; k >= 0; k--) {
    if (k < segment.length - 1) {
      const later = placeOf(segment, k + 1);
      const state = segment.states[later]!;
      const action = segment.actions[later]!;
      target(state, pi);
      const taken = pi[action]!;
      pi[action] = 0;
      G = expectedValue(table, state, pi) + (taken === 0 ? 0 : taken * G);
    }
    G = segment.rewards[placeOf(segment, k)]! + gamma * G;
  }
  return G;
}
