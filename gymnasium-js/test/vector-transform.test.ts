import { describe, expect, it } from "vitest";
import {
  type AutoresetMode,
  box,
  ClipAction,
  ClipReward,
  DtypeObservation,
  defineEnv,
  discrete,
  type Env,
  FilterObservation,
  FlattenObservation,
  GrayscaleObservation,
  infosToList,
  NormalizeObservation,
  NormalizeReward,
  proceed,
  RescaleAction,
  RescaleObservation,
  ReshapeObservation,
  ResizeObservation,
  type Space,
  StickyAction,
  SyncVectorEnv,
  TransformAction,
  TransformObservation,
  TransformReward,
  type TypedArray,
  terminate,
  tuple,
  VectorClipAction,
  VectorClipReward,
  VectorDtypeObservation,
  type VectorEnv,
  VectorFilterObservation,
  VectorFlattenObservation,
  VectorGrayscaleObservation,
  VectorizeTransformAction,
  VectorizeTransformObservation,
  VectorizeTransformReward,
  VectorRescaleAction,
  VectorRescaleObservation,
  VectorReshapeObservation,
  VectorResizeObservation,
  VectorTransformAction,
  VectorTransformObservation,
  VectorTransformReward,
} from "../src/index.js";
import { flashRules } from "./flash.js";
import { problemOf } from "./problem.js";
import { cart, walk } from "./walk.js";

type AnyEnv = Env<never, never>;

interface Case {
  game: { make(): unknown; makeVec(n: number, kwargs: object, options: object): VectorEnv };
  /** Action of sub-environment i at step t; a list for Box actions. */
  action(t: number, i: number): number | number[];
  single(env: AnyEnv): unknown;
  vector(envs: VectorEnv): VectorEnv;
}

const push = (t: number, i: number) => [Math.sin(t * 3 + i) * 2];
const turn = (t: number, i: number) => (t * 5 + i * 3 + (t >> 2)) % 2;
const key = (t: number, i: number) => (t * 5 + i * 3 + (t >> 2)) % 3;
const flash = defineEnv("Flash-v0", () => flashRules({ flight: 2 }));
const double = (x: number) => 2 * x;
const wide = box({ low: -20, high: 20, shape: [2], dtype: "float32" }) as Space<TypedArray>;
const doubled = (x: unknown) => (x as TypedArray).map(double) as TypedArray;
const bounded = defineEnv({
  id: "Bounded-v0",
  observationSpace: box({ low: [0, -4], high: [8, 4], dtype: "float32" }),
  actionSpace: discrete(2),
  init: (rng) => ({ x: rng.integers(0, 3) }),
  step(state, action) {
    state.x += action + 1;
    return state.x > 6 ? terminate(state.x) : proceed(0.5);
  },
  observe(state, out, offset) {
    out[offset] = state.x;
    out[offset + 1] = state.x / 2 - 4;
  },
});

