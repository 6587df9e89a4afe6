import {
  AtariPreprocessing,
  type Env,
  FrameStackObservation,
  make,
  makeVec,
  TransformReward,
  type TypedArray,
} from "gymnasium-js";
import { describe, expect, test } from "vitest";
import {
  breakoutAtari,
  breakoutAtariRules,
  type PixelBreakoutInfo,
  pixelBreakoutRules,
} from "../../src/envs/index.js";

const id = "Ludus/BreakoutAtari-v0";

/** The single game, with the wrappers that the task is made of. */
function chain(gameKwargs: object, options: object): Env<TypedArray, number> {
  const game = make<Uint8Array, number>("Ludus/BreakoutNoFrameskip-v0", {
    maxEpisodeSteps: null,
    repeatActionProbability: 0.25,
    ...gameKwargs,
  });
  return new AtariPreprocessing(game, { fireOnReset: true, ...options });
}

/** All that so many steps show, with a hash of each picture. */
function record(env: Env<TypedArray, number>, steps: number, seed: number): unknown[] {
  const hash = (pixels: ArrayLike<number>) =>
    Array.from(pixels).reduce((sum, pixel, i) => (sum * 31 + pixel + (i & 7)) % 65_521, 7);
  const seen: unknown[] = [hash(env.reset({ seed }).observation)];
  for (let t = 0; t < steps; t++) {
    const { observation, reward, terminated, info } = env.step((t * 7 + (t >> 3)) % 4);
    seen.push([hash(observation), reward, terminated, (info as PixelBreakoutInfo).lives]);
    if (terminated) seen.push(hash(env.reset().observation));
  }
  return seen;
}

describe(id, () => {
  test("is grey, 84 x 84, every fourth frame, without a time limit of its own", () => {
    const env = make<TypedArray, number>(id);
    expect(env.observationSpace.describe()).toMatchObject({ shape: [84, 84], dtype: "uint8" });
    expect(breakoutAtari.maxEpisodeSteps).toBe(27_000);
    const { info } = env.reset({ seed: 1 });
    const before = (info as PixelBreakoutInfo).episodeFrameNumber;
    // 1 to 30 no-ops, and FIRE for a step.
    expect(before).toBeGreaterThanOrEqual(5);
    expect(before).toBeLessThanOrEqual(34);
    env.step(0);
    const { info: later } = env.step(0);
    expect((later as PixelBreakoutInfo).episodeFrameNumber).toBe(before + 8);
  });

  test.each([
    ["as it is", {}, {}],
    ["without stickiness, life by life", { repeatActionProbability: 0 }, { terminalOnLifeLoss: true }],
    ["going on after lost lives", {}, { terminalOnLifeLoss: true, continueAfterLifeLoss: true }],
    ["in colour, of another size", { difficulty: 1 }, { grayscaleObs: false, screenSize: [40, 50] }],
    ["invisible bricks", { mode: 12 }, { noopMax: 3, frameSkip: 2 }],
  ] as const)("shows what the chain of wrappers shows: %s", (_, gameKwargs, options) => {
    const env = make<TypedArray, number>(id, { maxEpisodeSteps: null, ...gameKwargs, ...options });
    const seen = record(env, 300, 5);
    expect(seen).toEqual(record(chain(gameKwargs, options), 300, 5));
    expect(JSON.stringify(seen)).toContain("true");
    expect(JSON.stringify(record(env, 300, 6))).not.toBe(JSON.stringify(seen));
  });

  test("stacks pictures and clips rewards", () => {
    const kwargs = { stack: 4, clipReward: true, maxEpisodeSteps: null };
    const env = make<TypedArray, number>(id, kwargs);
    const wrapped = new TransformReward(
      new FrameStackObservation(chain({}, {}), 4) as Env<TypedArray, number>,
      Math.sign,
    );
    expect(env.observationSpace.shape).toEqual([84, 84, 4]);
    env.reset({ seed: 2 });
    wrapped.reset({ seed: 2 });
    for (let t = 0; t < 40; t++) {
      const [one, other] = [env.step((t % 3) + 1), wrapped.step((t % 3) + 1)];
      expect([one.reward, one.terminated]).toEqual([other.reward, other.terminated]);
      const newestFirst = [0, 84 * 84 - 1, 84 * 70 + 40].flatMap((pixel) =>
        [3, 2, 1, 0].map((age) => [
          one.observation[pixel * 4 + age],
          other.observation[age * 84 * 84 + pixel],
        ]),
      );
      for (const [found, expected] of newestFirst) expect(found).toBe(expected);
    }
  });

  test("a ball that flies is seen to move, and pressing nothing loses five balls", () => {
    const envs = makeVec(id, {
      numEnvs: 1,
      autoresetMode: "disabled",
      kwargs: { repeatActionProbability: 0 },
    });
    const { observations } = envs.reset({ seed: 1 });
    const first = (observations as Uint8Array).slice();
    const lives = new Set<unknown>();
    let steps = 0;
    for (let isOver = false; !isOver; steps++) {
      const step = envs.step([0]);
      if (steps === 5) expect(step.observations).not.toEqual(first);
      lives.add(step.infos["lives"]?.values[0]);
      isOver = step.terminations[0] === 1;
    }
    expect([...lives]).toEqual([5, 4, 3, 2, 1, 0]);
    expect(steps).toBeLessThan(2000);
  });

  test("refuses keywords that it does not know or that make no sense", () => {
    expect(() => make(id, { frameskip: 4 })).toThrow("did you mean 'frameSkip'?");
    expect(() => make(id, { frameSkip: 0 })).toThrow("frameSkip is 0");
    expect(() => make(id, { repeatActionProbability: 2 })).toThrow("repeatActionProbability is 2");
    expect(() => make(id, { grayscaleObs: "no" })).toThrow('grayscaleObs is "no"');
    expect(() => make(id, { stack: 4, scaleObs: true })).toThrow("stack is 4");
  });

  test("the game inside is the one frame by frame", () => {
    expect(breakoutAtariRules().actionNames).toEqual(pixelBreakoutRules().actionNames);
    expect(breakoutAtariRules({ fullActionSpace: true }).actionNames).toHaveLength(18);
  });
});
