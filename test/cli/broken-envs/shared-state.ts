/** All environments play on one board. */
import { box, defineEnv, discrete, proceed, terminate } from "gymnasium-js";

const board = new Float32Array(5);

export default defineEnv({
  id: "SharedState-v0",
  observationSpace: box({ low: 0, high: 1, shape: [5], dtype: "float32" }),
  actionSpace: discrete(5),
  maxEpisodeSteps: 20,
  init() {
    board.fill(0);
    return { field: { board } };
  },
  step({ field }, action: number) {
    field.board[action] = 1;
    return field.board.every((cell) => cell === 1) ? terminate(1) : proceed(0);
  },
  observe({ field }: { field: { board: Float32Array } }, out, offset) {
    out.set(field.board, offset);
  },
});
