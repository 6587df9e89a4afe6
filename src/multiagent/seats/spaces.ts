import { Box, type Space } from "gymnasium-js";
import type { ArenaRules } from "../rules.js";

/** Of a Discrete space. */
export function rangeOf(space: Space<unknown>): { n: number; start: number } {
  const { n, start = 0 } = space.describe() as { n: number; start?: number };
  return { n, start };
}

/** Of all numbers of all of these spaces, and of 0. */
export function boundsOf(spaces: readonly Space<unknown>[]): { low: number; high: number } {
  let [low, high] = [0, 0];
  const widen = (bound: number): void => {
    low = Math.min(low, bound);
    high = Math.max(high, bound);
  };
  for (const space of spaces) {
    if (space instanceof Box) {
      for (const bounds of [space.low, space.high]) Array.from(bounds as ArrayLike<number>, widen);
    } else {
      const { n, start } = rangeOf(space);
      widen(start);
      widen(start + n - 1);
    }
  }
  return { low, high };
}

/** Of any agent of these rules. */
export function mostActions<State>(rules: ArenaRules<State>): number {
  return Math.max(...rules.agents.map((_, agent) => rangeOf(rules.actionSpace(agent)).n));
}

/** Whether these are all the same. */
export function areSame(spaces: readonly Space<unknown>[]): boolean {
  return new Set(spaces.map((space) => JSON.stringify(space.describe()))).size === 1;
}

/** Whether all agents see and do the same things. */
export function areAlike<State>(rules: ArenaRules<State>): boolean {
  const { agents } = rules;
  return (
    areSame(agents.map((_, agent) => rules.observationSpace(agent))) &&
    areSame(agents.map((_, agent) => rules.actionSpace(agent)))
  );
}
