import { PerformanceObserver } from "node:perf_hooks";
import { setTimeout } from "node:timers/promises";
import { expect, it } from "vitest";
import {
  box,
  defineEnv,
  discrete,
  proceed,
  terminate,
  VectorNormalizeObservation,
  VectorNormalizeReward,
  VectorRecordEpisodeStatistics,
} from "../src/index.js";

/**
 * Whole numbers only: where V8 does not inline a call it boxes the fractions that go in and out, which differs by its
 * version and is not what is tested here.
 */
const count = defineEnv({
  id: "Count-v0",
  observationSpace: box({ low: 0, high: 100, shape: [4] }),
  actionSpace: discrete(2),
  init: (_rng, _options, previous: { x: number; steps: number } | null) => {
    const state = previous ?? { x: 0, steps: 0 };
    state.x = 0;
    state.steps = 0;
    return state;
  },
  step(state, action) {
    state.x = (7 * state.x + action + 1) % 101;
    return ++state.steps === 50 ? terminate(1) : proceed(action);
  },
  observe(state, out, offset) {
    out[offset] = state.x;
    out[offset + 3] = 100 - state.x;
  },
});

/** How often the garbage collector ran during `work`. */
async function collectionsOf(work: () => void): Promise<number> {
  let collections = 0;
  const observer = new PerformanceObserver((list) => {
    collections += list.getEntries().length;
  });
  observer.observe({ entryTypes: ["gc"] });
  work();
  await setTimeout(20);
  observer.disconnect();
  return collections;
}

/** The least of some runs: code allocates until it is optimised, and other tests may share the process. */
async function fewestCollections(work: () => void): Promise<number> {
  let fewest = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 10 && fewest > 0; run++) fewest = Math.min(fewest, await collectionsOf(work));
  return fewest;
}

// 16 bytes per step would be 32 MB, more than the young generation takes without a collection.
const steps = 2_000_000;
const numEnvs = 32;

it("can tell: a fresh array per step is collected", async () => {
  let sum = 0;
  const allocate = () => {
    for (let t = 0; t < steps; t++) sum += new Float32Array(4).length;
  };
  expect(await fewestCollections(allocate)).toBeGreaterThan(0);
  expect(sum).toBeGreaterThan(0);
});

it("a step of a single environment allocates nothing", async () => {
  const env = count.make();
  env.reset({ seed: 1 });
  const run = () => {
    for (let t = 0; t < steps; t++) if (env.step(t & 1).terminated) env.reset();
  };
  expect(await fewestCollections(run)).toBe(0);
});

it.each(["next-step", "same-step"] as const)(
  "a step of a native vector allocates nothing (%s)",
  async (autoresetMode) => {
    const envs = count.makeVec(numEnvs, {}, { autoresetMode });
    envs.reset({ seed: 1 });
    const actions = new Int32Array(numEnvs).fill(1);
    const run = () => {
      for (let t = 0; t < steps / numEnvs; t++) envs.step(actions);
    };
    expect(await fewestCollections(run)).toBe(0);
  },
);

it.each(["next-step", "same-step"] as const)(
  "a step of vector wrappers allocates nothing but a few bytes per episode (%s)",
  async (autoresetMode) => {
    const envs = new VectorNormalizeReward(
      new VectorNormalizeObservation(
        new VectorRecordEpisodeStatistics(count.makeVec(numEnvs, {}, { autoresetMode })),
      ),
    );
    envs.reset({ seed: 1 });
    const actions = new Int32Array(numEnvs).fill(1);
    const run = () => {
      for (let t = 0; t < steps / numEnvs; t++) envs.step(actions);
    };
    expect(await fewestCollections(run)).toBeLessThanOrEqual(1);
  },
);
