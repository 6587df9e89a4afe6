import { describe, expect, it } from "vitest";
import {
  type AutoresetMode,
  box,
  defineEnv,
  discrete,
  type EnvRules,
  multiBinary,
  proceed,
  SyncVectorEnv,
  terminate,
  text,
  tuple,
} from "../src/index.js";
import { problemOf } from "./problem.js";

interface CountState {
  count: number;
  offset: number;
}

type Observation = [number, Float32Array, Int8Array];

/** Counts to 3. Shows the count, its thirds from an offset drawn at reset, and its two bits: three array types. */
function countRules(kwargs: { first?: number } = {}): EnvRules<CountState, Observation, number> {
  const { first = 0 } = kwargs;
  return {
    id: "Count-v0",
    observationSpace: tuple([
      discrete(4),
      box({ low: -1, high: 10, shape: [2], dtype: "float32" }),
      multiBinary(2),
    ]),
    actionSpace: discrete(2),
    init: (rng) => ({ count: first, offset: rng.integers(0, 9) }),
    step(state, action) {
      state.count += action;
      return state.count >= 3 ? terminate(1) : proceed(0);
    },
    observe({ count, offset }, out, at) {
      out[at] = count;
      out[at + 1] = offset + count / 3;
      out[at + 2] = -count / 3;
      out[at + 3] = count & 1;
      out[at + 4] = count >> 1;
    },
  };
}

const counting = defineEnv("Count-v0", countRules);
const third = Math.fround(1 / 3);

describe("observations of a Tuple", () => {
  it("are lists with one element per member, rounded as the member's array is", () => {
    const env = counting.make();
    const { observation } = env.reset({ seed: 0 });
    const offset = (observation as Observation)[1][0]!;
    expect(env.observationSpace.contains(observation)).toBe(true);
    const { observation: next } = env.step(1);
    expect(next).toEqual([1, Float32Array.of(offset + 1 / 3, -third), Int8Array.of(1, 0)]);
    expect(observation).toEqual([0, Float32Array.of(offset, -0), Int8Array.of(0, 0)]);
  });

  it.each<AutoresetMode>(["next-step", "same-step", "disabled"])(
    "are one batch per member in vectors, the same native and sync (%s)",
    (autoresetMode) => {
      const native = counting.makeVec(3, {}, { autoresetMode });
      const sync = new SyncVectorEnv(
        [0, 1, 2].map(() => () => counting.make()),
        { autoresetMode },
      );
      const plays = [native, sync].map((envs) => {
        const seen: unknown[] = [structuredClone(envs.reset({ seed: 5 }).observations)];
        for (const actions of [
          [1, 0, 1],
          [1, 1, 0],
          [1, 1, 0],
          [0, 0, 1],
          [1, 1, 1],
        ]) {
          const { observations, finalObservations, terminations } = envs.step(actions);
          expect(envs.observationSpace.contains(observations)).toBe(true);
          seen.push(structuredClone(observations), [...terminations]);
          if (terminations[0] === 1 && finalObservations !== null)
            seen.push((finalObservations as number[][])[0]![0]);
          const mask = [...terminations].map(Boolean);
          if (autoresetMode === "disabled" && mask.includes(true)) {
            seen.push(structuredClone(envs.reset({ mask }).observations));
          }
        }
        const snapshot = envs.snapshot();
        const latest = structuredClone(envs.observations);
        envs.reset({ seed: 9 });
        envs.restore(snapshot);
        expect(envs.observations).toEqual(latest);
        return seen;
      });
      expect(plays[0]).toEqual(plays[1]);
      expect(JSON.stringify(plays[0])).toContain("[1,0,0]");
      const [counts, thirds, bits] = (plays[0] as [Int32Array, Float32Array, Int8Array][])[1]!;
      expect(counts).toEqual(Int32Array.of(1, 0, 1));
      expect([thirds[1], thirds[3], thirds[5]].map((value) => Math.abs(value!))).toEqual([third, 0, third]);
      expect(bits).toEqual(Int8Array.of(1, 0, 0, 0, 1, 0));
    },
  );

  it("gives the last observation of an episode its own batch in same-step mode", () => {
    const envs = counting.makeVec(2, { first: 2 }, { autoresetMode: "same-step" });
    envs.reset({ seed: 0 });
    const { observations, finalObservations } = envs.step([0, 1]);
    expect((observations as Int32Array[])[0]).toEqual(Int32Array.of(2, 2));
    expect((finalObservations as Int32Array[])[0]![1]).toBe(3);
  });

  it("are refused outside their space, member and all", () => {
    const env = counting.make({ first: 7 });
    const problem = problemOf(() => env.reset({ seed: 0 }));
    expect(problem.code).toBe("invalid-observation");
    expect(problem.message).toContain("member 0: 7");
  });

  it("need members that are numbers or arrays", () => {
    const rules = { ...countRules(), observationSpace: tuple([discrete(4), text({ maxLength: 3 })]) };
    const problem = problemOf(() => defineEnv(rules as never).make());
    expect(problem.code).toBe("unsupported");
    expect(problem.message).toContain("or a Tuple of these");
  });
});
