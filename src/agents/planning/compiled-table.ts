import type { Transition, TransitionTable } from "gymnasium-js";
import { PlanningError } from "./errors.js";

/**
 * A transition table as planners read it, in compressed rows: pair `state * numActions + action` goes on to
 * `nextState[k]` with probability `weight[k]`, k from `rowStart[pair]` to `rowStart[pair + 1]`. Outcomes that end the
 * episode, or cannot be, are left out: only their rewards count.
 */
export interface CompiledTable {
  readonly numStates: number;
  readonly numActions: number;
  /** Mean reward of each pair. */
  readonly reward: Float64Array;
  /** Probability that a pair ends the episode at once. */
  readonly ending: Float64Array;
  readonly rowStart: Int32Array;
  readonly nextState: Int32Array;
  readonly weight: Float64Array;
}

/** How far probabilities may be from summing to 1. */
const sumTolerance = 1e-9;

/** @throws PlanningError `malformed-table` where `P` is not the table of a Markov decision process */
export function compileTable(P: TransitionTable): CompiledTable {
  const numStates = P.length;
  const numActions = P[0]?.length ?? 0;
  if (numActions === 0) throw malformed("it has no state or no action");
  const reward = new Float64Array(numStates * numActions);
  const ending = new Float64Array(numStates * numActions);
  const rowStart = new Int32Array(numStates * numActions + 1);
  const next: Transition[] = [];
  P.forEach((actions, state) => {
    if (actions.length !== numActions) {
      throw malformed(`state ${state} has ${actions.length} actions, expected ${numActions} as state 0 has`);
    }
    actions.forEach((outcomes, action) => {
      requireOutcomes(outcomes, { state, action, numStates });
      const pair = state * numActions + action;
      for (const outcome of outcomes) {
        reward[pair]! += outcome.probability * outcome.reward;
        if (outcome.terminated) ending[pair]! += outcome.probability;
        else if (outcome.probability > 0) next.push(outcome);
      }
      rowStart[pair + 1] = next.length;
    });
  });
  return {
    numStates,
    numActions,
    reward,
    ending,
    rowStart,
    nextState: Int32Array.from(next, ({ nextState }) => nextState),
    weight: Float64Array.from(next, ({ probability }) => probability),
  };
}

/** Q(s, a) = sum over outcomes of p (r + gamma V(s')), without V(s') where the episode ends. */
export function actionValue(table: CompiledTable, V: Float64Array, pair: number, gamma: number): number {
  const { reward, rowStart, nextState, weight } = table;
  const end = rowStart[pair + 1]!;
  let future = 0;
  for (let k = rowStart[pair]!; k < end; k++) future += weight[k]! * V[nextState[k]!]!;
  return reward[pair]! + gamma * future;
}

/** max over a of Q(s, a) */
export function bestValue(table: CompiledTable, V: Float64Array, state: number, gamma: number): number {
  const { numActions } = table;
  let best = Number.NEGATIVE_INFINITY;
  for (let pair = state * numActions; pair < (state + 1) * numActions; pair++) {
    const value = actionValue(table, V, pair, gamma);
    if (value > best) best = value;
  }
  return best;
}

function requireOutcomes(
  outcomes: readonly Transition[],
  { state, action, numStates }: { state: number; action: number; numStates: number },
): void {
  const where = `state ${state}, action ${action}`;
  let sum = 0;
  for (const { probability, nextState, reward } of outcomes) {
    if (!(probability >= 0)) throw malformed(`${where} has the probability ${probability}`);
    if (!(Number.isInteger(nextState) && nextState >= 0 && nextState < numStates)) {
      throw malformed(`${where} leads to state ${nextState}, expected 0 to ${numStates - 1}`);
    }
    if (!Number.isFinite(reward)) throw malformed(`${where} has the reward ${reward}`);
    sum += probability;
  }
  if (!(Math.abs(sum - 1) <= sumTolerance)) {
    throw malformed(`the probabilities of ${where} sum to ${sum}, expected 1`);
  }
}

function malformed(what: string): PlanningError {
  return new PlanningError("malformed-table", `The transition table cannot be planned with: ${what}.`);
}
