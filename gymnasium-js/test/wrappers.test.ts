import { describe, expect, test } from "vitest";
import type { Env, StepResult } from "../src/env.js";
import { EnvSpec } from "../src/env-spec.js";
import { Generator } from "../src/seeding/generator.js";
import { box } from "../src/spaces/box.js";
import type { Space } from "../src/spaces/space.js";
import { Autoreset } from "../src/wrappers/autoreset.js";
import { fastContains } from "../src/wrappers/fast-contains.js";
import { OrderEnforcing } from "../src/wrappers/order-enforcing.js";
import { PassiveEnvChecker } from "../src/wrappers/passive-env-checker.js";
import { RecordEpisodeStatistics } from "../src/wrappers/record-episode-statistics.js";
import { RepeatAction } from "../src/wrappers/repeat-action.js";
import { StickyAction } from "../src/wrappers/sticky-action.js";
import { TimeLimit } from "../src/wrappers/time-limit.js";
import { Echo, errorOf, Walk } from "./tiny-envs.js";

describe("Wrapper", () => {
  test("forwards what it does not change", () => {
    const walk = new Walk();
    const env = new TimeLimit(new OrderEnforcing(walk), 3);
    expect(env.unwrapped).toBe(walk);
    expect(env.rng).toBe(walk.rng);
    expect(env.observationSpace).toBe(walk.observationSpace);
    expect(env.actionSpace).toBe(walk.actionSpace);
    expect([env.spec, env.renderMode]).toEqual([null, null]);
    env.reset({ seed: 4 });
    expect(walk.rng.state).not.toEqual(new Generator(0).state);
    env.close();
    expect(walk.closed).toBe(1);
  });

  test("refuses a snapshot of other wrappers", () => {
    const limited = new TimeLimit(new Walk(), 3);
    const ordered = new OrderEnforcing(new Walk());
    limited.reset();
    const { code, message } = errorOf(() => ordered.restore(limited.snapshot()));
    expect(code).toBe("invalid-snapshot");
    expect(message).toBe(
      "This snapshot is one of TimeLimit, but OrderEnforcing was to be restored: build the same wrappers, in the same order, as when it was taken.",
    );
    expect(errorOf(() => ordered.restore(null)).code).toBe("invalid-snapshot");
  });
});

describe("TimeLimit", () => {
  test("truncates at the limit, counted from reset", () => {
    const env = new TimeLimit(new Walk(), 2);
    for (let episode = 0; episode < 2; episode++) {
      env.reset({ seed: 1 });
      expect(env.step(0).truncated).toBe(false);
      expect(env.step(0).truncated).toBe(true);
    }
  });

  test("keeps termination apart, and both may hold", () => {
    class EndsAtTwo extends Walk {
      override step(action: number) {
        return { ...super.step(action), terminated: this.steps === 2 };
      }
    }
    const env = new TimeLimit(new EndsAtTwo(), 2);
    env.reset();
    expect(env.step(0)).toMatchObject({ terminated: false, truncated: false });
    expect(env.step(0)).toMatchObject({ terminated: true, truncated: true });
  });

  test("does not write into the result of the environment inside", () => {
    const shared = {
      observation: new Float32Array(2),
      reward: 0,
      terminated: false,
      truncated: false,
      info: {},
    };
    class OneResult extends Walk {
      override step(): StepResult<Float32Array> {
        return shared;
      }
    }
    const env = new TimeLimit(new OneResult(), 1);
    env.reset();
    expect(env.step(0).truncated).toBe(true);
    expect(shared.truncated).toBe(false);
  });

  test("shows its limit in the spec", () => {
    class WithSpec extends Walk {
      override readonly spec = new EnvSpec({ id: "Walk-v0", entryPoint: null, maxEpisodeSteps: 9 });
    }
    const env = new TimeLimit(new WithSpec(), 5);
    expect(env.spec).toMatchObject({ id: "Walk-v0", maxEpisodeSteps: 5 });
    expect(env.spec).toBe(env.spec);
  });

  test.each([0, -1, 1.5, Number.NaN])("refuses a limit of %s", (limit) => {
    expect(errorOf(() => new TimeLimit(new Walk(), limit))).toMatchObject({
      code: "invalid-options",
      message: `TimeLimit: maxEpisodeSteps is ${limit}, expected a positive integer number of steps.`,
    });
  });
});

