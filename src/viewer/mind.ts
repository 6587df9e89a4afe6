import type { TypedArray } from "gymnasium-js";
import type { Inside, Thought } from "./protocol.js";

/** What a player makes of an observation. */
export interface Choice {
  /** As the action space counts it, or an element of a Box, which is the caller's to keep. */
  action: number | TypedArray;
  thought: Thought | null;
}

/** Where an arena's agent stands, beside what it observes; of one agent alone, seat 0 without a mask. */
export interface Situation {
  /** Index of the agent whose seat is held. */
  seat: number;
  /** 1 for each action that may be chosen, in their order; null for all. */
  legal: Uint8Array | null;
}

/** Whoever acts in a play: a stored policy, chance. */
export interface Mind {
  /** In words, such as `dqn, checkpoint of step 50,000`. */
  readonly name: string;
  /** Step of its checkpoint; null where it has none. */
  readonly checkpoint: number | null;
  /** Whether a choice depends on earlier observations of the episode. */
  readonly remembers: boolean;
  /** The action for one observation, which follows the one before unless `restart` came between. */
  choose(observation: unknown, situation: Situation): Choice;
  /** What goes on in it, of the last choice. */
  inside(): Inside;
  /** Has to be called before each episode. */
  restart(): void;
  dispose(): void;
}
