/** Ends are 0 and 1 instead of false and true, as other languages have it. */
import { defineEnv, discrete, type Outcome } from "gymnasium-js";

export default defineEnv({
  id: "WrongTypes-v0",
  observationSpace: discrete(8),
  actionSpace: discrete(2),
  maxEpisodeSteps: 20,
  init: (rng) => ({ position: rng.integers(0, 4) }),
  step(state, action: number) {
    state.position = Math.min(7, Math.max(0, state.position + (action === 1 ? 1 : -1)));
    return { reward: 0, terminated: state.position === 7 ? 1 : 0 } as unknown as Outcome;
  },
  observe(state: { position: number }, out, offset) {
    out[offset] = state.position;
  },
});
