import { describe, expect, test } from "vitest";
import { AreaResizer, type ResizeSizes } from "../src/atari/area-resize.js";
import {
  type AtariOptions,
  AtariPreprocessing,
  type AtariRulesOptions,
  atariRules,
  type Env,
  FrameStackObservation,
  luminance,
  NativeVectorEnv,
  RulesEnv,
  SyncVectorEnv,
  TimeLimit,
  TransformReward,
  type TypedArray,
} from "../src/index.js";
import { type FlashState, flashRules } from "./flash.js";
import { problemOf } from "./problem.js";
import { cart, walkRules } from "./walk.js";

const grey = { channels: 1 };

function resized(source: ArrayLike<number>, sizes: ResizeSizes): number[] {
  const out = new Uint8Array(sizes.outHeight * sizes.outWidth * sizes.channels);
  new AreaResizer(sizes).resize(Uint8Array.from(source), out);
  return [...out];
}

describe("AreaResizer", () => {
  test("4 x 4 to 3 x 3, by hand", () => {
    // A new pixel is 4/3 wide: weights along a side are (3, 1), (2, 2), (1, 3), of 4.
    const source = [0, 40, 80, 120, 16, 56, 96, 136, 32, 72, 112, 152, 48, 88, 128, 168];
    // Both axes are linear, with 40 per column and 16 per row: values at 0.25, 1.5, 2.75 along each side.
    const at = [0.25, 1.5, 2.75];
    const expected = at.flatMap((y) => at.map((x) => 40 * x + 16 * y));
    expect(resized(source, { height: 4, width: 4, outHeight: 3, outWidth: 3, ...grey })).toEqual(expected);
  });

  const sizes = [
    [210, 160, 84, 84],
    [210, 160, 83, 77],
    [84, 84, 42, 42],
    [10, 8, 84, 84],
    [9, 30, 4, 31],
    [3, 2, 1, 1],
  ] as const;

  test.each(sizes)(
    "%i x %i to %i x %i keeps a constant, and the mean",
    (height, width, outHeight, outWidth) => {
      for (const value of [0, 1, 127, 255]) {
        const out = resized(new Uint8Array(height * width).fill(value), {
          height,
          width,
          outHeight,
          outWidth,
          ...grey,
        });
        expect(new Set(out)).toEqual(new Set([value]));
      }
      const noise = Uint8Array.from({ length: height * width }, (_, i) => (i * i * 7 + i * 31) >> 1);
      const out = resized(noise, { height, width, outHeight, outWidth, ...grey });
      const mean = (values: ArrayLike<number>) =>
        Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
      expect(Math.abs(mean(out) - mean(noise))).toBeLessThanOrEqual(0.5);
    },
  );

  test("a ramp stays a ramp: each new pixel is the mean of what it covers", () => {
    // Value 5 * x over 40 columns to 16: new pixel i covers 2.5 columns, from 2.5 i to 2.5 i + 2.5.
    const source = Array.from({ length: 2 * 40 }, (_, i) => 5 * (i % 40));
    const out = resized(source, { height: 2, width: 40, outHeight: 2, outWidth: 16, ...grey });
    const expected = Array.from({ length: 16 }, (_, i) => {
      const [from, to] = [2.5 * i, 2.5 * i + 2.5];
      let sum = 0;
      for (let x = 0; x < 40; x++) sum += 5 * x * Math.max(0, Math.min(to, x + 1) - Math.max(from, x));
      return sum / 2.5;
    });
    expect(out.slice(0, 16)).toEqual(out.slice(16));
    for (const [i, value] of expected.entries()) expect(Math.abs(out[i]! - value)).toBeLessThanOrEqual(0.5);
  });

  test("halves go to even; up where both sides are halved", () => {
    const across = { height: 1, width: 4, outHeight: 1, outWidth: 2, ...grey };
    expect(resized([0, 1, 1, 2], across)).toEqual([0, 2]);
    const both = { height: 2, width: 4, outHeight: 1, outWidth: 2, ...grey };
    expect(resized([0, 1, 1, 2, 0, 1, 1, 2], both)).toEqual([1, 2]);
  });

  test("twice as large repeats pixels, and channels stay apart", () => {
    const rgb = [10, 20, 30, 40, 50, 60];
    const [left, right] = [rgb.slice(0, 3), rgb.slice(3)];
    const line = [...left, ...left, ...right, ...right];
    expect(resized(rgb, { height: 1, width: 2, outHeight: 2, outWidth: 4, channels: 3 })).toEqual([
      ...line,
      ...line,
    ]);
    const noise = Array.from({ length: 12 * 9 * 3 }, (_, i) => (i * 89) & 255);
    const all = { height: 12, width: 9, outHeight: 5, outWidth: 4 };
    const out = resized(noise, { ...all, channels: 3 });
    for (let channel = 0; channel < 3; channel++) {
      const one = (values: number[]) => values.filter((_, i) => i % 3 === channel);
      expect(one(out)).toEqual(resized(one(noise), { ...all, ...grey }));
    }
  });

  test("sums too large for 32 bits are right", () => {
    const side = 3001;
    const sizes = { height: side, width: side, outHeight: 3000, outWidth: 2, ...grey };
    const out = resized(new Uint8Array(side * side).fill(255), sizes);
    expect(out.every((value) => value === 255)).toBe(true);
  });
});