const cases: Record<string, Case> = {
  VectorGrayscaleObservation: {
    game: flash,
    action: key,
    single: (env) => new GrayscaleObservation(env, { keepChannel: true }),
    vector: (envs) => new VectorGrayscaleObservation(envs, { keepChannel: true }),
  },
  VectorResizeObservation: {
    game: flash,
    action: key,
    single: (env) => new ResizeObservation(env, [3, 5]),
    vector: (envs) => new VectorResizeObservation(envs, [3, 5]),
  },
  VectorReshapeObservation: {
    game: flash,
    action: key,
    single: (env) => new ReshapeObservation(env, [8, 30]),
    vector: (envs) => new VectorReshapeObservation(envs, [8, 30]),
  },
  VectorFlattenObservation: {
    game: walk,
    action: turn,
    single: (env) => new FlattenObservation(env),
    vector: (envs) => new VectorFlattenObservation(envs),
  },
  VectorDtypeObservation: {
    game: walk,
    action: turn,
    single: (env) => new DtypeObservation(env, "float64"),
    vector: (envs) => new VectorDtypeObservation(envs, "float64"),
  },
  VectorRescaleObservation: {
    game: bounded,
    action: turn,
    single: (env) => new RescaleObservation(env, { min: -1, max: [1, 2] }),
    vector: (envs) => new VectorRescaleObservation(envs, { min: -1, max: [1, 2] }),
  },
  VectorTransformObservation: {
    game: bounded,
    action: turn,
    single: (env) => new TransformObservation(env as Env, doubled, wide),
    vector: (envs) =>
      new VectorTransformObservation(envs, (batch) => doubled(batch), {
        singleObservationSpace: wide,
        single: doubled,
      }),
  },
  VectorClipAction: {
    game: cart,
    action: push,
    single: (env) => new ClipAction(env),
    vector: (envs) => new VectorClipAction(envs),
  },
  VectorRescaleAction: {
    game: cart,
    action: (t, i) => [push(t, i)[0]! / 2],
    single: (env) => new RescaleAction(env, { min: -2, max: 3 }),
    vector: (envs) => new VectorRescaleAction(envs, { min: -2, max: 3 }),
  },
  VectorTransformAction: {
    game: walk,
    action: turn,
    single: (env) => new TransformAction(env as Env, (action) => 1 - (action as number)),
    vector: (envs) =>
      new VectorTransformAction(envs, (actions) => (actions as Int32Array).map((action) => 1 - action)),
  },
  VectorizeTransformAction: {
    game: walk,
    action: key,
    single: (env) => new TransformAction(env as Env, (action) => (action as number) & 1, discrete(3)),
    vector: (envs) =>
      new VectorizeTransformAction(
        envs,
        (env) => new TransformAction(env as Env, (action) => (action as number) & 1, discrete(3)),
      ),
  },
  VectorTransformReward: {
    game: walk,
    action: turn,
    single: (env) => new TransformReward(env, double),
    vector: (envs) => new VectorTransformReward(envs, double),
  },
  VectorClipReward: {
    game: bounded,
    action: turn,
    single: (env) => new ClipReward(env, { min: 0, max: 6.5 }),
    vector: (envs) => new VectorClipReward(envs, { min: 0, max: 6.5 }),
  },
};

const numEnvs = 3;
const modes: AutoresetMode[] = ["next-step", "same-step", "disabled"];

/** Plays; where nothing resets by itself, resets by mask. */
function play(envs: VectorEnv, action: Case["action"], from: number, steps: number): unknown[] {
  return Array.from({ length: steps }, (_, t) => {
    const actions = Array.from({ length: numEnvs }, (_, i) => action(from + t, i));
    const batch = Array.isArray(actions[0])
      ? Float32Array.from(actions.flat())
      : Int32Array.from(actions.flat());
    const step = envs.step(batch);
    const ended = Array.from(step.terminations, (flag, i) => flag === 1 || step.truncations[i] === 1);
    const { observations, finalObservations } = step;
    const size = observations.length / numEnvs;
    const seen = structuredClone({
      observations,
      current: envs.observations,
      rewards: step.rewards,
      ended,
      infos: step.infos,
      finals: ended.map((one, i) => (one ? finalObservations?.slice(i * size, (i + 1) * size) : null)),
    });
    if (envs.autoresetMode === "disabled" && ended.includes(true)) envs.reset({ mask: ended });
    return seen;
  });
}

describe.each(Object.entries(cases))("%s", (_, { game, action, single, vector }) => {
  const native = (autoresetMode: AutoresetMode) => vector(game.makeVec(numEnvs, {}, { autoresetMode }));

  it.each(modes)("is the wrapper around each sub-environment (%s)", (autoresetMode) => {
    const makeOne = () => single(game.make() as AnyEnv) as Env;
    const sync = new SyncVectorEnv(new Array(numEnvs).fill(makeOne), { autoresetMode });
    const envs = native(autoresetMode);
    expect(envs.singleObservationSpace.describe()).toEqual(sync.singleObservationSpace.describe());
    expect(envs.observationSpace.describe()).toEqual(sync.observationSpace.describe());
    expect(envs.actionSpace.describe()).toEqual(sync.actionSpace.describe());
    const begun = envs.reset({ seed: 8 });
    expect(begun.observations).toEqual(sync.reset({ seed: 8 }).observations);
    expect(envs.observations).toBe(begun.observations);
    const [one, other] = [envs, sync].map((each) => play(each, action, 0, 60));
    expect(one).toEqual(other);
    expect((one as { ended: boolean[] }[]).some(({ ended }) => ended.includes(true))).toBe(true);
  });

  it.each(modes)("restore gives the same future (%s)", (autoresetMode) => {
    const envs = native(autoresetMode);
    envs.reset({ seed: 3 });
    play(envs, action, 0, 20);
    const taken = structuredClone(envs.snapshot());
    const current = structuredClone(envs.observations);
    const future = play(envs, action, 20, 30);
    for (const again of [envs, native(autoresetMode)]) {
      again.restore(taken);
      expect(again.observations).toEqual(current);
      expect(play(again, action, 20, 30)).toEqual(future);
    }
  });

  it("keeps what it gave whole during the next call", () => {
    const envs = native("same-step");
    let kept: unknown = envs.reset({ seed: 1 }).observations;
    let copy = structuredClone(kept);
    for (let t = 0; t < 20; t++) {
      const actions = Array.from({ length: numEnvs }, (_, i) => action(t, i)).flat();
      const { observations, rewards, finalObservations } = envs.step(
        game === cart ? Float32Array.from(actions) : Int32Array.from(actions),
      );
      expect(kept).toEqual(copy);
      kept = [observations, rewards, finalObservations];
      copy = structuredClone(kept);
    }
  });
});

