/** Three numbers are declared and four are written: the last one into the neighbour's place. */
import { box, defineEnv, discrete, proceed, terminate } from "gymnasium-js";

export default defineEnv({
  id: "WritesTooFar-v0",
  observationSpace: box({ low: 0, high: 1, shape: [3], dtype: "float32" }),
  actionSpace: discrete(2),
  maxEpisodeSteps: 20,
  init: (rng) => ({ position: rng.integers(0, 3) }),
  step(state, action: number) {
    state.position = Math.min(3, Math.max(0, state.position + (action === 1 ? 1 : -1)));
    return state.position === 3 ? terminate(1) : proceed(0);
  },
  observe(state: { position: number }, out, offset) {
    for (let i = 0; i < 4; i++) out[offset + i] = i === state.position ? 1 : 0;
  },
});
