/** The position grows beyond the bound that the space declares. */
import { box, defineEnv, discrete, proceed, terminate } from "gymnasium-js";

export default defineEnv({
  id: "OutsideSpace-v0",
  observationSpace: box({ low: 0, high: 5, shape: [2], dtype: "float32" }),
  actionSpace: discrete(2),
  maxEpisodeSteps: 20,
  init: (rng) => ({ position: rng.integers(0, 3) }),
  step(state, action: number) {
    state.position += action;
    return state.position >= 9 ? terminate(1) : proceed(0);
  },
  observe(state: { position: number }, out, offset) {
    out[offset] = state.position;
    out[offset + 1] = 1;
  },
});
