/** Nothing by nothing, as soon as the walker stands at 0. */
import { defineEnv, discrete, proceed } from "gymnasium-js";

export default defineEnv({
  id: "NanReward-v0",
  observationSpace: discrete(6),
  actionSpace: discrete(2),
  maxEpisodeSteps: 20,
  init: (rng) => ({ position: rng.integers(1, 6) }),
  step(state, action: number) {
    state.position = Math.min(5, Math.max(0, state.position + (action === 1 ? 1 : -1)));
    return proceed(state.position / state.position);
  },
  observe(state: { position: number }, out, offset) {
    out[offset] = state.position;
  },
});
