/** One way through `step` ends without a return. */
import { defineEnv, discrete, type Outcome, terminate } from "gymnasium-js";

export default defineEnv({
  id: "NoOutcome-v0",
  observationSpace: discrete(8),
  actionSpace: discrete(2),
  maxEpisodeSteps: 20,
  init: (rng) => ({ position: rng.integers(0, 4) }),
  step(state, action: number) {
    state.position = Math.min(7, Math.max(0, state.position + (action === 1 ? 1 : -1)));
    if (state.position === 7) return terminate(1);
    return undefined as unknown as Outcome;
  },
  observe(state: { position: number }, out, offset) {
    out[offset] = state.position;
  },
});
