import { defaultRng, make } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import {
  joystickActions,
  type PixelBreakoutKwargs,
  pixelBreakoutNoFrameskip,
  pixelBreakoutRules,
} from "../../src/envs/index.js";
import { fire, follow, left, noDraws, noop, Play, right } from "./pixel-breakout-play.js";
import { ScriptedDraws } from "./scripted-draws.js";

describe("actions", () => {
  test("are ALE's four, or all eighteen", () => {
    expect(pixelBreakoutRules().actionNames).toEqual(["NOOP", "FIRE", "RIGHT", "LEFT"]);
    const full = pixelBreakoutRules({ fullActionSpace: true });
    expect(full.actionNames).toBe(joystickActions);
    expect(full.actionSpace.describe()["n"]).toBe(18);
    expect(joystickActions.join(" ")).toBe(
      "NOOP FIRE UP RIGHT LEFT DOWN UPRIGHT UPLEFT DOWNRIGHT DOWNLEFT UPFIRE RIGHTFIRE LEFTFIRE DOWNFIRE " +
        "UPRIGHTFIRE UPLEFTFIRE DOWNRIGHTFIRE DOWNLEFTFIRE",
    );
  });

  test.each(joystickActions.map((name, action) => [name, action] as const))(
    "%s does what it says",
    (name, action) => {
      const play = new Play({ fullActionSpace: true });
      play.take(action, 1, new ScriptedDraws([0, 0]));
      const across = /RIGHT/.test(name) ? 1 : /LEFT/.test(name) ? -1 : 0;
      expect(play.state.paddleX - 72).toBe(across);
      expect(play.state.ball).toBe(/FIRE/.test(name) ? "flying" : "none");
    },
  );

  test("a game played by the four is the same game played by their like among the eighteen", () => {
    const few = new Play();
    const many = new Play({ fullActionSpace: true });
    const alike = [
      ["NOOP", "UP", "DOWN"],
      ["FIRE", "UPFIRE", "DOWNFIRE"],
      ["RIGHT", "UPRIGHT", "DOWNRIGHT"],
      ["LEFT", "UPLEFT", "DOWNLEFT"],
    ].map((names) => names.map((name) => joystickActions.indexOf(name as "NOOP")));
    const [one, other, choices] = [defaultRng(3), defaultRng(3), defaultRng(4)];
    for (let frame = 0; frame < 5000 && !few.terminated; frame++) {
      const action = follow(few.state, 4);
      few.take(action, 1, one);
      many.take(alike[action]![choices.integers(0, 3)]!, 1, other);
      expect(many.state).toEqual(few.state);
    }
    expect(few.won).toBeGreaterThan(20);
  });
});

describe("frames", () => {
  test("a step plays four and gives the sum of their rewards", () => {
    const rules = pixelBreakoutRules({ repeatActionProbability: 0 });
    const single = new Play();
    const state = rules.init(noDraws, undefined, null);
    const [one, other] = [defaultRng(5), defaultRng(5)];
    let total = 0;
    for (let step = 0; step < 2000 && !single.terminated; step++) {
      const action = follow(state, 4);
      const before = single.won;
      single.take(action, 4, other);
      const { reward } = rules.step(state, action, one);
      expect(reward).toBe(single.won - before);
      expect(state).toEqual(single.state);
      total += reward;
    }
    expect(total).toBeGreaterThan(50);
  });

  test("a step ends with the frame that ends the game", () => {
    const play = new Play({ frameskip: 10 });
    play.state.lives = 1;
    play.fly(20, 194, { directionX: 1, directionY: 1, steepness: 3 });
    play.take(noop!);
    expect(play.terminated).toBe(true);
    // 28/16 px a frame: below the court in the second.
    expect(play.state.info.episodeFrameNumber).toBe(2);
  });

  test("a range of skips is drawn from in each step, before all else", () => {
    const play = new Play({ frameskip: [2, 5], repeatActionProbability: 0.5 });
    const frames = [2, 4, 3].map((skip) => {
      const before = play.state.info.frameNumber;
      play.take(noop!, 1, new ScriptedDraws([skip, ...new Array<number>(skip).fill(0.9)]));
      return play.state.info.frameNumber - before;
    });
    expect(frames).toEqual([2, 4, 3]);
    const rng = defaultRng(0);
    const seen = new Set<number>();
    for (let step = 0; step < 200; step++) {
      const before = play.state.info.frameNumber;
      play.take(noop!, 1, rng);
      seen.add(play.state.info.frameNumber - before);
    }
    expect([...seen].sort()).toEqual([2, 3, 4]);
  });

  test("half an hour is the limit: 108,000 frames in steps", () => {
    const limit = (kwargs: PixelBreakoutKwargs) => pixelBreakoutRules(kwargs).maxEpisodeSteps;
    expect(limit({})).toBe(27_000);
    expect(limit({ frameskip: 1 })).toBe(108_000);
    expect(limit({ frameskip: 7 })).toBe(15_429);
    expect(limit({ frameskip: [2, 5] })).toBe(36_000);
    expect(pixelBreakoutNoFrameskip.maxEpisodeSteps).toBe(108_000);
  });
});

