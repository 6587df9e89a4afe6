import {
  type AutoresetMode,
  type Batch,
  box,
  defineEnv,
  discrete,
  type Env,
  Generator,
  multiDiscrete,
  proceed,
  RulesEnv,
  type Space,
  SyncVectorEnv,
  terminate,
  type VectorEnv,
  type VectorStep,
} from "gymnasium-js";
import { testEnv, testVectorEnv } from "ludus/testing";
import { describe, expect, test } from "vitest";
import { failuresOf, run, withMembers } from "./results.js";

/** Walks on 0..9 by drawn lengths; ends at 9. */
const walk = defineEnv({
  id: "Walk-v0",
  observationSpace: discrete(10),
  actionSpace: discrete(2),
  maxEpisodeSteps: 12,
  init: (rng) => ({ position: rng.integers(0, 4) }),
  step(state, action: number, rng) {
    state.position = Math.min(9, state.position + (action === 1 ? rng.integers(0, 3) : 0));
    return state.position === 9 ? terminate(1) : proceed(0);
  },
  observe(state, out, offset) {
    out[offset] = state.position;
  },
  info: (state) => (state.position % 2 === 0 ? { even: state.position } : {}),
});

function envFailures(makeEnv: () => object): Record<string, string> {
  return failuresOf(run((test) => testEnv(makeEnv as () => Env, { test, steps: 60 })));
}

/** A Walk some of whose members are replaced. */
const changed = (change: (env: Env) => Partial<Env>) => () =>
  withMembers(walk.make() as unknown as Env, change);

describe("testEnv", () => {
  test("passes an environment that keeps the contract, and names each part", () => {
    const results = run((test) => testEnv(() => walk.make() as unknown as Env, { test, name: "walk" }));
    expect(Object.keys(results)).toEqual([
      "walk keeps the rules of Env",
      "walk plays the same for the same seed",
      "walk plays otherwise for another seed",
      "walk stays within its observation space",
      "walk goes on identically from a snapshot",
      "walk refuses a step before reset",
      "walk refuses actions outside its space",
    ]);
    expect(failuresOf(results)).toEqual({});
  });

  test.each([
    ["MultiDiscrete from below 0", multiDiscrete([3, 2], { start: [-1, -1] })],
    ["MultiDiscrete beyond 32 bits", multiDiscrete([2 ** 40], { wide: true })],
    ["int64 Box", box({ low: -5, high: 5, shape: [2], dtype: "int64" })],
  ] as [string, Space<unknown>][])("passes an environment whose actions are a %s", (_, actionSpace) => {
    const rules = { ...walk.rules({}), actionSpace, step: () => proceed(0) };
    expect(envFailures(() => new RulesEnv(rules as never))).toEqual({});
  });

  test("finds randomness from elsewhere", () => {
    const elsewhere = new Generator(3);
    const makeEnv = changed((env) => ({
      step: (action) => ({ ...env.step(action), reward: elsewhere.random() }),
    }));
    expect(envFailures(makeEnv)["plays the same for the same seed"]).toMatch(
      /^Seed 0, another instance, event 1: found/,
    );
  });

  test("finds that seeds make no difference", () => {
    const makeEnv = changed((env) => ({ reset: () => env.reset({ seed: 5 }) }));
    expect(envFailures(makeEnv)["plays otherwise for another seed"]).toContain(
      "15 seeds gave the same play of 60 steps",
    );
  });

  test("an environment without randomness need not differ", () => {
    const still = defineEnv({
      ...walk.rules(),
      id: "Still-v0",
      init: () => ({ position: 0 }),
      step: () => proceed(0),
    });
    expect(failuresOf(run((test) => testEnv(() => still.make() as unknown as Env, { test })))).toEqual({});
  });

  test("finds observations outside the space", () => {
    const makeEnv = changed((env) => ({ step: (action) => ({ ...env.step(action), observation: 10 }) }));
    const failures = envFailures(makeEnv);
    expect(failures["stays within its observation space"]).toMatch(
      /the observation 10 is outside the space .*Discrete/,
    );
    expect(failures["keeps the rules of Env"]).toContain("outside its space Discrete(10)");
  });

  test("finds a snapshot that forgets the generator", () => {
    const makeEnv = changed((env) => ({
      restore(snapshot) {
        env.restore(snapshot);
        env.rng.random();
      },
    }));
    expect(Object.keys(envFailures(makeEnv))).toEqual([
      "keeps the rules of Env",
      "goes on identically from a snapshot",
    ]);
  });

  test("finds that a step before reset, or a wrong action, is let through", () => {
    const makeEnv = changed((env) => ({
      step(action) {
        if (env.rng.state.state === new Generator(0).state.state) env.reset();
        return env.step(typeof action === "number" && action > 1 ? 1 : action);
      },
    }));
    const failures = envFailures(makeEnv);
    expect(failures["refuses a step before reset"]).toBe(
      'A step before reset was let through, expected a GymnasiumError with the code "reset-needed".',
    );
    expect(failures["refuses actions outside its space"]).toContain("The action 2 was let through");
  });

  test("skips a part with its reason, and never without one", () => {
    const makeEnv = () => walk.make() as unknown as Env;
    const skip = { snapshot: "lives in another process" };
    const results = run((test) => testEnv(makeEnv, { test, skip }));
    expect(failuresOf(results)).toEqual({
      "goes on identically from a snapshot": "skipped: lives in another process",
    });
    expect(() => testEnv(makeEnv, { test: () => {}, skip: { order: " " } })).toThrow(
      'The part "order" is skipped without a reason',
    );
    const misspelt = { snapshots: "x" } as object;
    expect(() => testEnv(makeEnv, { test: () => {}, skip: misspelt })).toThrow(
      'There is no part "snapshots" to skip',
    );
  });
});

