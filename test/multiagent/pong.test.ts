import { defaultRng } from "gymnasium-js";
import { testParallelArena } from "ludus/testing";
import { describe, expect, test } from "vitest";
import {
  type ArenaOutcome,
  ParallelRulesArena,
  type PongOptions,
  type PongState,
  pong,
  pongFollower,
  pongPixels,
  SimultaneousVector,
} from "../../src/multiagent/index.js";

const [stay, up, down] = [0, 1, 2];
const [left, right] = [0, 1];

function outcomeOf(): ArenaOutcome {
  return { rewards: new Float64Array(2), terminations: new Uint8Array(2), offset: 0 };
}

/** One frame a step, and a game whose ball is where `change` says. */
function gameOf(change: Partial<PongState>, options: PongOptions = {}) {
  const rules = pong({ frameSkip: 1, ...options });
  const state = { ...rules.init(defaultRng(0), undefined), ...change };
  const outcome = outcomeOf();
  const step = (...actions: number[]) => {
    outcome.rewards.fill(0);
    rules.step(state, actions, 0, defaultRng(0), outcome);
    return [...outcome.rewards];
  };
  return { rules, state, outcome, step };
}

const speedOf = ({ velocityX, velocityY }: PongState) => Math.hypot(velocityX, velocityY);

/** The same game seen in a mirror. */
function mirrored(state: PongState): PongState {
  const [ballX, ballY, first, second] = state.before;
  return {
    ...state,
    ballX: 0 - state.ballX,
    velocityX: -state.velocityX,
    paddles: state.paddles.slice().reverse(),
    scores: state.scores.slice().reverse(),
    before: Float64Array.of(0 - ballX!, ballY!, second!, first!),
  };
}

describe("the ball", () => {
  test("bounces off the edges as light off a mirror", () => {
    const { state, step } = gameOf({ ballX: 0, ballY: -38, velocityX: 2, velocityY: -3 });
    step(stay, stay);
    expect([state.ballX, state.ballY, state.velocityX, state.velocityY]).toEqual([2, -39, 2, 3]);
  });

  test("goes back level where the middle of a paddle hits it, faster than it came", () => {
    const { state, step } = gameOf({ ballX: 33, ballY: 0, velocityX: 2, velocityY: 0 });
    step(stay, stay);
    expect(state.velocityX).toBeCloseTo(-2.2, 10);
    expect(state.velocityY).toBe(0);
    // Half a frame to the paddle, half a frame back.
    expect(state.ballX).toBeCloseTo(34 - 1.1, 10);
    expect(state.hits).toBe(1);
  });

  test("goes off the steeper the further from the middle it was hit, and to that side", () => {
    const slopes = [-8, -4, 0, 4, 8].map((ballY) => {
      const { state, step } = gameOf({ ballX: 33, ballY, velocityX: 2, velocityY: 0 });
      step(stay, stay);
      expect(speedOf(state)).toBeCloseTo(2.2, 10);
      return state.velocityY / Math.abs(state.velocityX);
    });
    expect(slopes[0]!).toBeCloseTo((-1.5 * 8) / 9, 10);
    expect(slopes[2]!).toBe(0);
    expect(slopes).toEqual([...slopes].sort((a, b) => a - b));
    expect(slopes[1]!).toBeCloseTo(-slopes[3]!, 10);
  });

  test("is met at the very end of a paddle, and missed beyond", () => {
    const at = (ballY: number) => {
      const { state, step } = gameOf({ ballX: 33, ballY, velocityX: 2, velocityY: 0 });
      step(stay, stay);
      return Math.sign(state.velocityX);
    };
    expect([at(9), at(9.01), at(-9), at(-9.01)]).toEqual([-1, 1, -1, 1]);
  });

  test("is not met any more once it is past the front of a paddle", () => {
    const { state, step } = gameOf({ ballX: 33, ballY: 10, velocityX: 2, velocityY: 0 });
    step(stay, stay);
    expect(step(stay, down)).toEqual([0, 0]);
    expect(state.paddles[right]).toBe(1.5);
    expect([step(stay, down), step(stay, down)]).toEqual([
      [0, 0],
      [1, -1],
    ]);
  });

  test("in a corner bounces off edge and paddle in one frame", () => {
    const { state, step } = gameOf({
      ballX: 33,
      ballY: 39,
      velocityX: 2,
      velocityY: 2,
      paddles: Float64Array.of(0, 35),
    });
    step(stay, stay);
    expect(state.velocityX).toBeLessThan(0);
    // The lower half of the paddle sends it down, and the edge up again.
    expect(state.velocityY).toBeLessThan(0);
    expect(state.ballY).toBeLessThan(40);
    expect(state.hits).toBe(1);
  });

  test("is met however fast it is, and stays within the court", () => {
    const wall = { paddleHeight: 84, topSpeed: 5000, serveSpeed: 1000, points: 1 };
    const { state, outcome, step } = gameOf({ ballX: 3, ballY: 5, velocityX: 700, velocityY: 713 }, wall);
    let frames = 0;
    for (; state.hits < 2000 && frames < 2000; frames++) {
      step(stay, stay);
      expect(Math.abs(state.ballX)).toBeLessThanOrEqual(34);
      expect(Math.abs(state.ballY)).toBeLessThanOrEqual(40);
    }
    expect([...outcome.terminations]).toEqual([0, 0]);
    expect(state.hits / frames).toBeGreaterThan(10);
  });

  test("gets no faster than the limit", () => {
    const { state, step } = gameOf({ ballX: 0, ballY: 0, velocityX: 2, velocityY: 0 }, { topSpeed: 3 });
    const speeds = new Set<number>();
    for (let i = 0; i < 300; i++) {
      step(stay, stay);
      speeds.add(Number(speedOf(state).toFixed(6)));
    }
    expect([...speeds]).toEqual([2, 2.2, 2.42, 2.662, 2.9282, 3]);
  });
});