describe("OrderEnforcing", () => {
  test("refuses step and render before reset", () => {
    const env = new OrderEnforcing(new Walk());
    expect(errorOf(() => env.step(0))).toMatchObject({
      code: "reset-needed",
      message: "step was called before reset: call env.reset() first.",
    });
    expect(errorOf(() => env.render()).code).toBe("reset-needed");
    env.reset();
    env.step(0);
    expect(env.render()).toBe(null);
  });

  test("lets render through if it is told to", () => {
    expect(new OrderEnforcing(new Walk(), { allowRenderBeforeReset: true }).render()).toBe(null);
  });

  test("a restored snapshot counts as a reset", () => {
    const [played, fresh] = [new OrderEnforcing(new Walk()), new OrderEnforcing(new Walk())];
    played.reset();
    fresh.restore(played.snapshot());
    expect(fresh.step(0).observation[1]).toBe(1);
  });
});

describe("PassiveEnvChecker", () => {
  test("changes nothing", () => {
    const [bare, checked] = [new Walk(), new PassiveEnvChecker(new Walk())];
    expect(checked.reset({ seed: 3 })).toEqual(bare.reset({ seed: 3 }));
    for (const action of [0, 1, 1, 0, 1]) expect(checked.step(action)).toEqual(bare.step(action));
  });

  test("refuses an action outside the space, and names it", () => {
    const env = new PassiveEnvChecker(new Walk());
    env.reset();
    for (const action of [2, -1, 0.5, "1", null]) {
      expect(errorOf(() => env.step(action as number)).code).toBe("invalid-action");
    }
    expect(errorOf(() => env.step(2)).message).toContain(
      "Walk: action 2 is outside the action space Discrete(2)",
    );
  });

  test("leaves Box actions beyond the bounds to the environment, but no NaN and no wrong length", () => {
    class Clips extends Echo {
      override step(action: Float32Array) {
        return super.step(action.map((x) => Math.min(x, 2)));
      }
    }
    const env = new PassiveEnvChecker(new Clips());
    env.reset();
    expect(env.step(Float32Array.of(5)).observation).toEqual(Float32Array.of(2));
    expect(errorOf(() => env.step(Float32Array.of(Number.NaN))).code).toBe("invalid-action");
    expect(errorOf(() => env.step(new Float32Array(2))).code).toBe("invalid-action");
  });

  test("names what leaves the space at the step where it happens", () => {
    const env = new PassiveEnvChecker(new Echo());
    env.reset();
    env.step(Float32Array.of(1));
    expect(errorOf(() => env.step(Float32Array.of(3)))).toMatchObject({
      code: "invalid-observation",
      message:
        "Echo: step returned an observation outside its space Box([1], float32): Float32Array(1) [3]: value 3 at index 0 is not within [-2, 2].",
    });
  });
});