it("VectorFilterObservation shows members of Tuples", () => {
  const pair = tuple([discrete(9), discrete(3)]) as Space<unknown>;
  const paired = (env: Env) =>
    new TransformObservation(env, (observation) => [observation, (observation as number) % 3], pair) as Env;
  const inner = () => new SyncVectorEnv(new Array(2).fill(() => paired(walk.make() as Env)));
  const envs = new VectorFilterObservation(inner(), [1]);
  const one = new FilterObservation(paired(walk.make() as Env), [1]);
  expect(envs.singleObservationSpace.describe()).toEqual(one.observationSpace.describe());
  envs.reset({ seed: 5 });
  one.reset({ seed: 5 });
  for (let t = 0; t < 2; t++) {
    const [column] = envs.step([1, 1]).observations as [ArrayLike<number>];
    expect([column[0]]).toEqual(one.step(1).observation);
  }
  expect(problemOf(() => new VectorFilterObservation(inner(), [2])).code).toBe("invalid-options");
});

it("actions of steps that reset are ignored, others refused", () => {
  const envs = new VectorizeTransformAction(
    walk.makeVec(2, {}, { autoresetMode: "next-step" }),
    (env) => new TransformAction(env as Env, (action) => (action as number) & 1, discrete(3)),
  );
  expect(problemOf(() => envs.step([0, 0])).code).toBe("reset-needed");
  envs.reset({ seed: 1 });
  expect(problemOf(() => envs.step([0, 3])).message).toContain("sub-environment 1");
  let step = envs.step([1, 1]);
  while (step.terminations[0] === 0 && step.truncations[0] === 0) step = envs.step([1, 0]);
  expect([step.terminations[1], step.truncations[1]]).toEqual(step.truncations[0] === 1 ? [0, 1] : [0, 0]);
  const again = envs.step(step.truncations[1] === 1 ? [7, 7] : [7, 0]);
  expect(again.rewards[0]).toBe(0);
  expect(problemOf(() => envs.step([7, 0])).code).toBe("invalid-action");
  expect(envs.actionMasks).toBeNull();
});

it("refuses wrappers that remember, of other kinds, or that play", () => {
  const envs = walk.makeVec(2, {}, {});
  const refusals = [
    () => new VectorizeTransformObservation(envs, (env) => new NormalizeObservation(env as Env)),
    () => new VectorizeTransformObservation(envs, (env) => new ClipReward(env, { min: 0 })),
    () => new VectorizeTransformAction(envs, (env) => new StickyAction(env, 0.5)),
    () => new VectorizeTransformReward(envs, (env) => new NormalizeReward(env)),
    () => new VectorizeTransformReward(envs, () => null),
    () =>
      new VectorTransformObservation(walk.makeVec(2, {}, { autoresetMode: "same-step" }), (batch) => batch),
  ];
  for (const refusal of refusals) expect(problemOf(refusal).code).toBe("invalid-options");
  expect(problemOf(refusals[0]!).message).toContain("the wrapper is NormalizeObservation");
  const playing = () =>
    new VectorizeTransformObservation(envs, (env) => {
      env.reset();
      return null;
    });
  expect(problemOf(playing).code).toBe("unsupported");
});

it("infosToList gives each sub-environment what it said", () => {
  const infos = {
    draw: { values: [0.5, 0, 0.25], mask: [true, false, true] },
    episode: { values: [null, { r: 1 }, null], mask: [false, true, false] },
  };
  expect(infosToList(infos, 3)).toEqual([{ draw: 0.5 }, { episode: { r: 1 } }, { draw: 0.25 }]);
  expect(infosToList(walk.makeVec(2).reset().infos, 2)).toEqual([
    { draw: 0, episodes: 1 },
    { draw: 0, episodes: 1 },
  ]);
  expect(infosToList({}, 1)).toEqual([{}]);
});
