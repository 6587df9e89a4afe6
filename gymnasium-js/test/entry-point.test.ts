import { expect, it } from "vitest";
import {
  box,
  defineEnv,
  discrete,
  EntryPointVectorEnv,
  type EnvRules,
  Generator,
  type make,
  makeVec,
  NativeVectorEnv,
  proceed,
  register,
  terminate,
} from "../src/index.js";
import { problemOf } from "./problem.js";
import { walk } from "./walk.js";

interface PairState {
  a: number;
  b: number;
}

/** Two numbers, drawn at reset. Action 1 ends the episode; the reward is no float32. */
function pairRules(): EnvRules<PairState, Float64Array, number> {
  const highOf = (options: Record<string, unknown> | undefined) => (options?.["high"] as number) ?? 1;
  return {
    id: "Pair-v0",
    observationSpace: box({ low: 0, high: 8, shape: [2], dtype: "float64" }),
    actionSpace: discrete(2),
    maxEpisodeSteps: 5,
    init: (rng, options) => ({ a: rng.uniform(0, highOf(options)), b: rng.uniform(0, highOf(options)) }),
    initBatch(rng, options, previous) {
      const states = previous.map((state) => state ?? { a: 0, b: 0 });
      for (const key of ["a", "b"] as const) {
        for (const state of states) state[key] = rng.uniform(0, highOf(options));
      }
      return states;
    },
    step: (_, action) => (action === 1 ? terminate(0.1) : proceed(0.1)),
    observe(state, out, offset) {
      out[offset] = state.a;
      out[offset + 1] = state.b;
    },
  };
}

const pairs = (numEnvs: number) => new EntryPointVectorEnv(pairRules(), { numEnvs });

/** `count` draws of one generator on [0, high), as rows of the two numbers of each sub-environment. */
function drawTogether(rng: Generator, count: number, high = 1): number[][] {
  const [a, b] = [0, 1].map(() => Array.from({ length: count }, () => rng.uniform(0, high)));
  return a!.map((first, i) => [first, b![i]!]);
}

const rowsOf = (batch: ArrayLike<unknown>) =>
  Array.from({ length: batch.length / 2 }, (_, i) => [batch[2 * i], batch[2 * i + 1]]);

it("draws initial states together, and again those of all that ended, in the step that resets them", () => {
  const envs = pairs(3);
  const rng = new Generator(7);
  const rows = drawTogether(rng, 3);
  expect(rowsOf(envs.reset({ seed: 7 }).observations)).toEqual(rows);
  const end = envs.step([1, 0, 1]);
  expect([[...end.terminations], [...end.rewards]]).toEqual([[1, 0, 1], [0.1, 0.1, 0.1].map(Math.fround)]);
  expect(rowsOf(end.observations)).toEqual(rows);
  const [first, third] = drawTogether(rng, 2);
  const begun = envs.step([0, 0, 0]);
  expect(rowsOf(begun.observations)).toEqual([first, rows[1], third]);
  expect([[...begun.terminations], [...begun.rewards]]).toEqual([[0, 0, 0], [0, 0.1, 0].map(Math.fround)]);
  for (let t = 3; t <= 5; t++) envs.step([0, 0, 0]);
  expect([...envs.step([0, 0, 0]).truncations]).toEqual([0, 0, 0]);
  expect([...envs.step([0, 0, 0]).truncations]).toEqual([1, 0, 1]);
});

it("keeps the options of the last reset, and takes a mask", () => {
  const envs = pairs(2);
  const rng = new Generator(3);
  envs.reset({ seed: 3, options: { high: 8 } });
  const [kept] = drawTogether(rng, 2, 8);
  envs.step([0, 1]);
  const [second] = drawTogether(rng, 1, 8);
  expect(rowsOf(envs.step([0, 0]).observations)).toEqual([kept, second]);
  const [third] = drawTogether(rng, 1);
  expect(rowsOf(envs.reset({ mask: [false, true] }).observations)).toEqual([kept, third]);
  const [reseeded] = drawTogether(new Generator(5), 1);
  expect(rowsOf(envs.reset({ seed: 5, mask: [true, false] }).observations)).toEqual([reseeded, third]);
});