test("luminance: 0.299 red + 0.587 green + 0.114 blue", () => {
  expect([luminance(0, 0, 0), luminance(255, 255, 255)]).toEqual([0, 255]);
  expect([luminance(255, 0, 0), luminance(0, 255, 0), luminance(0, 0, 255)]).toEqual([76, 150, 29]);
  for (let value = 0; value < 256; value++) expect(luminance(value, value, value)).toBe(value);
});

const flash = (flight?: number) =>
  new RulesEnv(flashRules(flight === undefined ? {} : { flight }), {
    maxEpisodeSteps: null,
  }) as Env<Uint8Array, number>;

const actionAt = (t: number) => (t * 7 + (t >> 2)) % 3;

/** All that a step says. */
function record(env: Env<TypedArray, number>, steps: number, seed?: number): unknown[] {
  const seen: unknown[] = [];
  const reset = (options?: { seed: number }) => {
    const { observation, info } = env.reset(options);
    seen.push({ observation: [...observation], info: { ...info } });
  };
  if (seed !== undefined) reset({ seed });
  for (let t = 0; t < steps; t++) {
    const { observation, reward, terminated, truncated, info } = env.step(actionAt(t));
    seen.push({ observation: [...observation], reward, terminated, truncated, info: { ...info } });
    if (terminated || truncated) reset();
  }
  return seen;
}

const small = { screenSize: [5, 6] as const, noopMax: 6 };
const variants: Record<string, AtariOptions> = {
  "as it is": small,
  "every frame": { ...small, frameSkip: 1, noopMax: 0 },
  "every other frame, fired": { ...small, frameSkip: 2, fireOnReset: true },
  "life by life": { ...small, terminalOnLifeLoss: true },
  "life by life, going on": { ...small, terminalOnLifeLoss: true, continueAfterLifeLoss: true },
  "life by life, going on, fired": {
    ...small,
    terminalOnLifeLoss: true,
    continueAfterLifeLoss: true,
    fireOnReset: true,
  },
  "in colour": { ...small, grayscaleObs: false },
  "from 0 to 1, with an axis": { ...small, scaleObs: true, grayscaleNewaxis: true },
  "84 x 84": {},
};

describe.each(Object.entries(variants))("%s", (_, options) => {
  test("rules and wrapper show the same", () => {
    const wrapped = new AtariPreprocessing(flash(), options);
    const rules = new RulesEnv(atariRules(flashRules(), options), { maxEpisodeSteps: null });
    expect(rules.observationSpace.describe()).toEqual(wrapped.observationSpace.describe());
    expect(record(rules, 120, 3)).toEqual(record(wrapped, 120, 3));
    expect(JSON.stringify(record(rules, 120, 3))).toMatch(/"terminated":true/);
    expect(rules.observationSpace.contains(rules.reset().observation)).toBe(true);
  });

  test.each([
    ["wrapper", () => new AtariPreprocessing(flash(), options)],
    ["rules", () => new RulesEnv(atariRules(flashRules(), options), { maxEpisodeSteps: null })],
  ] as const)("restore gives the same future (%s)", (_name, make) => {
    const env = make() as Env<TypedArray, number>;
    record(env, 37, 5);
    const taken = structuredClone(env.snapshot());
    const future = record(env, 60);
    const other = make() as Env<TypedArray, number>;
    for (const again of [env, other]) {
      again.restore(taken);
      expect(record(again, 60)).toEqual(future);
    }
  });

  test("a native vector shows what single ones show", () => {
    const native = new NativeVectorEnv(atariRules(flashRules(), options), { numEnvs: 3 });
    const sync = new SyncVectorEnv(
      new Array(3).fill(
        () => new TimeLimit(new AtariPreprocessing(flash(), options), native.maxEpisodeSteps!) as Env,
      ),
    );
    const [one, other] = [native, sync].map((envs) => {
      const { observations } = envs.reset({ seed: 2 });
      const seen: unknown[] = [[...observations]];
      for (let t = 0; t < 50; t++) {
        const step = envs.step([actionAt(t), actionAt(t + 1), actionAt(t + 2)]);
        const { observations, rewards, terminations, truncations } = step;
        seen.push(structuredClone([[...observations], rewards, terminations, truncations]));
      }
      return seen;
    });
    expect(one).toEqual(other);
  });
});

