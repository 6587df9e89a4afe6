import { box, type EnvRules, proceed, type Space, terminate } from "../src/index.js";
import { discrete } from "../src/spaces/discrete.js";

export interface FlashState {
  frame: number;
  lives: number;
  /** Frames since the ball was served; -1 while it waits for FIRE. */
  served: number;
  fires: number;
  lastAction: number;
}

/**
 * A game of 10 x 8 RGB pixels, small enough to follow by hand. The ball is lost in the `flight`-th frame after FIRE
 * served it; three lost balls are the end. A frame is worth 2 while the ball flies, -1 otherwise. A block shows in
 * every other frame only; the rest of the picture changes with frame, action and a draw per frame.
 */
export function flashRules({ flight = 9 } = {}): EnvRules<FlashState, Uint8Array, number> {
  return {
    id: "Flash-v0",
    observationSpace: box({ low: 0, high: 255, shape: [10, 8, 3], dtype: "uint8" }) as Space<Uint8Array>,
    actionSpace: discrete(3),
    actionNames: ["NOOP", "FIRE", "RIGHT"],
    maxEpisodeSteps: 402,
    init: (rng) => ({ frame: 0, lives: 3, served: -1, fires: 0, lastAction: rng.integers(0, 3) }),
    step(state, action, rng) {
      state.frame++;
      state.lastAction = action + rng.integers(0, 2);
      if (action === 1) state.fires++;
      if (state.served < 0) {
        if (action === 1) state.served = 0;
        return proceed(-1);
      }
      if (++state.served < flight) return proceed(2);
      state.served = -1;
      return --state.lives === 0 ? terminate(2) : proceed(2);
    },
    observe(state, out, offset) {
      for (let i = 0; i < 10 * 8 * 3; i++) {
        const isBlock = i >= 30 && i < 60;
        const shade = isBlock ? (state.frame % 2) * 200 : i * 2 + (i % 7 === 0 ? 13 * state.lastAction : 0);
        out[offset + i] = (shade + state.lives) & 255;
      }
    },
    info: ({ lives, frame, fires }) => ({ lives, frame, fires }),
    renderAnsi: ({ frame }) => `frame ${frame}`,
  };
}
