import { greedyAction } from "../exploration.js";
import { expectedValue, maxValue, type QTable, type TimeStep } from "./table.js";

// Numbers in brackets are those of R. S. Sutton, A. G. Barto, Reinforcement Learning: An Introduction (2nd ed., 2018).

/**
 * G = R_t + gamma Q(S_t, A_t) (6.7)
 *
 * G. A. Rummery, M. Niranjan, On-Line Q-Learning Using Connectionist Systems (1994).
 */
export function sarsaTarget({ q, numActions }: QTable, { rT, discountT, sT }: TimeStep, aT: number): number {
  return discountT === 0 ? rT : rT + discountT * q[sT * numActions + aT]!;
}

/**
 * G = R_t + gamma sum_a pi(a | S_t) Q(S_t, a) (6.9)
 *
 * H. van Seijen, H. van Hasselt, S. Whiteson, M. Wiering, A Theoretical and Empirical Analysis of Expected Sarsa (2009).
 *
 * @param piT `[numActions]` probabilities of the actions in S_t
 */
export function expectedSarsaTarget(
  table: QTable,
  { rT, discountT, sT }: TimeStep,
  piT: Float64Array,
): number {
  return discountT === 0 ? rT : rT + discountT * expectedValue(table, sT, piT);
}

/**
 * G = R_t + gamma max_a Q(S_t, a) (6.8)
 *
 * C. J. C. H. Watkins, Learning from Delayed Rewards (1989).
 */
export function qLearningTarget(table: QTable, { rT, discountT, sT }: TimeStep): number {
  return discountT === 0 ? rT : rT + discountT * maxValue(table, sT);
}

/**
 * G = R_t + gamma Q_valuer(S_t, argmax_a Q_chooser(S_t, a)) (6.10)
 *
 * H. van Hasselt, Double Q-learning (2010).
 */
export function doubleQLearningTarget(
  { chooser, valuer }: { chooser: QTable; valuer: QTable },
  { rT, discountT, sT }: TimeStep,
): number {
  if (discountT === 0) return rT;
  const best = greedyAction(chooser, sT);
  return best < 0 ? rT : rT + discountT * valuer.q[sT * valuer.numActions + best]!;
}
