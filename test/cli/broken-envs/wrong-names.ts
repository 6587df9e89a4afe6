/** Two names for three actions. */
import { defineEnv, discrete, proceed, terminate } from "gymnasium-js";

export default defineEnv({
  id: "WrongNames-v0",
  observationSpace: discrete(8),
  actionSpace: discrete(3),
  actionNames: ["left", "right"],
  maxEpisodeSteps: 20,
  init: (rng) => ({ position: rng.integers(0, 4) }),
  step(state, action: number) {
    state.position = Math.min(7, Math.max(0, state.position + action - 1));
    return state.position === 7 ? terminate(1) : proceed(0);
  },
  observe(state: { position: number }, out, offset) {
    out[offset] = state.position;
  },
});
