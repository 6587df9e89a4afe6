import { discrete } from "gymnasium-js";
import type { SimultaneousRules } from "../rules.js";

interface TwoStepState {
  /** 0 at first, then 1 (all actions earn 7) or 2 (where both have to dare). */
  place: number;
}

const payoffs = [
  [0, 1],
  [1, 8],
] as const;

/**
 * The two-step game, in which values that add up (VDN) cannot say what is best: the first agent chooses between a game in which
 * everything earns 7 and one that earns 8 if both do the right thing. Both are paid the same.
 * Source: Rashid et al. 2018, section 5, https://arxiv.org/abs/1803.11485
 */
export function twoStep(): SimultaneousRules<TwoStepState> {
  const places = discrete(3);
  const actions = discrete(2);
  return {
    kind: "simultaneous",
    id: "TwoStep-v0",
    agents: ["agent_0", "agent_1"],
    observationSpace: () => places,
    actionSpace: () => actions,
    actionNames: () => ["A", "B"],
    init: () => ({ place: 0 }),
    step(state, chosen, offset, _rng, { rewards, terminations, offset: at }) {
      if (state.place === 0) {
        state.place = 1 + chosen[offset]!;
        return;
      }
      const payoff = state.place === 1 ? 7 : payoffs[chosen[offset] as 0 | 1][chosen[offset + 1] as 0 | 1];
      rewards.fill(payoff, at, at + 2);
      terminations.fill(1, at, at + 2);
    },
    observe({ place }, _agent, out, offset) {
      out[offset] = place;
    },
    stateSpace: places,
    writeState({ place }, out, offset) {
      out[offset] = place;
    },
    renderAnsi: ({ place }) => ["first step", "the game of 7", "the game of 8"][place]!,
  };
}
