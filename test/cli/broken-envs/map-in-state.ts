/** A Map cannot be saved with a checkpoint. */
import { defineEnv, discrete, proceed, terminate } from "gymnasium-js";

export default defineEnv({
  id: "MapInState-v0",
  observationSpace: discrete(8),
  actionSpace: discrete(2),
  maxEpisodeSteps: 20,
  init: (rng) => ({ position: rng.integers(0, 4), visits: new Map<number, number>() }),
  step(state, action: number) {
    state.position = Math.max(0, state.position + (action === 1 ? 1 : -1));
    state.visits.set(state.position, (state.visits.get(state.position) ?? 0) + 1);
    return state.position === 7 ? terminate(1) : proceed(0);
  },
  observe(state: { position: number; visits: Map<number, number> }, out, offset) {
    out[offset] = state.position;
  },
});