describe("RecordEpisodeStatistics", () => {
  test("sums rewards and counts steps of each episode", () => {
    const env = new RecordEpisodeStatistics(new TimeLimit(new Echo(), 3), { bufferLength: 2 });
    const actions = [1, -2, 0.5];
    for (let episode = 0; episode < 3; episode++) {
      env.reset();
      const infos = actions.map((action) => env.step(Float32Array.of(action + episode * 0.25)).info);
      expect(infos).toEqual([{}, {}, { episode: { r: -0.5 + episode * 0.75, l: 3 } }]);
    }
    expect(env.returnQueue).toEqual([0.25, 1]);
    expect(env.lengthQueue).toEqual([3, 3]);
    expect(env.episodeCount).toBe(3);
  });

  test("starts anew at a reset in the middle of an episode", () => {
    const env = new RecordEpisodeStatistics(new TimeLimit(new Echo(), 2));
    env.reset();
    env.step(Float32Array.of(2));
    env.reset();
    env.step(Float32Array.of(1));
    expect(env.step(Float32Array.of(1)).info).toEqual({ episode: { r: 2, l: 2 } });
  });

  test("does not write into the info of the environment inside, and refuses a key that is taken", () => {
    const walk = new Walk();
    walk.info = Object.freeze({ episode: 1 });
    const env = new RecordEpisodeStatistics(new TimeLimit(walk, 1));
    env.reset();
    expect(errorOf(() => env.step(0)).message).toContain(
      'already has the key "episode": choose another statsKey',
    );
    const other = new RecordEpisodeStatistics(new TimeLimit(walk, 1), { statsKey: "statistics" });
    other.reset({ seed: 0 });
    expect(Object.keys(other.step(0).info)).toEqual(["episode", "statistics"]);
  });
});

describe("StickyAction", () => {
  test("never sticks with probability 0, and draws one number per step after the first", () => {
    const env = new StickyAction(new Echo(), 0);
    env.reset({ seed: 9 });
    for (const x of [1, 2, -1]) expect(env.step(Float32Array.of(x)).observation[0]).toBe(x);
    const expected = new Generator(9);
    expected.random();
    expected.random();
    expect(env.rng.state).toEqual(expected.state);
  });

  test("repeats what was done before exactly where the drawn number is below the probability", () => {
    const env = new StickyAction(new Echo(), 0.5);
    env.reset({ seed: 2 });
    const draws = new Generator(2);
    let done = 0;
    for (let step = 0; step < 30; step++) {
      const asked = (step % 5) / 4;
      // A duration of one step is drawn too, but from one value only, which takes no draw.
      const isStuck = step > 0 && draws.random() < 0.5;
      done = isStuck ? done : asked;
      expect(env.step(Float32Array.of(asked)).observation[0]).toBe(done);
    }
  });

  test("keeps its own copy of an action whose memory the caller reuses", () => {
    const env = new StickyAction(new Echo(), 0.9, { duration: 3 });
    env.reset({ seed: 0 });
    const action = new Float32Array(1);
    const seen: number[] = [];
    for (let step = 0; step < 8; step++) {
      action[0] = step / 8;
      seen.push(env.step(action).observation[0] as number);
    }
    const repeats = seen.filter((x, i) => i > 0 && x === seen[i - 1]).length;
    expect(repeats).toBeGreaterThanOrEqual(3);
  });

  test("refuses probabilities and durations that make no sense", () => {
    for (const probability of [-0.1, 1, Number.NaN]) {
      expect(errorOf(() => new StickyAction(new Walk(), probability)).code).toBe("invalid-options");
    }
    for (const duration of [0, 1.5, [2, 1], [0, 3]]) {
      const options = { duration: duration as number };
      expect(errorOf(() => new StickyAction(new Walk(), 0.5, options)).message).toContain("duration is");
    }
  });
});

describe("RepeatAction", () => {
  test("sums rewards and stops at the end", () => {
    const env = new RepeatAction(new TimeLimit(new Echo(), 5), 3);
    env.reset();
    const first = env.step(Float32Array.of(0.5));
    expect([first.reward, first.truncated]).toEqual([1.5, false]);
    const second = env.step(Float32Array.of(-1));
    expect([second.reward, second.truncated]).toEqual([-2, true]);
  });

  test("keeps an observation whole during the next call, though that is several steps inside", () => {
    const env = new RepeatAction(new Walk(), 4);
    const first = env.reset({ seed: 1 }).observation;
    const copy = first.slice();
    const second = env.step(1).observation;
    expect(first).toEqual(copy);
    const secondCopy = second.slice();
    env.step(0);
    expect(second).toEqual(secondCopy);
  });
});

