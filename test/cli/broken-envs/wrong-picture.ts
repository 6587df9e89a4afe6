/** One byte a pixel instead of three. */
import { defineEnv, discrete, proceed, terminate } from "gymnasium-js";

export default defineEnv({
  id: "WrongPicture-v0",
  observationSpace: discrete(8),
  actionSpace: discrete(2),
  maxEpisodeSteps: 20,
  init: (rng) => ({ position: rng.integers(0, 4) }),
  step(state, action: number) {
    state.position = Math.min(7, Math.max(0, state.position + (action === 1 ? 1 : -1)));
    return state.position === 7 ? terminate(1) : proceed(0);
  },
  observe(state: { position: number }, out, offset) {
    out[offset] = state.position;
  },
  renderRgb(state) {
    const data = new Uint8Array(8 * 4).fill(40);
    data[state.position] = 255;
    return { width: 8, height: 4, data };
  },
});