type ChangeStep = (step: VectorStep, envs: VectorEnv) => Partial<VectorStep>;

/** A vector of Walks whose steps are changed. */
function changedVector(change: ChangeStep): (numEnvs: number, mode: AutoresetMode) => VectorEnv {
  return (numEnvs, autoresetMode) => {
    const makeOne = () => walk.make() as unknown as Env;
    const envs = new SyncVectorEnv(new Array<() => Env>(numEnvs).fill(makeOne), { autoresetMode });
    const step = envs.step.bind(envs);
    envs.step = (actions: Batch) => {
      const result = step(actions);
      const { observations, rewards, terminations, truncations, finalObservations, finalInfos, infos } =
        result;
      const plain = {
        observations,
        rewards,
        terminations,
        truncations,
        finalObservations,
        finalInfos,
        infos,
      };
      return { ...plain, ...change(result, envs) };
    };
    return envs;
  };
}

function vectorFailures(
  makeVec: (numEnvs: number, mode: AutoresetMode) => VectorEnv,
): Record<string, string> {
  const makeEnv = () => walk.make() as unknown as Env;
  return failuresOf(run((test) => testVectorEnv(makeVec, { test, makeEnv, steps: 60 })));
}

describe("testVectorEnv", () => {
  test("passes native and sync vectors", () => {
    expect(vectorFailures((numEnvs, autoresetMode) => walk.makeVec(numEnvs, {}, { autoresetMode }))).toEqual(
      {},
    );
    expect(vectorFailures(changedVector(() => ({})))).toEqual({});
  });

  test("finds truncation that is lost", () => {
    const failures = vectorFailures(
      changedVector(({ truncations }) => ({ truncations: truncations.slice().fill(0) })),
    );
    expect(failures["equals single environments in same-step mode"]).toContain('"truncated":true');
    expect(failures["equals single environments in next-step mode"]).toContain(
      "Seed 0, next-step mode, event",
    );
  });

  test("finds final observations that are those after the reset", () => {
    const failures = vectorFailures(
      changedVector(({ observations, finalObservations }) => ({
        finalObservations: finalObservations === null ? null : observations,
      })),
    );
    expect(Object.keys(failures)).toEqual(["equals single environments in same-step mode"]);
  });

  test("finds infos under the wrong sub-environment", () => {
    const failures = vectorFailures(
      changedVector(({ infos }) => ({
        infos: Object.fromEntries(
          Object.entries(infos).map(([key, { values, mask }]) => [
            key,
            { values, mask: [...mask].reverse() },
          ]),
        ),
      })),
    );
    expect(failures["equals single environments in disabled mode"]).toContain("even");
  });

  test("finds rewards that differ, and arrays that the next call overwrites", () => {
    const failures = vectorFailures(
      changedVector(({ rewards }) => ({ rewards: rewards.map((reward) => reward + 0.001) })),
    );
    expect(Object.keys(failures)).toEqual([
      "equals single environments in next-step mode",
      "equals single environments in same-step mode",
      "equals single environments in disabled mode",
    ]);
    const only = new Int32Array(3);
    const overwriting = changedVector(({ observations }) => {
      only.set(observations as Int32Array);
      return { observations: only };
    });
    expect(vectorFailures(overwriting)["keeps its arrays whole during the next call"]).toContain(
      "changed what the call before it gave",
    );
  });
});
