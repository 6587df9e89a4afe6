import type { RandomSource } from "gymnasium-js";

/** Somebody who plays by the rules of an arena: a script, a search, a net. Keeps nothing from one turn to the next. */
export interface Player<State = unknown> {
  readonly name: string;
  /**
   * What an agent does that is not out, and whose turn it is where turns are taken: as its space counts actions, and legal.
   * @param rng whatever is left to chance is drawn from it
   */
  act(state: State, agent: number, rng: RandomSource): number;
}
