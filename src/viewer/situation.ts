import { type Discrete, type Env, RulesEnv } from "gymnasium-js";
import type { Situation } from "./mind.js";

/** Where the agent stands that an environment for one plays in an arena. */
export function situationInArena({ unwrapped }: Env): Situation {
  if (!(unwrapped instanceof RulesEnv)) return alone;
  const { seat = 0 } = (unwrapped.state ?? {}) as { seat?: number };
  if (!unwrapped.hasActionMask) return { seat, legal: null };
  const legal = new Uint8Array((unwrapped.actionSpace as Discrete).n);
  unwrapped.writeActionMask(legal, 0);
  return { seat, legal };
}

/** Of one agent alone: its rules refuse no action, whatever they advise. */
export const alone: Situation = { seat: 0, legal: null };
