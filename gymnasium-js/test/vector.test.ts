import { describe, expect, it } from "vitest";
import {
  type AutoresetMode,
  BaseEnv,
  type Batch,
  box,
  dict,
  discrete,
  iterate,
  multiDiscrete,
  NativeVectorEnv,
  proceed,
  type Space,
  SyncVectorEnv,
  text,
  type VectorEnv,
  type VectorStep,
} from "../src/index.js";
import { problemOf } from "./problem.js";
import { cart, WalkClass, walk, walkRules } from "./walk.js";

const modes: AutoresetMode[] = ["next-step", "same-step", "disabled"];

function pair(numEnvs: number, autoresetMode: AutoresetMode): [string, VectorEnv][] {
  const sync = () =>
    new SyncVectorEnv(
      new Array(numEnvs).fill(() => walk.make()),
      { autoresetMode },
    );
  return [
    ["native", walk.makeVec(numEnvs, {}, { autoresetMode })],
    ["sync", sync()],
  ];
}

/** Actions by a fixed formula: mostly to the right, so that episodes end both ways. */
function actionsOf(step: number, numEnvs: number): Int32Array {
  return Int32Array.from({ length: numEnvs }, (_, i) => ((step * 7 + i * 3) % 5 === 0 ? 0 : 1));
}

function record(step: VectorStep, envs: VectorEnv): unknown {
  const { rewards, terminations, truncations, finalObservations, finalInfos, infos } = step;
  const ended = [...terminations].map((flag, i) => flag === 1 || truncations[i] === 1);
  return {
    observations: [...step.observations],
    masks: [...(envs.actionMasks ?? [])],
    rewards: [...rewards],
    terminations: [...terminations],
    truncations: [...truncations],
    finals: finalObservations === null ? null : ended.map((one, i) => (one ? finalObservations[i] : null)),
    finalInfos: structuredClone(finalInfos),
    infos: structuredClone(infos),
  };
}

function play(envs: VectorEnv, steps: number): unknown[] {
  const seen: unknown[] = [];
  for (let t = 0; t < steps; t++) {
    const step = envs.step(actionsOf(t, envs.numEnvs));
    seen.push(record(step, envs));
    const mask = step.terminations.map((flag, i) => flag | (step.truncations[i] as number));
    if (envs.autoresetMode === "disabled" && mask.includes(1)) {
      const { observations, infos } = envs.reset({ mask });
      seen.push([...observations], structuredClone(infos), [...(envs.actionMasks ?? [])]);
    }
  }
  return seen;
}

