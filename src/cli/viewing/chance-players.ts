import { Generator, makeVec } from "gymnasium-js";
import type { VectorPlayers } from "../../training/index.js";
import type { Seating } from "./seated-at.js";

/** Chance on a seat of an arena, many times side by side, among what is legal. */
export function chancePlayers(env: string, seating: Seating, numEnvs: number): VectorPlayers {
  const envs = makeVec(env, { numEnvs, kwargs: { ...seating }, autoresetMode: "same-step" });
  const { n, start = 0 } = envs.singleActionSpace.describe() as { n: number; start?: number };
  const actions = new Int32Array(numEnvs);
  let rng = new Generator(0);
  const pick = (row: number): number => {
    const mask = envs.actionMasks?.subarray(row * n, (row + 1) * n);
    let left = rng.integers(0, mask === undefined ? n : mask.reduce((sum, legal) => sum + legal, 0));
    let action = 0;
    while (mask?.[action] === 0 || left-- > 0) action++;
    return start + action;
  };
  return {
    ...{ env, envOptions: { ...seating }, agent: null, checkpoint: null, envs },
    restart: (seed) => {
      rng = new Generator(seed);
      envs.reset({ seed });
    },
    step: () => {
      for (let row = 0; row < numEnvs; row++) actions[row] = pick(row);
      return envs.step(actions);
    },
    dispose: () => envs.close(),
  };
}
