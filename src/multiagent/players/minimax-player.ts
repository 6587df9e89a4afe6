import type { TurnRules } from "../rules.js";
import { type MinimaxOptions, minimax } from "./minimax.js";
import type { Player } from "./player.js";

/** Plays what minimax finds best; where several actions are, any of them with the same probability. */
export function minimaxPlayer<State>(
  rules: TurnRules<State>,
  options: MinimaxOptions<State> = {},
): Player<State> {
  const search = minimax(rules, options);
  const { depth = Number.POSITIVE_INFINITY } = options;
  return {
    name: Number.isFinite(depth) ? `minimax-${depth}` : "minimax",
    act: (state, _agent, rng) => search.act(state, rng),
  };
}
