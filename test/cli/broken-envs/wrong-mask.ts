/** Leaves no legal action at the wall. */
import { defineEnv, discrete, proceed, terminate } from "gymnasium-js";

export default defineEnv({
  id: "WrongMask-v0",
  observationSpace: discrete(8),
  actionSpace: discrete(2),
  maxEpisodeSteps: 20,
  init: (rng) => ({ position: rng.integers(1, 4) }),
  step(state, action: number) {
    state.position = Math.min(7, Math.max(0, state.position + (action === 1 ? 1 : -1)));
    return state.position === 7 ? terminate(1) : proceed(0);
  },
  observe(state: { position: number }, out, offset) {
    out[offset] = state.position;
  },
  actionMask(state, out, offset) {
    out[offset] = state.position > 0 ? 1 : 0;
    out[offset + 1] = state.position > 0 ? 1 : 0;
  },
});