describe("Autoreset", () => {
  test("resets in the step after the end, which ignores its action and gives no reward", () => {
    const env = new Autoreset(new TimeLimit(new Walk(), 2));
    env.reset({ seed: 5 });
    const steps = [0, 0, 1, 0].map((action) => {
      const { observation, reward, truncated } = env.step(action);
      return { steps: observation[1], reward: reward === 0, truncated };
    });
    expect(steps.map(({ steps }) => steps)).toEqual([1, 2, 0, 1]);
    expect(steps.map(({ truncated }) => truncated)).toEqual([false, true, false, false]);
    expect(steps[2]?.reward).toBe(true);
  });
});

/** Every wrapper that remembers something, over the same walk. */
const stateful: Record<string, () => Env<unknown, number>> = {
  TimeLimit: () => new TimeLimit(new Walk(), 7),
  OrderEnforcing: () => new OrderEnforcing(new Walk()),
  RecordEpisodeStatistics: () => new RecordEpisodeStatistics(new TimeLimit(new Walk(), 7)),
  StickyAction: () => new StickyAction(new Walk(), 0.5, { duration: [1, 3] }),
  RepeatAction: () => new RepeatAction(new TimeLimit(new Walk(), 7), 2),
  Autoreset: () => new Autoreset(new TimeLimit(new Walk(), 3)),
};

describe("snapshot and restore", () => {
  test.each(Object.keys(stateful))("%s goes on as if nothing had happened", (name) => {
    const make = stateful[name] as () => Env<unknown, number>;
    const [played, fresh] = [make(), make()];
    const actions = [1, 0, 1, 1, 0, 1, 0, 0, 1, 1, 0, 1];
    const go = (env: Env<unknown, number>, part: number[]) => {
      let isOver = false;
      return part.map((action) => {
        if (isOver && name !== "Autoreset") env.reset();
        const step = env.step(action);
        isOver = step.terminated || step.truncated;
        return structuredClone(step);
      });
    };
    played.reset({ seed: 6 });
    go(played, actions.slice(0, 5));
    const snapshot = structuredClone(played.snapshot());
    const expected = go(played, actions.slice(5));
    fresh.restore(snapshot);
    expect(go(fresh, actions.slice(5))).toEqual(expected);
    // The snapshot can be used again.
    played.restore(snapshot);
    expect(go(played, actions.slice(5))).toEqual(expected);
  });
});

describe("fastContains", () => {
  test.each([
    [0, 255, "uint8"],
    [0, 1, "uint8"],
    [0, 7, "uint8"],
    [0, 5, "uint8"],
    [1, 7, "uint8"],
    [-128, 127, "int8"],
    [0, 100, "int32"],
    [0, 1, "float32"],
  ] as const)("answers as contains does for Box(%s, %s) of %s", (low, high, dtype) => {
    const space: Space<unknown> = box({ low, high, shape: [3], dtype });
    const contains = fastContains(space);
    const arrays = [Uint8Array, Int8Array, Int32Array, Float32Array, Float64Array];
    const values = [-129, -1, 0, 1, 2, 5, 6, 7, 8, 100, 101, 128, 255, Number.NaN];
    for (const ArrayType of arrays) {
      expect(contains(new ArrayType(2))).toBe(space.contains(new ArrayType(2)));
      for (const value of values) {
        const x = ArrayType.of(low, value, low);
        expect([dtype, x, contains(x)]).toEqual([dtype, x, space.contains(x)]);
      }
    }
    // Many bytes, one of them wrong; at any place in a larger array.
    const bytes = new Uint8Array(64).fill(low);
    const large = fastContains(box({ low, high, shape: [11], dtype }));
    for (let wrong = 0; wrong < 64; wrong++) {
      bytes[wrong] = 200;
      for (let from = 0; from < 12; from++) {
        const part = bytes.subarray(from, from + 11);
        expect(large(part)).toBe(box({ low, high, shape: [11], dtype }).contains(part));
      }
      bytes[wrong] = low;
    }
    for (const x of [null, 3, [low, high, low], [low, high]]) expect(contains(x)).toBe(space.contains(x));
  });
});