test("stacked and clipped rules are the chain of wrappers, pictures along the last axis", () => {
  const options: AtariRulesOptions<FlashState> = { ...small, stack: 3, clipReward: true };
  const rules = new RulesEnv(atariRules(flashRules(), options), { maxEpisodeSteps: null });
  const chain = new TransformReward(
    new FrameStackObservation(new AtariPreprocessing(flash(), small), 3),
    Math.sign,
  ) as Env<TypedArray, number>;
  expect([rules.observationSpace.shape, chain.observationSpace.shape]).toEqual([
    [6, 5, 3],
    [3, 6, 5],
  ]);
  interface Shown {
    observation: number[];
  }
  const turned = (record(chain, 90, 4) as Shown[]).map(({ observation, ...rest }) => ({
    ...rest,
    observation: observation.map((_, i) => observation[(i % 3) * 30 + Math.floor(i / 3)]),
  }));
  expect(record(rules, 90, 4)).toEqual(turned);
  const rewards = (turned as unknown as { reward?: number }[]).map(({ reward }) => reward);
  expect(new Set(rewards)).toEqual(new Set([undefined, -1, 1]));
});

test("no-ops are as many as drawn, from 1 to noopMax", () => {
  const env = new AtariPreprocessing(flash(), { ...small, noopMax: 4 });
  const counts = Array.from({ length: 60 }, (_, seed) => env.reset({ seed }).info["frame"]);
  expect([...new Set(counts)].sort()).toEqual([1, 2, 3, 4]);
});

test("the picture is the greater of the last two frames", () => {
  const show = (frameSkip: number) => {
    const env = new AtariPreprocessing(flash(), { noopMax: 0, frameSkip, screenSize: [8, 10] });
    env.reset({ seed: 1 });
    // Values 30 to 59 are pixels 10 to 19; 3 lives are added to each.
    return env.step(0).observation[15];
  };
  // After 4 frames the block is off, in the third it was on.
  expect([show(1), show(4), show(2)]).toEqual([203, 203, 203]);
  const single = new AtariPreprocessing(flash(), { noopMax: 0, frameSkip: 1, screenSize: [8, 10] });
  single.reset({ seed: 1 });
  single.step(0);
  expect(single.step(0).observation[15]).toBe(3);
});

describe("lives", () => {
  const options = { screenSize: 6, noopMax: 0, terminalOnLifeLoss: true } as const;

  /** Fires, then waits. @returns lives and frame of each end, and of each start after it. */
  function ends(env: Env<TypedArray, number>, steps: number) {
    env.reset({ seed: 1 });
    const seen: unknown[] = [];
    for (let t = 0; t < steps; t++) {
      const { terminated, info } = env.step(1);
      if (!terminated) continue;
      const { lives, frame } = { ...info };
      const { info: begun } = env.reset();
      seen.push({ lives, frame, next: { lives: begun["lives"], frame: begun["frame"] } });
    }
    return seen;
  }

  test("a lost life is the end, and the reset a new game", () => {
    const fresh = { lives: 3, frame: 0 };
    expect(ends(new AtariPreprocessing(flash(), options), 6)).toEqual([
      { lives: 2, frame: 10, next: fresh },
      { lives: 2, frame: 10, next: fresh },
    ]);
  });

  test("with continueAfterLifeLoss the same game goes on until it is over", () => {
    const env = new AtariPreprocessing(flash(), { ...options, continueAfterLifeLoss: true });
    expect(ends(env, 9)).toEqual([
      { lives: 2, frame: 10, next: { lives: 2, frame: 14 } },
      { lives: 1, frame: 24, next: { lives: 1, frame: 28 } },
      { lives: 0, frame: 38, next: { lives: 3, frame: 0 } },
    ]);
    for (let t = 0; t < 3; t++) env.step(1);
    expect(env.reset({ seed: 1 }).info).toMatchObject({ lives: 3, frame: 0 });
  });

  test("a reset in the middle of an episode starts a new game", () => {
    const env = new AtariPreprocessing(flash(), { ...options, continueAfterLifeLoss: true });
    ends(env, 3);
    env.step(0);
    expect(env.reset().info).toMatchObject({ lives: 3, frame: 0 });
  });

  test("FIRE is pressed for a step at the start and after each lost life", () => {
    const env = new AtariPreprocessing(flash(), { screenSize: 6, noopMax: 0, fireOnReset: true });
    expect(env.reset({ seed: 1 }).info).toMatchObject({ frame: 4, fires: 4, lives: 3 });
    const seen = Array.from({ length: 6 }, () => ({ ...env.step(0).info }));
    expect(seen.map(({ lives, fires }) => [lives, fires])).toEqual([
      [3, 4],
      [2, 4],
      [2, 8],
      [2, 8],
      [1, 8],
      [1, 12],
    ]);
  });
});

