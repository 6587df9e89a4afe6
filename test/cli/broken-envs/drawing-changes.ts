/** Drawing moves the play on. */
import { defineEnv, discrete, proceed, terminate } from "gymnasium-js";

export default defineEnv({
  id: "DrawingChanges-v0",
  observationSpace: discrete(8),
  actionSpace: discrete(2),
  maxEpisodeSteps: 20,
  init: (rng) => ({ position: rng.integers(0, 4), frames: 0 }),
  step(state, action: number) {
    state.position = Math.min(7, Math.max(0, state.position + (action === 1 ? 1 : -1)));
    return state.position === 7 ? terminate(1) : proceed(0);
  },
  observe(state: { position: number; frames: number }, out, offset) {
    out[offset] = state.position;
  },
  renderAnsi(state) {
    state.frames += 1;
    return `frame ${state.frames}: ${".".repeat(state.position)}@`;
  },
});
