import type { ArenaRules } from "../../../../src/multiagent/index.js";
import { palette } from "../palette.js";
import type { Scene, Shown } from "../scene.js";

/** A game as a page gets it. */
export interface Seated<State> {
  game: State;
  /** Index of the agent whose seat is held; left out where all are played alike. */
  seat?: number;
}

/** What is played, and with which settings. */
export interface Played {
  rules: ArenaRules<never>;
  settings: Readonly<Record<string, unknown>>;
}

export type MakeArenaScene = (played: Played) => Scene;

/** The games of two pictures; the second one twice where there is none to move on from. -1 for a seat that nobody holds. */
export function gamesOf<State>(before: Shown | null, now: Shown): { from: State; to: State; seat: number } {
  const { seat = -1 } = now.state as Seated<State>;
  const to = gameIn<State>(now.state);
  // Another seat is another episode's.
  const follows = before !== null && ((before.state as Seated<State>).seat ?? -1) === seat;
  return { from: follows ? gameIn(before.state) : to, to, seat };
}

/** Where players fill seats of those who learn together, there is a game in the game. */
function gameIn<State>(state: unknown): State {
  let game = (state as Seated<unknown>).game;
  while ("game" in (game as object)) game = (game as Seated<unknown>).game;
  return game as State;
}

/** Of whoever is held and its mates, and of all who are against them. */
export const sides = { own: palette.accent, others: palette.second } as const;

/** Of a game of two sides: the held one has its colour wherever it sits, and the first one has it where nobody is held. */
export function sideColour(side: number, heldSide: number): number {
  return side === Math.max(heldSide, 0) ? sides.own : sides.others;
}
