/** Chance from elsewhere than the seed. */
import { defineEnv, discrete, proceed, terminate } from "gymnasium-js";

export default defineEnv({
  id: "MathRandom-v0",
  observationSpace: discrete(8),
  actionSpace: discrete(2),
  maxEpisodeSteps: 20,
  init: () => ({ position: 3 }),
  step(state, action: number) {
    const slips = Math.random() < 0.3;
    state.position = Math.min(7, Math.max(0, state.position + ((action === 1) !== slips ? 1 : -1)));
    return state.position === 7 ? terminate(1) : proceed(0);
  },
  observe(state: { position: number }, out, offset) {
    out[offset] = state.position;
  },
});