test("rules keep names, limits and drawings", () => {
  const rules = atariRules(flashRules(), { ...small, id: "Flash-atari" });
  expect(rules).toMatchObject({
    id: "Flash-atari",
    maxEpisodeSteps: 100,
    actionNames: ["NOOP", "FIRE", "RIGHT"],
  });
  expect(atariRules(flashRules(), { maxEpisodeSteps: 7 }).maxEpisodeSteps).toBe(7);
  expect(atariRules(flashRules(), { maxEpisodeSteps: null }).maxEpisodeSteps).toBeUndefined();
  const env = new RulesEnv(atariRules(flashRules(), { noopMax: 0 }), { renderMode: "ansi" });
  env.reset({ seed: 1 });
  env.step(0);
  expect(env.render()).toBe("frame 4");
});

test("greyscale and lives of one's own are used", () => {
  const constant = atariRules(flashRules(), {
    ...small,
    greyscale: (state, out, offset) => void out.fill(state.lives, offset, offset + 80),
    lives: (state) => state.lives,
    terminalOnLifeLoss: true,
  });
  const env = new RulesEnv({ ...constant });
  expect(new Set(env.reset({ seed: 1 }).observation)).toEqual(new Set([3]));
});

describe("refuses", () => {
  const refusal = (options: object, rules = flashRules()) => {
    const problem = problemOf(() => atariRules(rules, options));
    expect(
      problemOf(() => new AtariPreprocessing(new RulesEnv(rules) as unknown as Env<never, number>, options))
        .code,
    ).toBe("invalid-options");
    expect(problem.code).toBe("invalid-options");
    return problem.message;
  };

  test("options that make no sense", () => {
    expect(refusal({ noopMax: -1 })).toBe("Flash-v0: noopMax is -1, expected an integer of at least 0.");
    expect(refusal({ frameSkip: 0 })).toContain("frameSkip is 0");
    expect(refusal({ screenSize: [84, 0] })).toContain("screenSize is [84,0]");
    expect(refusal({ scaleObs: 1 })).toContain("scaleObs is 1, expected true or false");
    expect(refusal({ continueAfterLifeLoss: true })).toContain("expected terminalOnLifeLoss with it");
    expect(problemOf(() => atariRules(flashRules(), { stack: 0 })).message).toContain("stack is 0");
    expect(problemOf(() => atariRules(flashRules(), { stack: 2, scaleObs: true })).message).toContain(
      "FrameStackObservation",
    );
  });

  test("games without pictures, names or lives", () => {
    const never = (rules: unknown) => rules as ReturnType<typeof flashRules>;
    expect(refusal({}, never(walkRules()))).toContain("the observation space is Discrete(9)");
    expect(refusal({}, never(cart.rules()))).toContain("Box([2], float32)");
    const unnamed = { ...flashRules(), actionNames: ["LEFT", "FIRE", "RIGHT"] };
    expect(refusal({}, unnamed)).toBe('Flash-v0: the first action is LEFT, expected "NOOP", or noopMax: 0.');
    const mild = { ...flashRules(), actionNames: ["NOOP", "LEFT", "RIGHT"] };
    expect(refusal({ fireOnReset: true }, mild)).toContain('expected names with "FIRE"');
    const { info, ...silent } = flashRules();
    expect(info).toBeDefined();
    const env = new RulesEnv(atariRules(silent, { terminalOnLifeLoss: true }));
    const problem = problemOf(() => env.reset());
    expect([problem.code, problem.message]).toEqual([
      "invalid-env",
      expect.stringContaining("undefined lives"),
    ]);
  });
});
