import { describe, expect, it } from "vitest";
import {
  box,
  discrete,
  type Env,
  Generator,
  multiDiscrete,
  proceed,
  RulesEnv,
  restore,
  snapshot,
  type TypedArray,
} from "../src/index.js";
import { problemOf } from "./problem.js";
import { cart, walk, walkRules } from "./walk.js";

function play(env: Env<number, number>, actions: readonly number[]): unknown[] {
  return actions.map((action) => {
    const { observation, reward, terminated, truncated, info } = env.step(action);
    const record = { observation, reward, terminated, truncated, info: { ...info } };
    if (terminated || truncated) env.reset();
    return record;
  });
}

const right = new Array<number>(40).fill(1);

describe("RulesEnv", () => {
  it("gives plain numbers for Discrete observations, and what the rules say", () => {
    const env = walk.make({ slip: 0 });
    const { observation, info } = env.reset({ options: { start: 6 } });
    expect(observation).toBe(6);
    expect(info).toEqual({ draw: 0, episodes: 1 });
    expect(env.step(1)).toMatchObject({
      observation: 7,
      reward: -0.125,
      terminated: false,
      truncated: false,
    });
    expect(env.step(1)).toMatchObject({ observation: 8, reward: 1, terminated: true, truncated: false });
  });

  it("plays the same episode from the same seed and another one from another", () => {
    const episode = (seed: number) => {
      const env = walk.make();
      return [env.reset({ seed }).observation, ...play(env, right)];
    };
    expect(episode(3)).toEqual(episode(3));
    expect(episode(3)).not.toEqual(episode(4));
  });

  it("draws from the generator in the order that the rules do", () => {
    const env = walk.make();
    env.reset({ seed: 11 });
    env.step(0);
    env.step(1);
    const fresh = new Generator(11);
    fresh.integers(1, 7);
    fresh.random();
    fresh.random();
    expect(env.rng.random()).toBe(fresh.random());
  });

  it("hands the last state to init, but not after a seeded reset", () => {
    const env = walk.make();
    expect(env.reset().info["episodes"]).toBe(1);
    expect(env.reset().info["episodes"]).toBe(2);
    expect(env.reset({ seed: 5 }).info["episodes"]).toBe(1);
  });

  it("truncates at the time limit, which may coincide with the end of the task", () => {
    const env = walk.make({ slip: 0 }, { maxEpisodeSteps: 2 });
    env.reset({ options: { start: 1 } });
    expect(env.step(1).truncated).toBe(false);
    expect(env.step(1)).toMatchObject({ terminated: false, truncated: true });
    env.reset({ options: { start: 6 } });
    env.step(1);
    expect(env.step(1)).toMatchObject({ terminated: true, truncated: true });
  });

  it("has no time limit where that is asked for", () => {
    const env = walk.make({ slip: 0 }, { maxEpisodeSteps: null });
    env.reset();
    for (let step = 0; step < 100; step++) expect(env.step(0).truncated).toBe(false);
    expect(env.spec?.maxEpisodeSteps).toBeNull();
  });

  it("keeps an observation until the second following call, in two buffers", () => {
    const env = cart.make();
    const first = env.reset({ seed: 1 }).observation as Float32Array;
    const copy = first.slice();
    const push = Float32Array.of(0.5);
    const second = env.step(push).observation;
    expect(first).toEqual(copy);
    expect(second).not.toBe(first);
    const third = env.step(push).observation;
    expect(third).toBe(first);
    expect(third).not.toEqual(copy);
  });

  it("reuses its result, and shares one frozen empty info", () => {
    const env = cart.make();
    expect(Object.isFrozen(env.reset().info)).toBe(true);
    const push = Float32Array.of(0.5);
    const result = env.step(push);
    expect(env.step(push)).toBe(result);
    expect(Object.isFrozen(result.info)).toBe(true);
  });

  it("refuses a step before reset, after an end and after close", () => {
    const env = walk.make({ slip: 0 });
    expect(problemOf(() => env.step(0))).toMatchObject({
      code: "reset-needed",
      message: "Walk-v1: step was called before reset: call env.reset() first.",
    });
    env.reset({ options: { start: 7 } });
    env.step(1);
    expect(problemOf(() => env.step(0)).message).toContain("after the end of an episode");
    env.close();
    expect(problemOf(() => env.step(0)).code).toBe("closed");
    expect(problemOf(() => env.reset()).code).toBe("closed");
  });

  it.each([2, -1, 0.5, Number.NaN, "1", undefined, null, 2 ** 32])("refuses the action %s", (action) => {
    const env = walk.make();
    env.reset();
    const problem = problemOf(() => env.step(action as number));
    expect(problem.code).toBe("invalid-action");
    expect(problem.message).toContain("Discrete(2)");
    expect(env.snapshot().elapsedSteps).toBe(0);
  });

  it("refuses Box actions of another length or type, or with NaN, and leaves bounds to the rules", () => {
    const env = cart.make();
    env.reset();
    for (const action of [Float32Array.of(0, 0), Float64Array.of(0), Float32Array.of(Number.NaN), 1]) {
      expect(problemOf(() => env.step(action as Float32Array)).code).toBe("invalid-action");
    }
    expect(env.step(Float32Array.of(2)).reward).toBe(0.5);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])("refuses the reward %s", (reward) => {
    const env = new RulesEnv({ ...walkRules(), step: () => proceed(reward) });
    env.reset();
    expect(problemOf(() => env.step(0))).toMatchObject({ code: "invalid-reward" });
  });

  it("refuses an observation outside its space: small ones at once, large ones within 32 steps", () => {
    const drifting = (size: number) =>
      new RulesEnv({
        id: "Drift-v0",
        observationSpace: box({ low: 0, high: 3, shape: [size] }),
        actionSpace: discrete(1),
        init: () => ({ x: 0 }),
        step(state) {
          state.x++;
          return proceed(0);
        },
        observe(state, out, offset) {
          out.fill(state.x, offset, offset + size);
        },
      });
    const stepsUntilRefused = (env: Env<unknown, number>) => {
      env.reset();
      let steps = 0;
      const problem = problemOf(() => {
        for (; steps < 100; steps++) env.step(0);
      });
      expect(problem.code).toBe("invalid-observation");
      expect(problem.message).toMatch(/^Drift-v0: the rules gave an observation outside its space Box/);
      return steps;
    };
    expect(stepsUntilRefused(drifting(2))).toBe(3);
    expect(stepsUntilRefused(drifting(100))).toBeLessThan(32);
  });

  it("knows the bounds of a MultiDiscrete of several axes", () => {
    const space = multiDiscrete(
      [
        [3, 4],
        [2, 2],
      ],
      {
        start: [
          [0, 5],
          [0, 0],
        ],
      },
    );
    const shown = (last: number) => {
      const observe = (_state: unknown, out: TypedArray, offset: number) => {
        [2, 8, 1, last].forEach((value, i) => {
          out[offset + i] = value;
        });
      };
      return new RulesEnv({ ...walkRules(), observationSpace: space as never, observe }).reset();
    };
    expect(shown(1).observation).toEqual(Int32Array.of(2, 8, 1, 1));
    expect(problemOf(() => shown(2)).code).toBe("invalid-observation");
  });

  it("refuses spaces whose elements do not fit into 32 bits", () => {
    for (const observationSpace of [discrete(2 ** 40), discrete(5, { start: 2 ** 31, dtype: "uint32" })]) {
      expect(problemOf(() => new RulesEnv({ ...walkRules(), observationSpace })).code).toBe("unsupported");
    }
    const actionSpace = discrete(2 ** 40);
    const env = new RulesEnv({ ...walkRules(), actionSpace });
    env.reset({ seed: 1 });
    expect(env.step(2 ** 35).reward).toBe(-0.125);
    expect(problemOf(() => env.step(2 ** 40)).code).toBe("invalid-action");
  });

  it("refuses NaN as an observation, unless told not to look", () => {
    const rules = { ...cart.rules(), observe: (_: unknown, out: TypedArray) => void out.fill(Number.NaN) };
    expect(problemOf(() => new RulesEnv(rules).reset()).code).toBe("invalid-observation");
    expect(new RulesEnv(rules, { checkObservations: false }).reset().observation[0]).toBeNaN();
  });

  it.each([-1, 0.5, Number.NaN, 2 ** 60])("refuses the seed %s", (seed) => {
    expect(problemOf(() => walk.make().reset({ seed })).code).toBe("invalid-seed");
  });

  it("refuses a time limit that is none", () => {
    expect(problemOf(() => walk.make({}, { maxEpisodeSteps: 0 })).code).toBe("invalid-options");
    expect(problemOf(() => walk.make({}, { maxEpisodeSteps: 1.5 })).code).toBe("invalid-options");
  });

  it("renders in its render mode, and refuses others", () => {
    const env = walk.make({}, { renderMode: "ansi" });
    expect(problemOf(() => env.render()).code).toBe("reset-needed");
    env.reset({ options: { start: 3 } });
    expect(env.render()).toBe("...@");
    expect(walk.make().render()).toBeNull();
    expect(problemOf(() => walk.make({}, { renderMode: "rgb_array" }))).toMatchObject({
      code: "unsupported",
      message: 'Walk-v1: there is no render mode "rgb_array": it has ansi.',
    });
  });

  it("writes legal actions", () => {
    const env = walk.make({ slip: 0 });
    const mask = new Uint8Array(4);
    env.reset({ options: { start: 1 } });
    env.writeActionMask(mask, 2);
    expect([...mask]).toEqual([0, 0, 1, 1]);
    env.step(0);
    env.writeActionMask(mask, 2);
    expect([...mask]).toEqual([0, 0, 0, 1]);
  });
});

