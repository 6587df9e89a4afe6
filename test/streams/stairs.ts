import { box, defineEnv, proceed, terminate, type VectorEnv } from "gymnasium-js";
import { TestScheduler } from "rxjs/testing";
import { expect } from "vitest";
import type { RolloutStep } from "../../src/streams/index.js";

/**
 * Climbs one step at a time to a drawn goal of 2 to 5; four steps are the limit. Observations are
 * `[height, goal]`; the reward is the action.
 */
export const stairs = defineEnv({
  id: "Stairs-v0",
  observationSpace: box({ low: 0, high: 9, shape: [2], dtype: "int32" }),
  actionSpace: box({ low: 0, high: 9, shape: [1], dtype: "int32" }),
  maxEpisodeSteps: 4,
  init: (rng) => ({ height: 0, goal: rng.integers(2, 6) }),
  step(state, action) {
    state.height++;
    const [reward] = action as Int32Array;
    return state.height === state.goal ? terminate(reward!) : proceed(reward!);
  },
  observe(state, out, offset) {
    out[offset] = state.height;
    out[offset + 1] = state.goal;
  },
});

export function makeStairs(numEnvs = 2): VectorEnv {
  return stairs.makeVec(numEnvs, {}, { autoresetMode: "same-step" });
}

/** Does the observed height plus one: rewards 1, 2, 3, ... along an episode. */
export function heightPlusOne(numEnvs = 2): (observations: ArrayLike<unknown>) => Int32Array {
  const actions = new Int32Array(numEnvs);
  return (observations) => actions.map((_, env) => Number(observations[2 * env]) + 1);
}

/** A step of which only rewards and ends matter; `!` after a reward is a termination, `~` a truncation. */
export function ends(index: number, ...rows: string[]): RolloutStep {
  const blank = new Int32Array(rows.length);
  return {
    index,
    observations: blank,
    actionMasks: null,
    actions: blank,
    next: {
      observations: blank,
      rewards: Float64Array.from(rows, Number.parseFloat),
      terminations: Uint8Array.from(rows, (row) => (row.includes("!") ? 1 : 0)),
      truncations: Uint8Array.from(rows, (row) => (row.includes("~") ? 1 : 0)),
      finalObservations: blank,
      infos: {},
      finalInfos: null,
    },
    nextActionMasks: null,
  };
}

export function marbles(): TestScheduler {
  return new TestScheduler((actual, expected) => expect(actual).toEqual(expected));
}
