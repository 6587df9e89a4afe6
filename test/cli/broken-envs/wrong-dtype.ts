/** Brightness from 0 to 1, in bytes: all that is not 1 becomes 0. */
import { box, defineEnv, discrete, proceed, terminate } from "gymnasium-js";

export default defineEnv({
  id: "WrongDtype-v0",
  observationSpace: box({ low: 0, high: 255, shape: [2], dtype: "uint8" }),
  actionSpace: discrete(2),
  maxEpisodeSteps: 20,
  init: (rng) => ({ position: rng.integers(0, 4) }),
  step(state, action: number) {
    state.position = Math.min(7, Math.max(0, state.position + (action === 1 ? 1 : -1)));
    return state.position === 7 ? terminate(1) : proceed(0);
  },
  observe(state: { position: number }, out, offset) {
    out[offset] = state.position / 7;
    out[offset + 1] = 1;
  },
});
