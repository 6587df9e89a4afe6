import type { TransitionTable } from "gymnasium-js";
import { requireCount, requireGamma, requireTolerance } from "./arguments.js";
import { bestValue, type CompiledTable, compileTable } from "./compiled-table.js";
import { PlanningError } from "./errors.js";
import { greedy } from "./policies.js";
import { StateQueue } from "./state-queue.js";
import { bellmanResidual } from "./value-iteration.js";

export interface PrioritizedSweepingOptions {
  /** Discount per step, 0 to 1. */
  gamma: number;
  /** Ends once no value would change by more than this times the larger of 1 and the largest |V|; 1e-14. */
  tolerance?: number;
  /** Updates of single states after which it gives up; 100 million. */
  maxBackups?: number;
}

/** Optimal values and actions, and how they were come by. */
export interface SweptPlan {
  /** Optimal value of each state. */
  V: Float64Array;
  /** The best action in each state, as `greedyActions` chooses. */
  policy: Int32Array;
  /** Updates of single states; a sweep of value iteration makes one of each. */
  backups: number;
  /** Largest |max_a Q(s, a) - V(s)|. */
  residual: number;
}

/**
 * Value iteration that always updates the state whose value is most likely to be wrong:
 *
 *     V(s) <- max_a sum_s' p(s' | s, a) (r + gamma V(s'))
 *
 * When V(s') changes by delta, a state that leads there with probability p may be wrong by gamma p delta more. It starts
 * from V = 0 and the error of each state, and once nothing is left to do looks at every state again.
 *
 * A. W. Moore, C. G. Atkeson, Prioritized Sweeping: Reinforcement Learning with Less Data and Less Time (1993);
 * R. S. Sutton, A. G. Barto, Reinforcement Learning (2nd ed., 2018), section 8.4, here with the whole table known.
 *
 * @throws PlanningError `invalid-argument`; `malformed-table`; `no-convergence` after `maxBackups`
 *
 * @example
 * const { V, backups } = prioritizedSweeping(frozenLakeRules().P, { gamma: 0.99 });
 */
export function prioritizedSweeping(P: TransitionTable, options: PrioritizedSweepingOptions): SweptPlan {
  const gamma = requireGamma(options.gamma);
  const tolerance = requireTolerance(options.tolerance ?? 1e-14);
  const maxBackups = requireCount("maxBackups", options.maxBackups ?? 100_000_000);
  const table = compileTable(P);
  const V = new Float64Array(table.numStates);
  const leading = predecessors(table);
  const queue = new StateQueue(table.numStates);
  let backups = 0;
  let least = tolerance;
  while (enqueueWrong(queue, { table, V, gamma, tolerance })) {
    least = tolerance * scaleOf(V);
    for (let state = queue.pop(); state >= 0; state = queue.pop()) {
      if (++backups > maxBackups) throw noConvergence(maxBackups, gamma);
      const value = bestValue(table, V, state, gamma);
      const change = Math.abs(value - V[state]!);
      V[state] = value;
      for (let k = leading.start[state]!; k < leading.start[state + 1]!; k++) {
        const priority = gamma * leading.probability[k]! * change;
        if (priority > least) queue.add(leading.state[k]!, priority);
      }
    }
  }
  return { V, policy: greedy(table, V, gamma), backups, residual: bellmanResidual(table, V, gamma) };
}

/** @returns whether any state is wrong by more than the tolerance */
function enqueueWrong(
  queue: StateQueue,
  { table, V, gamma, tolerance }: { table: CompiledTable; V: Float64Array; gamma: number; tolerance: number },
): boolean {
  const least = tolerance * scaleOf(V);
  let isWrong = false;
  for (let state = 0; state < V.length; state++) {
    const error = Math.abs(bestValue(table, V, state, gamma) - V[state]!);
    if (!(error > least)) continue;
    queue.add(state, error);
    isWrong = true;
  }
  return isWrong;
}

function scaleOf(V: Float64Array): number {
  return V.reduce((scale, value) => Math.max(scale, Math.abs(value)), 1);
}

/** Which states lead to a state, with the largest probability that an action has; in compressed rows. */
interface Predecessors {
  start: Int32Array;
  state: Int32Array;
  probability: Float64Array;
}

function predecessors({ numStates, numActions, rowStart, nextState, weight }: CompiledTable): Predecessors {
  const into = Array.from({ length: numStates }, () => new Map<number, number>());
  for (let pair = 0; pair < numStates * numActions; pair++) {
    const state = Math.floor(pair / numActions);
    // An action may lead to the same state by several outcomes.
    const reached = new Map<number, number>();
    for (let k = rowStart[pair]!; k < rowStart[pair + 1]!; k++) {
      reached.set(nextState[k]!, (reached.get(nextState[k]!) ?? 0) + weight[k]!);
    }
    for (const [next, probability] of reached) {
      into[next]!.set(state, Math.max(into[next]!.get(state) ?? 0, probability));
    }
  }
  const start = new Int32Array(numStates + 1);
  into.forEach((states, next) => {
    start[next + 1] = start[next]! + states.size;
  });
  return {
    start,
    state: Int32Array.from(into.flatMap((states) => [...states.keys()])),
    probability: Float64Array.from(into.flatMap((states) => [...states.values()])),
  };
}

function noConvergence(maxBackups: number, gamma: number): PlanningError {
  const advice =
    gamma === 1
      ? "with gamma 1 there may be states that cost something for ever: take a gamma below 1, or finiteHorizonValues"
      : "raise maxBackups or tolerance";
  return new PlanningError(
    "no-convergence",
    `Values still changed after ${maxBackups} backups with gamma ${gamma}; ${advice}.`,
  );
}