describe("snapshot and restore", () => {
  it("give the same future, however often, in this or another environment", () => {
    const env = walk.make();
    env.reset({ seed: 2 });
    play(env, right.slice(0, 5));
    const taken = snapshot(env);
    const future = play(env, right);
    restore(env, taken);
    expect(play(env, right)).toEqual(future);
    const other = walk.make();
    restore(other, taken);
    expect(play(other, right)).toEqual(future);
  });

  it("share no memory with the environment", () => {
    const env = walk.make();
    env.reset({ seed: 2 });
    const taken = env.snapshot();
    const kept = structuredClone(taken);
    play(env, right);
    expect(taken).toEqual(kept);
    env.restore(taken);
    play(env, right);
    expect(taken).toEqual(kept);
  });

  it("keep that a reset is due", () => {
    const env = walk.make({ slip: 0 });
    env.reset({ options: { start: 7 } });
    env.step(1);
    const ended = env.snapshot();
    env.reset();
    env.restore(ended);
    expect(problemOf(() => env.step(0)).code).toBe("reset-needed");
    env.restore(walk.make().snapshot());
    expect(problemOf(() => env.step(0)).message).toContain("before reset");
  });

  it("refuse a snapshot of something else, and states that are not plain data", () => {
    expect(problemOf(() => walk.make().restore(cart.make().snapshot())).code).toBe("invalid-snapshot");
    expect(problemOf(() => walk.make().restore(null)).code).toBe("invalid-snapshot");
    const odd = new RulesEnv({ ...walkRules(), init: () => ({ position: 1, cells: new Map() }) as never });
    odd.reset();
    expect(problemOf(() => odd.snapshot()).message).toContain("state.cells is a Map");
  });
});