describe("the game", () => {
  test("a point earns 1 and costs the other 1, another is served, and enough of them end the game", () => {
    const { state, outcome, step } = gameOf({}, { points: 2, frameSkip: 4 });
    state.paddles.set([0, 35]);
    const earned: number[][] = [];
    for (let i = 0; i < 300 && outcome.terminations[0] === 0; i++) {
      const rewards = step(pongFollower.act(state, left, defaultRng(0)), down);
      expect(rewards[0]! + rewards[1]!).toBe(0);
      if (rewards[0] === 0) continue;
      earned.push(rewards);
      expect([state.ballX, state.hits]).toEqual([0, 0]);
      expect(speedOf(state)).toBeCloseTo(1.5, 10);
    }
    expect(earned.length).toBeGreaterThanOrEqual(2);
    expect(Math.max(...state.scores)).toBe(2);
    expect([...outcome.terminations]).toEqual([1, 1]);
  });

  test("a point ends its step, whatever the frames that are left", () => {
    const { state, step } = gameOf({ ballX: 39, ballY: 20, velocityX: 2, velocityY: 0 }, { frameSkip: 50 });
    expect(step(down, stay)).toEqual([1, -1]);
    expect([state.ballX, state.paddles[left]]).toEqual([0, 1.5]);
    expect([...state.scores]).toEqual([1, 0]);
  });

  test("paddles stop at the edges", () => {
    const { state, step } = gameOf({});
    for (let i = 0; i < 60; i++) step(up, down);
    expect([...state.paddles]).toEqual([-35, 35]);
  });

  test("serves go to either side, and nowhere steeper than 45 degrees", () => {
    const serves = Array.from({ length: 200 }, (_, seed) => pong().init(defaultRng(seed), undefined));
    const toTheLeft = serves.filter(({ velocityX }) => velocityX < 0).length;
    expect(toTheLeft).toBeGreaterThan(70);
    expect(toTheLeft).toBeLessThan(130);
    for (const { velocityX, velocityY, ballY } of serves) {
      expect(Math.abs(velocityY)).toBeLessThanOrEqual(Math.abs(velocityX));
      expect(Math.abs(ballY)).toBeLessThanOrEqual(21);
    }
    expect(new Set(serves.map(({ ballY }) => ballY)).size).toBe(200);
  });
});

