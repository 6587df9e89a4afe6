import type { RandomSource } from "gymnasium-js";
import type { ArenaRules } from "../rules.js";
import type { Player } from "./player.js";

/** Plays any legal action with the same probability. */
export function randomPlayer<State>(rules: ArenaRules<State>): Player<State> {
  const spaces = rules.agents.map((_, agent) => {
    const { n, start = 0 } = rules.actionSpace(agent).describe() as { n: number; start?: number };
    return { n, start };
  });
  const mask = new Uint8Array(Math.max(...spaces.map(({ n }) => n)));
  return {
    name: "random",
    act(state, agent, rng) {
      const { n, start } = spaces[agent]!;
      if (rules.actionMask === undefined) return start + rng.integers(0, n);
      rules.actionMask(state, agent, mask, 0);
      return start + pickLegal(mask, n, rng);
    },
  };
}

/** The place of a 1 among the first `n`, each as likely. */
export function pickLegal(mask: Uint8Array, n: number, rng: RandomSource): number {
  let legal = 0;
  for (let action = 0; action < n; action++) legal += mask[action]!;
  let left = rng.integers(0, legal);
  for (let action = 0; ; action++) {
    if (mask[action] === 1 && left-- === 0) return action;
  }
}
