/** One way in which an action may turn out. */
export interface Transition {
  probability: number;
  nextState: number;
  reward: number;
  terminated: boolean;
}

/** `P[state][action]`: all outcomes, in the order in which draws select them. */
export type TransitionTable = readonly (readonly (readonly Transition[])[])[];