describe.each([pong(), pongPixels()])("$id seen from either side", (rules) => {
  const { shape, dtype } = rules.observationSpace(left).describe() as { shape: number[]; dtype: string };
  const seen = (state: PongState, agent: number) => {
    const size = shape.reduce((product, length) => product * length);
    const out = dtype === "uint8" ? new Uint8Array(size) : new Float32Array(size);
    rules.observe(state, agent, out, 0);
    return Buffer.from(out.buffer).toString("base64");
  };

  test("a mirrored game is the same to the other player, bit by bit, and stays so as it is played", () => {
    const rng = defaultRng(9);
    const outcome = outcomeOf();
    const state = rules.init(rng, undefined);
    let other = mirrored(state);
    let points = 0;
    for (let i = 0; i < 400; i++) {
      expect(seen(other, left)).toBe(seen(state, right));
      expect(seen(other, right)).toBe(seen(state, left));
      const actions = [rng.integers(0, 3), rng.integers(0, 3)];
      rules.step(state, actions, 0, rng, outcome);
      outcome.terminations.fill(0);
      rules.step(other, actions.reverse(), 0, rng, outcome);
      if (state.hits === 0 && state.ballX === 0) {
        // Serves are chance.
        points++;
        other = mirrored(state);
      }
      expect(other).toEqual(mirrored(state));
    }
    expect(points).toBeGreaterThan(10);
  });
});

test("the numbers a player sees are those of the court, in shares", () => {
  const { rules, state } = gameOf({
    ballX: 21,
    ballY: -42 / 4,
    velocityX: -2,
    velocityY: 1,
    paddles: Float64Array.of(21, -21),
    scores: Uint8Array.of(1, 2),
  });
  const out = new Float32Array(10).fill(9);
  rules.observe(state, right, out, 1);
  const [third, twoThirds] = [Math.fround(1 / 3), Math.fround(2 / 3)];
  expect([...out]).toEqual([9, -0.5, -0.25, 0.5, 0.25, -0.5, 0.5, twoThirds, third, 9]);
  rules.writeState!(state, out, 1);
  expect([...out]).toEqual([9, 0.5, -0.25, -0.5, 0.25, 0.5, -0.5, third, twoThirds, 9]);
});

test("pixels show the court before the last step and as it is now", () => {
  const rules = pongPixels({ frameSkip: 2 });
  const state = { ...rules.init(defaultRng(0), undefined), ballX: 0, ballY: 0, velocityX: 2, velocityY: 1 };
  state.paddles.set([0, 10]);
  const outcome = outcomeOf();
  rules.step(state, [down, stay], 0, defaultRng(0), outcome);
  const out = new Uint8Array(84 * 84 * 2).fill(7);
  rules.observe(state, left, out, 0);
  const box = (channel: number, from: number, to: number) => {
    const cells = [...new Array(84 * 84).keys()].filter((pixel) => {
      const column = pixel % 84;
      return out[pixel * 2 + channel] === 255 && column >= from && column < to;
    });
    const [rows, columns] = [cells.map((cell) => Math.floor(cell / 84)), cells.map((cell) => cell % 84)];
    return [Math.min(...columns), Math.min(...rows), Math.max(...columns), Math.max(...rows), cells.length];
  };
  // Left paddle, ball, right paddle: left, top, right, bottom, pixels.
  expect([box(0, 0, 20), box(0, 20, 60), box(0, 60, 84)]).toEqual([
    [3, 35, 5, 48, 42],
    [40, 40, 43, 43, 16],
    [78, 45, 80, 58, 42],
  ]);
  expect([box(1, 0, 20), box(1, 20, 60), box(1, 60, 84)]).toEqual([
    [3, 38, 5, 51, 42],
    [44, 42, 47, 45, 16],
    [78, 45, 80, 58, 42],
  ]);
  expect(new Set(out)).toEqual(new Set([0, 255]));
});

