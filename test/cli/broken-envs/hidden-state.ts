/** The steps of the episode are counted in a variable of the module, which no snapshot holds. */
import { defineEnv, discrete, proceed, terminate } from "gymnasium-js";

let stepsMade = 0;

export default defineEnv({
  id: "HiddenState-v0",
  observationSpace: discrete(8),
  actionSpace: discrete(2),
  init(rng) {
    stepsMade = 0;
    return { position: rng.integers(0, 4) };
  },
  step(state, action: number) {
    stepsMade++;
    state.position = Math.min(7, Math.max(0, state.position + (action === 1 ? 1 : -1)));
    return stepsMade === 12 ? terminate(1) : proceed(0);
  },
  observe(state: { position: number }, out, offset) {
    out[offset] = state.position;
  },
});
