import { arenaRules, findArena, seatOf } from "../../multiagent/index.js";
import { canRest } from "../../viewer/human-actions.js";
import type { SeatedAt } from "../../viewer/protocol.js";

/** What `make` is told of an arena, beside its settings. */
export interface Seating {
  /** An agent's name, or "random". */
  seat?: string;
  /** Name of a player. */
  others?: string;
}

/** In these, what one wins the others lose. */
const contests: ReadonlySet<string> = new Set([
  ...["TicTacToe-v0", "ConnectFour-v0", "RockPaperScissors-v0", "Pong-v0", "PongPixels-v0", "Soccer-v0"],
]);

/** How an arena is played by one; null for what is no arena. */
export function seatedAt(env: string, { seat, others = "random", ...settings }: Seating): SeatedAt | null {
  const definition = findArena(env);
  if (definition === null) return null;
  const rules = arenaRules(definition, settings);
  const held = seatOf(rules, seat);
  return {
    agents: [...rules.agents],
    seat: held === null ? null : rules.agents[held]!,
    others,
    waits: rules.kind === "turns" || !canRest(rules.actionNames?.(held ?? 0) ?? []),
    contest: contests.has(env),
  };
}