describe("sticky actions", () => {
  test("each frame draws, and below the probability repeats the input of the frame before", () => {
    const play = new Play({ frameskip: 4, repeatActionProbability: 0.25 });
    const take = (action: number, ...draws: number[]) => {
      const scripted = new ScriptedDraws(draws);
      const before = play.state.paddleX;
      play.take(action, 1, scripted);
      expect(scripted.used).toBe(draws.length);
      return play.state.paddleX - before;
    };
    // NOOP sticks from the start, then RIGHT comes through: 1 + 2 + 3.
    expect(take(right!, 0.1, 0.25, 0.9, 0.3)).toBe(6);
    // RIGHT sticks for two frames, 3 + 3, then LEFT: -1 - 2, of which the last sticks.
    expect(take(left!, 0.24, 0, 0.5, 0.2)).toBe(3);
  });

  test("nothing sticks over a reset", () => {
    const play = new Play({ repeatActionProbability: 1 });
    play.state.lastInput = 2;
    play.take(noop!, 1, new ScriptedDraws([0.5]));
    expect(play.state.paddleX).toBe(73);
    play.rules.init(noDraws, undefined, play.state);
    play.take(right!, 1, new ScriptedDraws([0.5]));
    expect(play.state.paddleX).toBe(72);
  });

  test("are a quarter of all frames by default, and none without frame skip", () => {
    const rules = pixelBreakoutRules();
    const state = rules.init(noDraws, undefined, null);
    rules.step(state, right!, new ScriptedDraws([0.2499, 0.25, 0.2499, 0.25]));
    expect(state.paddleX).toBe(72 + 1 + 2 + 3);
    const single = pixelBreakoutNoFrameskip.rules();
    const other = single.init(noDraws, undefined, null);
    single.step(other, right!, noDraws);
    expect(other.paddleX).toBe(73);
  });
});

test("the same seed plays the same game, another seed another one", () => {
  const scores = (seed: number) => {
    const env = make<Uint8Array, number>("Ludus/Breakout-v0");
    env.reset({ seed });
    const rewards: number[] = [];
    for (let step = 0, over = false; step < 300 && !over; step++) {
      const { reward, terminated } = env.step([fire!, right!, left!, noop!][step % 4]!);
      rewards.push(reward);
      over = terminated;
    }
    return { rewards, state: structuredClone((env.unwrapped as unknown as { state: unknown }).state) };
  };
  expect(scores(1)).toEqual(scores(1));
  expect(scores(1).state).not.toEqual(scores(2).state);
});

test.each([
  [{ frameskip: 0 }, /frameskip is 0; give a whole number from 1/],
  [{ frameskip: 2.5 }, /frameskip is 2.5/],
  [{ frameskip: [3, 3] }, /frameskip is \[3,3\]/],
  [{ frameskip: [2] }, /frameskip is \[2\]/],
  [{ repeatActionProbability: 1.5 }, /repeatActionProbability is 1.5/],
  [{ obsType: "ram" }, /obsType is "ram"; give "rgb" or "grayscale"/],
  [{ mode: 3 }, /mode is 3; give one of 0, 4, 8, .*, 44/],
  [{ difficulty: 2 }, /difficulty is 2; give 0, or 1/],
  [{ fullActionSpace: 1 }, /fullActionSpace is 1; give true or false/],
  [{ frameSkip: 4 }, /Ludus\/Breakout-v0 has no keyword 'frameSkip'; did you mean 'frameskip'\?/],
])("%j is refused in one sentence", (kwargs, message) => {
  expect(() => pixelBreakoutRules(kwargs as PixelBreakoutKwargs)).toThrow(message);
});