it("seeds with 0 if nobody seeds, and goes on with the generator at a reset without a seed", () => {
  const envs = pairs(2);
  const rng = new Generator(0);
  expect(rowsOf(envs.reset().observations)).toEqual(drawTogether(rng, 2));
  expect(rowsOf(envs.reset().observations)).toEqual(drawTogether(rng, 2));
});

it("restore gives the same future, in the same and in a new one", () => {
  const envs = pairs(3);
  const play = (one: EntryPointVectorEnv<PairState, Float64Array, number>) =>
    Array.from({ length: 12 }, (_, t) => {
      const step = one.step([Number(t % 3 === 0), Number(t % 4 === 1), 0]);
      return [[...step.observations], [...step.rewards], [...step.terminations], [...step.truncations]];
    });
  envs.reset({ seed: 4, options: { high: 2 } });
  play(envs);
  const taken = structuredClone(envs.snapshot());
  const future = play(envs);
  for (const again of [envs, pairs(3)]) {
    again.restore(taken);
    expect(play(again)).toEqual(future);
  }
  const fresh = pairs(3);
  fresh.restore(pairs(3).snapshot());
  expect(problemOf(() => fresh.step([0, 0, 0])).code).toBe("reset-needed");
});

it("refuses what Gymnasium's vector classes do not know", () => {
  const envs = pairs(2);
  expect(problemOf(() => envs.reset({ seed: [1, 2] }))).toMatchObject({
    code: "invalid-seed",
    message: expect.stringContaining("share a generator"),
  });
  envs.reset({ seed: 1 });
  envs.step([1, 0]);
  const before = envs.snapshot();
  expect(problemOf(() => envs.step([0, 2])).code).toBe("invalid-action");
  expect(envs.snapshot()).toEqual(before);
  const native = new NativeVectorEnv(pairRules(), { numEnvs: 2 });
  native.reset();
  expect(problemOf(() => envs.restore(native.snapshot())).message).toContain("(native, next-step)");
  expect(problemOf(() => native.restore(before)).message).toContain("(entry-point, next-step)");
  for (const autoresetMode of ["same-step", "disabled"] as const) {
    const make = () => new EntryPointVectorEnv(pairRules(), { numEnvs: 2, autoresetMode });
    expect(problemOf(make)).toMatchObject({
      code: "unsupported",
      message: expect.stringContaining(autoresetMode),
    });
  }
});

it("is a mode of makeVec, for rules that have it", () => {
  register(defineEnv(pairRules()), walk);
  const vectorizationMode = "entry-point";
  const envs = makeVec("Pair-v0", { numEnvs: 2, vectorizationMode, maxEpisodeSteps: 2 });
  expect(rowsOf(envs.reset({ seed: 9 }).observations)).toEqual(drawTogether(new Generator(9), 2));
  envs.step([0, 0]);
  expect([...envs.step([0, 0]).truncations]).toEqual([1, 1]);
  expect(problemOf(() => makeVec("Walk-v1", { vectorizationMode }))).toMatchObject({
    code: "unsupported",
    message:
      'Walk-v1 has no vector entry point, because its rules have no initBatch: use vectorizationMode "native" or "sync".',
  });
  const wrappers = (env: ReturnType<typeof make>) => env;
  expect(problemOf(() => makeVec("Pair-v0", { vectorizationMode, wrappers })).message).toContain(
    "wrappers work on single environments",
  );
  expect(problemOf(() => makeVec("Pair-v0", { vectorizationMode: "async" as "sync" }))).toMatchObject({
    code: "invalid-options",
    message: 'vectorizationMode is "async", expected "native", "sync", "entry-point".',
  });
});
