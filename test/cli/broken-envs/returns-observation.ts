/** Returns the observation, as Gymnasium's environments do, instead of writing it. */
import { box, defineEnv, discrete, proceed, terminate } from "gymnasium-js";

export default defineEnv({
  id: "ReturnsObservation-v0",
  observationSpace: box({ low: 0, high: 7, shape: [2], dtype: "float32" }),
  actionSpace: discrete(2),
  maxEpisodeSteps: 20,
  init: (rng) => ({ position: rng.integers(0, 4) }),
  step(state, action: number) {
    state.position = Math.min(7, Math.max(0, state.position + (action === 1 ? 1 : -1)));
    return state.position === 7 ? terminate(1) : proceed(0);
  },
  observe(state: { position: number }) {
    return Float32Array.of(state.position, 1);
  },
});