describe.each(modes)("autoreset %s", (mode) => {
  it("gives the same numbers native and sync", () => {
    const runs = pair(5, mode).map(([, envs]) => {
      const { observations, infos } = envs.reset({ seed: 40 });
      return [[...observations], structuredClone(infos), ...play(envs, 120)];
    });
    expect(runs[0]).toEqual(runs[1]);
    expect(JSON.stringify(runs[0])).toContain('"terminations":[1');
    expect(JSON.stringify(runs[0])).toMatch(/"truncations":\[[01,]*1/);
  });

  it("gives each sub-environment what it would see alone", () => {
    const envs = walk.makeVec(3, {}, { autoresetMode: mode });
    const alone = [7, 8, 9].map((seed) => {
      const env = walk.make();
      env.reset({ seed });
      return env;
    });
    envs.reset({ seed: 7 });
    const resets = [0, 0, 0];
    const due = [false, false, false];
    for (let t = 0; t < 100; t++) {
      const actions = actionsOf(t, 3);
      const step = envs.step(actions);
      alone.forEach((env, i) => {
        if (due[i] && mode === "next-step") {
          expect([step.observations[i], step.rewards[i]]).toEqual([env.reset().observation, 0]);
          due[i] = false;
          return;
        }
        const { observation, reward, terminated, truncated } = env.step(actions[i] as number);
        expect(step.rewards[i]).toBe(reward);
        expect([step.terminations[i], step.truncations[i]]).toEqual([Number(terminated), Number(truncated)]);
        const ended = terminated || truncated;
        if (ended) (resets[i] as number)++;
        if (ended && mode === "same-step") {
          expect(step.finalObservations?.[i]).toBe(observation);
          expect(step.observations[i]).toBe(env.reset().observation);
        } else {
          expect(step.observations[i]).toBe(observation);
          due[i] = ended;
        }
      });
      if (mode === "disabled" && due.includes(true)) {
        const { observations } = envs.reset({ mask: due });
        alone.forEach((env, i) => {
          if (due[i]) expect(observations[i]).toBe(env.reset().observation);
          due[i] = false;
        });
      }
    }
    expect(Math.min(...resets)).toBeGreaterThan(2);
  });

  it.each(["native", "sync"])("%s: restore gives the same future", (kind) => {
    const make = () => pair(4, mode).find(([name]) => name === kind)?.[1] as VectorEnv;
    const envs = make();
    envs.reset({ seed: 3 });
    play(envs, 30);
    const taken = envs.snapshot();
    const kept = structuredClone(taken);
    const acted = [...envs.observations];
    const future = play(envs, 50);
    expect(taken).toEqual(kept);
    for (const again of [envs, make()]) {
      again.restore(taken);
      expect([...again.observations]).toEqual(acted);
      expect(play(again, 50)).toEqual(future);
    }
  });

  it.each(pair(3, mode))("%s: keeps arrays until the second following call", (_, envs) => {
    const first = envs.reset({ seed: 1 }).observations;
    const kept = [...first];
    const step = envs.step(actionsOf(1, 3));
    expect([...first]).toEqual(kept);
    const keptStep = [[...step.observations], [...step.rewards], [...step.terminations]];
    if (!envs.observations) throw new Error("unreachable");
    envs.step(actionsOf(1, 3));
    expect([[...step.observations], [...step.rewards], [...step.terminations]]).toEqual(keptStep);
    expect(envs.step(actionsOf(1, 3))).toBe(step);
  });

  it.each(pair(2, mode))("%s: refuses what is wrong, and then nothing has happened", (_, envs) => {
    expect(problemOf(() => envs.step([0, 0])).code).toBe("reset-needed");
    expect(problemOf(() => envs.observations).code).toBe("reset-needed");
    expect(problemOf(() => envs.reset({ mask: [true, false] })).code).toBe("reset-needed");
    envs.reset({ seed: 1 });
    const before = envs.snapshot();
    const problem = problemOf(() => envs.step([0, 2]));
    expect(problem.code).toBe("invalid-action");
    expect(problem.message).toContain("sub-environment 1: action 2 is outside the action space Discrete(2)");
    for (const actions of [
      [0, 0.5],
      [0, Number.NaN],
      [Number.NaN, -1],
      [1, "1"],
    ]) {
      expect(problemOf(() => envs.step(actions)).code).toBe("invalid-action");
    }
    expect(problemOf(() => envs.step([0])).message).toContain("has 1 values, expected 2");
    expect(envs.snapshot()).toEqual(before);
    expect(problemOf(() => envs.reset({ mask: [false, false] })).code).toBe("invalid-options");
    expect(problemOf(() => envs.reset({ mask: [true] })).code).toBe("invalid-options");
    expect(problemOf(() => envs.reset({ seed: [1] })).code).toBe("invalid-seed");
    expect(problemOf(() => envs.reset({ seed: -1 })).code).toBe("invalid-seed");
    expect(problemOf(() => envs.restore({})).code).toBe("invalid-snapshot");
    envs.close();
    expect(problemOf(() => envs.step([0, 0])).code).toBe("closed");
  });
});

describe.each(pair(4, "next-step"))("%s", (_, envs) => {
  it("takes a seed for all, seeds for some, or none", () => {
    const single = (seed: number) => walk.make().reset({ seed }).observation;
    const seeded = [...envs.reset({ seed: 20 }).observations];
    expect(seeded).toEqual([20, 21, 22, 23].map(single));
    const some = [...envs.reset({ seed: [5, null, 6, null] }).observations];
    expect([some[0], some[2]]).toEqual([5, 6].map(single));
    const second = walk.make();
    second.reset({ seed: 21 });
    expect(some[1]).toBe(second.reset().observation);
  });

  it("seeds sub-environment i with i if nobody seeds", () => {
    const fresh =
      envs.constructor === NativeVectorEnv
        ? walk.makeVec(4)
        : new SyncVectorEnv(new Array(4).fill(() => walk.make()));
    const unseeded = [...fresh.reset().observations];
    expect(unseeded).toEqual([...walk.makeVec(4).reset({ seed: 0 }).observations]);
  });

  it("hands options to each", () => {
    expect([...envs.reset({ options: { start: 4 } }).observations]).toEqual([4, 4, 4, 4]);
  });

  it("batches the spaces", () => {
    expect(envs.actionSpace.describe()).toMatchObject({ type: "MultiDiscrete", nvec: [2, 2, 2, 2] });
    expect(envs.observationSpace.contains(envs.reset().observations)).toBe(true);
  });

  it("builds infos on first read, and says so when they are read too late", () => {
    envs.reset({ seed: 0 });
    const step = envs.step(actionsOf(1, 4));
    const { infos } = step;
    expect(infos["draw"]?.mask).toEqual([true, true, true, true]);
    expect(step.infos).toBe(infos);
    const unread = envs.step(actionsOf(2, 4));
    envs.step(actionsOf(3, 4));
    expect(problemOf(() => unread.infos).code).toBe("stale-infos");
  });
});

describe("autoreset", () => {
  it("next-step: the step after an end ignores its action and resets", () => {
    const envs = walk.makeVec(2, { slip: 0 });
    envs.reset({ options: { start: 7 } });
    expect([...envs.step([1, 0]).terminations]).toEqual([1, 0]);
    const step = envs.step([99, 0]);
    expect([...step.rewards]).toEqual([0, -0.125]);
    expect([...step.terminations, ...step.truncations]).toEqual([0, 0, 0, 0]);
    expect(step.infos["episodes"]?.values).toEqual([2, 1]);
  });

  it("same-step: gives the last observation and info apart, and those of the new episode", () => {
    const envs = walk.makeVec(2, { slip: 0 }, { autoresetMode: "same-step" });
    envs.reset({ options: { start: 7 } });
    const step = envs.step([1, 0]);
    expect(step.finalObservations?.[0]).toBe(8);
    expect(step.finalInfos).toEqual([{ draw: expect.any(Number), episodes: 1 }, null]);
    expect(step.infos["episodes"]?.values).toEqual([2, 1]);
    expect([...(envs.actionMasks ?? [])].slice(0, 2)).toEqual([1, 1]);
    expect(envs.step([1, 0]).finalInfos).toEqual([null, null]);
  });

  it("disabled: refuses to step what has ended, until it is reset by mask", () => {
    const envs = walk.makeVec(2, { slip: 0 }, { autoresetMode: "disabled" });
    envs.reset({ options: { start: 7 } });
    envs.step([0, 1]);
    const problem = problemOf(() => envs.step([0, 0]));
    expect(problem.code).toBe("reset-needed");
    expect(problem.message).toContain("sub-environment 1 has ended");
    const { observations, infos } = envs.reset({ mask: Uint8Array.of(0, 1), options: { start: 2 } });
    expect([...observations]).toEqual([6, 2]);
    expect(infos["episodes"]).toEqual({ values: [0, 2], mask: [false, true] });
    expect([...envs.step([0, 0]).observations]).toEqual([5, 1]);
  });
});

describe("other spaces", () => {
  it("Box actions and observations lie flat", () => {
    const native = cart.makeVec(3);
    const sync = new SyncVectorEnv(new Array(3).fill(() => cart.make()));
    for (const envs of [native, sync]) {
      expect(envs.reset({ seed: 6 }).observations).toBeInstanceOf(Float32Array);
      expect(envs.actionMasks).toBeNull();
    }
    for (let t = 0; t < 60; t++) {
      const actions = Float32Array.of(1, Math.sin(t), -0.25);
      const [a, b] = [native.step(actions), sync.step(actions)];
      expect(a.observations).toEqual(b.observations);
      expect([...a.rewards, ...a.terminations]).toEqual([...b.rewards, ...b.terminations]);
      expect(a.infos).toEqual({});
    }
    expect(problemOf(() => native.step(Float32Array.of(0, 0))).message).toContain("has 2 values, expected 3");
    expect(problemOf(() => native.step(Float32Array.of(0, Number.NaN, 0))).message).toContain(
      "sub-environment 1",
    );
  });

  it("anything goes through sync", () => {
    class Echo extends BaseEnv<string, number> {
      readonly observationSpace = text({ maxLength: 4 });
      readonly actionSpace = discrete(3);
      reset(options?: { seed?: number }) {
        this.reseed(options?.seed);
        return { observation: "new", info: {} };
      }
      step(action: number) {
        return {
          observation: "abc".slice(0, action),
          reward: action,
          terminated: action === 2,
          truncated: false,
          info: {},
        };
      }
    }
    const envs = new SyncVectorEnv([() => new Echo(), () => new Echo()], { autoresetMode: "same-step" });
    expect(envs.reset().observations).toEqual(["new", "new"]);
    const step = envs.step([1, 2] as Batch);
    expect(step.observations).toEqual(["a", "new"]);
    expect(step.finalObservations?.[1]).toBe("ab");
    expect(problemOf(() => envs.snapshot()).code).toBe("unsupported");
  });

  it.each([
    ["MultiDiscrete", multiDiscrete([3, 2], { start: [-1, 4] })],
    ["MultiDiscrete beyond 32 bits", multiDiscrete([2 ** 40], { wide: true })],
    ["Discrete beyond 32 bits", discrete(2 ** 40)],
    ["int64 Box", box({ low: -5, high: 5, shape: [2], dtype: "int64" })],
    ["Dict", dict({ a: discrete(2), b: box({ low: 0, high: 1, shape: [2] }) })],
  ] as [string, Space<unknown>][])("take actions of %s as the batched space draws them", (_, actionSpace) => {
    const taken: unknown[] = [];
    class Taking extends BaseEnv<number, unknown> {
      override readonly observationSpace = discrete(2);
      override readonly actionSpace = actionSpace;
      override reset() {
        return { observation: 0, info: {} };
      }
      override step(action: unknown) {
        taken.push(action);
        return { observation: 1, reward: 0, terminated: false, truncated: false, info: {} };
      }
    }
    const envs = new SyncVectorEnv([() => new Taking(), () => new Taking(), () => new Taking()]);
    envs.reset();
    const drawn = envs.actionSpace.sample();
    envs.step(drawn as Batch);
    expect(taken).toEqual(iterate(actionSpace, drawn));
    envs.step(iterate(actionSpace, drawn));
    expect(taken.slice(3)).toEqual(taken.slice(0, 3));
    for (const wrong of [undefined, 3, {}, new BigInt64Array(1)]) {
      expect(problemOf(() => envs.step(wrong as never)).code).toBe("invalid-action");
    }
  });

  it("refuses sub-environments of different spaces", () => {
    const other = () => walk.make({ length: 5 });
    expect(problemOf(() => new SyncVectorEnv([() => walk.make(), other])).code).toBe("invalid-options");
  });
});

describe("bad rules and classes", () => {
  it("a reward that is not finite is named", () => {
    const envs = new NativeVectorEnv({ ...walkRules(), step: () => proceed(Number.NaN) }, { numEnvs: 2 });
    envs.reset();
    expect(problemOf(() => envs.step([0, 0]))).toMatchObject({ code: "invalid-reward" });
  });

  it("an observation outside its space is named, whichever sub-environment gave it", () => {
    const size = 40;
    const envs = new NativeVectorEnv(
      {
        id: "Leak-v0",
        observationSpace: box({ low: 0, high: 1, shape: [size] }),
        actionSpace: discrete(3),
        init: () => ({ x: 0 }),
        step(state, action) {
          state.x = action;
          return proceed(0);
        },
        observe(state, out, offset) {
          out.fill(state.x, offset, offset + size);
        },
      },
      { numEnvs: 4 },
    );
    envs.reset();
    let steps = 0;
    const problem = problemOf(() => {
      for (; steps < 10; steps++) envs.step([0, 1, 2, 1]);
    });
    expect(problem.code).toBe("invalid-observation");
    expect(steps).toBeLessThan(4);
  });

  it("an observation of another length is named, and does not end up in a neighbour's row", () => {
    class Telling extends BaseEnv<Float32Array, number> {
      override readonly observationSpace = box({ low: 0, high: 1, shape: [2] });
      override readonly actionSpace = discrete(2);
      constructor(private readonly told: Float32Array) {
        super();
      }
      override reset(options?: { seed?: number }) {
        this.reseed(options?.seed);
        return { observation: Float32Array.of(0, 1), info: {} };
      }
      override step() {
        return { observation: this.told, reward: 0, terminated: true, truncated: false, info: {} };
      }
    }
    for (const autoresetMode of modes) {
      for (const [told, why] of [
        [Float32Array.of(0.5), "it has 1 values, expected 2"],
        [Float32Array.of(0, 0, 1), "it has 3 values, expected 2"],
        [null as never, "expected a Float32Array of 2 values"],
      ] as const) {
        const good = () => new Telling(Float32Array.of(1, 0));
        const envs = new SyncVectorEnv([() => new Telling(told), good], { autoresetMode });
        envs.reset();
        const { code, message } = problemOf(() => envs.step([0, 0]));
        expect(code).toBe("invalid-observation");
        expect(message).toContain("Telling, sub-environment 0: the observation ");
        expect(message).toContain(why);
      }
    }
  });

  it("discrete values beyond 32 bits are kept", () => {
    class Far extends BaseEnv<number, number> {
      override readonly observationSpace = discrete(2 ** 40);
      override readonly actionSpace = discrete(2 ** 40);
      override reset(options?: { seed?: number }) {
        this.reseed(options?.seed);
        return { observation: 2 ** 39, info: {} };
      }
      override step(action: number) {
        return { observation: action, reward: 0, terminated: false, truncated: false, info: {} };
      }
    }
    const envs = new SyncVectorEnv([() => new Far(), () => new Far()]);
    expect(envs.reset().observations).toEqual([2 ** 39, 2 ** 39]);
    const { observations } = envs.step([2 ** 35, 3]);
    expect(observations).toEqual([2 ** 35, 3]);
    expect(envs.observationSpace.contains(observations)).toBe(true);
    expect(problemOf(() => envs.step([0, 2 ** 40])).code).toBe("invalid-action");
  });

  it("a class without masks has none", () => {
    const envs = new SyncVectorEnv([() => new WalkClass(), () => new WalkClass()]);
    envs.reset();
    expect(envs.actionMasks).toBeNull();
  });
});