test("who follows the ball beats who plays at random, and rallies are neither short nor endless", () => {
  const rules = pong();
  const rng = defaultRng(4);
  const play = (isFollower: readonly boolean[]) => {
    let [steps, points, margin] = [0, 0, 0];
    for (let game = 0; game < 40; game++) {
      const state = rules.init(rng, undefined);
      const outcome = outcomeOf();
      for (let step = 0; step < 1000 && outcome.terminations[0] === 0; step++) {
        outcome.rewards.fill(0);
        const actions = isFollower.map((follows, agent) =>
          follows ? pongFollower.act(state, agent, rng) : rng.integers(0, 3),
        );
        rules.step(state, actions, 0, rng, outcome);
        steps++;
        points += Math.abs(outcome.rewards[0]!);
        margin += outcome.rewards[0]!;
      }
    }
    return { rally: steps / points, margin: margin / points };
  };
  const random = play([false, false]);
  expect(random.rally).toBeGreaterThan(8);
  expect(Math.abs(random.margin)).toBeLessThan(0.3);
  expect(play([true, false]).margin).toBeGreaterThan(0.8);
  expect(play([false, true]).margin).toBeLessThan(-0.8);
  const followers = play([true, true]);
  expect(followers.rally).toBeGreaterThan(30);
  expect(followers.rally).toBeLessThan(120);
});

test("pictures have the court, and text the score", () => {
  const { rules, state } = gameOf({ ballX: 0.5, ballY: 0, scores: Uint8Array.of(2, 1) });
  const text = rules.renderAnsi!(state).split("\n");
  expect(text[0]).toBe("left 2 : 1 right");
  expect(text).toHaveLength(24);
  expect(text[12]).toBe(`|  #${" ".repeat(18)}o${" ".repeat(17)}#  |`);
  const { width, height, data } = rules.renderRgb!(state);
  expect([width, height, data.length]).toEqual([168, 184, 168 * 184 * 3]);
  const at = (x: number, y: number) => [...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)];
  expect(at(85, 16 + 84)).toEqual([240, 240, 235]);
  expect(at(8, 16 + 84)).not.toEqual(at(160, 16 + 84));
});

test("steps write into the arrays that the state has, and make none", () => {
  const rules = pong({ points: 100 });
  const rng = defaultRng(1);
  const state = rules.init(rng, undefined);
  const before = { ...state };
  const outcome = outcomeOf();
  for (let i = 0; i < 50; i++) {
    rules.step(
      state,
      rules.agents.map(() => rng.integers(0, 3)),
      0,
      rng,
      outcome,
    );
  }
  const arrays = Object.entries(before).filter(([, value]) => ArrayBuffer.isView(value));
  expect(arrays.length).toBe(3);
  for (const [name, array] of arrays) expect(state[name as keyof typeof state]).toBe(array);
});

test("numbers that make no game are refused", () => {
  expect(() => pong({ points: 0 })).toThrow(/points is 0/);
  expect(() => pongPixels({ frameSkip: 1.5 })).toThrow(/frameSkip is 1.5/);
  expect(() => pong({ paddleSpeed: -1 })).toThrow(/paddleSpeed is -1/);
  expect(() => pong({ paddleHeight: 85 })).toThrow(/paddleHeight is 85/);
  expect(() => pong({ serveSpeed: 5 })).toThrow(/serveSpeed is 5/);
});

describe.each([pong(), pongPixels({ points: 1 })])("$id", (rules) => {
  const maxCycles = 40;
  testParallelArena((how) => new ParallelRulesArena(rules, { ...how, maxCycles }), {
    ...{ test, steps: 60, maxCycles },
    renderModes: ["ansi", "rgb_array"],
  });

  test("many side by side go on for ever, and are played anew when one has won", () => {
    const vector = new SimultaneousVector(rules, { numArenas: 4 });
    vector.reset({ seed: 3 });
    const rng = defaultRng(1);
    const actions = new Int32Array(8);
    let ends = 0;
    for (let i = 0; i < 300; i++) {
      for (let at = 0; at < actions.length; at++) actions[at] = rng.integers(0, 3);
      vector.step(actions);
      ends += vector.ended.reduce((sum, ended) => sum + ended, 0);
      for (let arena = 0; arena < 4; arena++)
        expect(vector.rewards[arena * 2]! + vector.rewards[arena * 2 + 1]!).toBe(0);
    }
    expect(ends).toBeGreaterThan(3);
  });
});
