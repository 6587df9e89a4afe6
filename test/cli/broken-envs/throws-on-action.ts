/** Five actions are declared, and there are moves for four. */
import { defineEnv, discrete, proceed, terminate } from "gymnasium-js";

const moves = [
  [-1, 0],
  [1, 0],
  [0, -1],
  [0, 1],
] as const;

export default defineEnv({
  id: "ThrowsOnAction-v0",
  observationSpace: discrete(16),
  actionSpace: discrete(5),
  maxEpisodeSteps: 20,
  init: (rng) => ({ x: rng.integers(0, 3), y: 0 }),
  step(state, action: number) {
    const [dx, dy] = moves[action]!;
    state.x = Math.min(3, Math.max(0, state.x + dx));
    state.y = Math.min(3, Math.max(0, state.y + dy));
    return state.x === 3 && state.y === 3 ? terminate(1) : proceed(0);
  },
  observe(state: { x: number; y: number }, out, offset) {
    out[offset] = state.y * 4 + state.x;
  },
});
