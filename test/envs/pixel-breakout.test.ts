import { defaultRng, make, RulesEnv } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import { type PixelBreakoutState, pixelBreakoutRules } from "../../src/envs/index.js";
import { fire, follow, left, noop, Play, playPerfectly, right } from "./pixel-breakout-play.js";
import { ScriptedDraws } from "./scripted-draws.js";

describe("a new game", () => {
  test("has five lives, six rows of eighteen bricks, the paddle in the middle, and no ball", () => {
    const { state } = new Play();
    expect(state).toMatchObject({
      lives: 5,
      score: 0,
      bricksLeft: 108,
      paddleX: 72,
      paddleWidth: 16,
      ball: "none",
    });
    expect(Array.from(state.bricks)).toEqual(new Array(6 * 18).fill(1));
  });

  test("nothing moves but the paddle until FIRE, and nothing is drawn", () => {
    const play = new Play();
    for (const action of [noop, right, left]) play.take(action!, 100);
    expect(play.state).toMatchObject({ ball: "none", lives: 5, paddleX: 8, bricksLeft: 108 });
  });

  test("FIRE draws a column and a direction and sends a ball down", () => {
    const play = new Play();
    const draws = new ScriptedDraws([70, 1]);
    play.take(fire!, 1, draws);
    expect(draws.used).toBe(2);
    expect(play.state).toMatchObject({ ball: "flying", directionX: 1, directionY: 1 });
    expect(play.ballAt).toEqual([78, 104]);
    // 15/16 px across and 23/16 px down in a frame.
    play.take(fire!, 16);
    expect(play.ballAt).toEqual([78 + 15, 104 + 23]);
  });

  test("balls start anywhere in the court, in both directions", () => {
    const rng = defaultRng(0);
    const starts = Array.from({ length: 2000 }, () => {
      const play = new Play();
      play.take(fire!, 1, rng);
      return { x: play.state.ballX / 16, direction: play.state.directionX };
    });
    expect(new Set(starts.map(({ x }) => x)).size).toBe(143);
    expect(Math.min(...starts.map(({ x }) => x))).toBe(8);
    expect(Math.max(...starts.map(({ x }) => x))).toBe(150);
    expect(new Set(starts.map(({ direction }) => direction))).toEqual(new Set([-1, 1]));
  });
});

describe("the paddle", () => {
  test("moves one pixel, then two, then three a frame, and starts anew when it turns or rests", () => {
    const play = new Play();
    const places = [right, right, right, right, left, left, noop, left].map((action) => {
      play.take(action!);
      return play.state.paddleX - 72;
    });
    expect(places).toEqual([1, 3, 6, 9, 8, 6, 6, 5]);
  });

  test("stops at the walls", () => {
    const play = new Play();
    play.take(right!, 100);
    expect(play.state.paddleX).toBe(152 - 16);
    play.take(left!, 100);
    expect(play.state.paddleX).toBe(8);
  });

  test("sends the ball to the side that it is met on, the steeper the nearer to the middle", () => {
    const met = (x: number) => {
      const play = new Play();
      play.fly(x, 185, { directionX: 1, directionY: 1, steepness: 3 });
      play.take(noop!);
      const { directionX, directionY, steepness, lives } = play.state;
      expect([directionY, play.ballAt[1], lives]).toEqual([-1, 185, 5]);
      return directionX * (4 - steepness);
    };
    // From the last pixel that still touches on the left to that on the right; 4 is 45 degrees, 1 almost upright.
    const spots = Array.from({ length: 17 }, (_, i) => met(72 - 1 + i));
    expect(spots).toEqual([-4, -4, -4, -3, -3, -2, -2, -1, -1, 1, 1, 2, 2, 3, 3, 4, 4]);
  });

  test("misses by a pixel on either side", () => {
    for (const x of [72 - 2, 72 + 16]) {
      const play = new Play();
      // Straight enough to stay beside the paddle.
      play.fly(x, 184, { directionX: x < 72 ? -1 : 1, directionY: 1, steepness: 3 });
      play.take(noop!, 20);
      expect(play.state.lives).toBe(4);
    }
  });

  test("catches a ball beside it in the last moment, but none that is below it", () => {
    const met = (y: number) => {
      const play = new Play();
      play.fly(70, y, { directionX: -1, directionY: 1, steepness: 3 });
      // The paddle's left edge goes from 72 to 71, 69 and 66.
      play.take(left!, 2);
      return play.state.directionY;
    };
    // In the second frame the ball is 3.5 px further down; row 193 is the first below the paddle.
    expect([met(189), met(190)]).toEqual([-1, 1]);
  });

  test("halves about its middle when the ball first reaches the top, and is whole again for the next ball", () => {
    const play = new Play();
    play.leave([0, 0]);
    play.fly(100, 33, { directionY: -1 });
    play.take(noop!);
    expect(play.state).toMatchObject({ paddleX: 76, paddleWidth: 8, directionY: 1 });
    play.fly(100, 33, { directionY: -1 });
    play.take(noop!);
    expect(play.state).toMatchObject({ paddleX: 76, paddleWidth: 8 });
    play.fly(20, 194, { directionY: 1 });
    play.take(noop!, 2);
    expect(play.state).toMatchObject({ ball: "none", lives: 4, paddleX: 72, paddleWidth: 16 });
  });

  test("difficulty 1 begins with the narrow one, and no ball brings another", () => {
    const play = new Play({ difficulty: 1 });
    expect(play.state).toMatchObject({ paddleX: 76, paddleWidth: 8 });
    play.fly(100, 33, { directionY: -1 });
    play.take(noop!);
    play.fly(20, 194, { directionY: 1 });
    play.take(noop!, 2);
    expect(play.state).toMatchObject({ lives: 4, paddleX: 76, paddleWidth: 8 });
  });
});

describe("bricks", () => {
  test.each([
    [0, 7],
    [1, 7],
    [2, 4],
    [3, 4],
    [4, 1],
    [5, 1],
  ])("row %i from the top gives %i", (row, points) => {
    const play = new Play();
    play.leave([row, 4], [5, 17]);
    play.fly(8 + 4 * 8 + 3, 57 + 6 * row + 7, { directionY: -1, steepness: 3 });
    expect(play.take(noop!)).toBe(points);
    expect(play.state).toMatchObject({ score: points, bricksLeft: 1, directionY: 1 });
    expect(play.state.bricks[row * 18 + 4]).toBe(0);
  });

  test("a ball that comes from the side goes back to that side", () => {
    const play = new Play();
    play.leave([3, 4], [0, 0]);
    play.fly(8 + 4 * 8 - 2, 76, { directionX: 1, directionY: -1, steepness: 0 });
    expect(play.take(noop!)).toBe(4);
    expect(play.state).toMatchObject({ directionX: -1, directionY: -1 });
  });

  test("one at a time, that on the ball's way first", () => {
    for (const [directionX, column] of [
      [1, 5],
      [-1, 4],
    ]) {
      const play = new Play();
      play.fly(8 + 5 * 8 - 1, 93, { directionX: directionX!, directionY: -1, steepness: 3 });
      expect(play.take(noop!)).toBe(1);
      expect([play.state.bricks[5 * 18 + column!], play.state.bricksLeft]).toEqual([0, 107]);
    }
    for (const [directionY, row] of [
      [1, 4],
      [-1, 3],
    ]) {
      const play = new Play();
      play.leave([3, 4], [4, 4], [0, 0]);
      play.fly(8 + 4 * 8 - 2, 79, { directionX: 1, directionY: directionY!, steepness: 0 });
      play.take(noop!);
      expect([play.state.bricks[row! * 18 + 4], play.state.bricksLeft]).toEqual([0, 2]);
    }
  });

  test("no ball is ever among them or outside the court, and none is lost count of", () => {
    const play = new Play();
    const { state } = play;
    let frames = 0;
    playPerfectly(play, 1, () => {
      frames++;
      const [x, y] = play.ballAt.map(Math.floor) as [number, number];
      expect(x >= 8 && x + 2 <= 152 && y >= 32 && y < 196).toBe(true);
      for (const [px, py] of [
        [x, y],
        [x + 1, y],
        [x, y + 3],
        [x + 1, y + 3],
      ] as const) {
        const isAmong =
          py >= 57 && py < 93 && state.bricks[Math.floor((py - 57) / 6) * 18 + ((px - 8) >> 3)] === 1;
        expect(isAmong).toBe(false);
      }
      expect(state.bricksLeft).toBe(state.bricks.reduce((sum, stands) => sum + stands, 0));
    });
    expect(frames).toBeGreaterThan(3000);
  });
});

describe("the ball", () => {
  test("comes off the side walls and the bar above at the angle at which it met them", () => {
    const play = new Play();
    play.leave([0, 0]);
    // 45 degrees at the lowest speed is 20/16 px each way.
    play.fly(149, 120, { directionX: 1, directionY: 1, steepness: 0 });
    play.take(noop!);
    expect([...play.ballAt, play.state.directionX]).toEqual([149.75, 121.25, -1]);
    play.fly(9, 120, { directionX: -1 });
    play.take(noop!);
    expect([play.ballAt[0], play.state.directionX]).toEqual([8.25, 1]);
    play.fly(100, 33, { directionY: -1 });
    play.take(noop!);
    expect([play.ballAt[1], play.state.directionY]).toEqual([32.25, 1]);
  });

  test("speeds up when the paddle meets it the fourth and the twelfth time", () => {
    const play = new Play();
    const speeds = Array.from({ length: 14 }, () => {
      play.fly(79, 185, { directionX: 1, directionY: 1 });
      play.take(noop!);
      return play.state.speed;
    });
    expect(speeds).toEqual([0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2]);
  });

  test("speeds up at the first orange and the first red brick, and starts slow again after a loss", () => {
    const play = new Play();
    const hit = (row: number, column: number) => {
      play.fly(8 + 8 * column + 3, 57 + 6 * row + 7, { directionY: -1, steepness: 3 });
      play.take(noop!);
      return play.state.speed;
    };
    const columns = [0, 1, 2, 3, 4, 5];
    play.leave(...columns.flatMap((column) => [0, 1, 2].map((row) => [row, 3 * column] as const)));
    expect([hit(2, 0), hit(2, 3), hit(1, 0), hit(1, 3), hit(0, 0), hit(0, 3)]).toEqual([0, 0, 1, 1, 2, 2]);
    play.fly(20, 194, { directionY: 1, paddleHits: 3 });
    play.take(noop!, 2);
    play.take(fire!, 1, new ScriptedDraws([0, 0]));
    expect(play.state).toMatchObject({
      speed: 0,
      metOrange: false,
      metRed: false,
      paddleHits: 0,
      directionX: -1,
    });
  });

  test("flies 1.75, 2.25, 2.75, 3.25 or 3.75 pixels a frame, at 45, 57, 70 or 83 degrees", () => {
    for (const speed of [0, 1, 2, 3, 4]) {
      for (const [steepness, degrees] of [45, 57, 70, 83].entries()) {
        const play = new Play();
        play.fly(50, 120, { directionX: 1, directionY: 1, speed, steepness });
        play.take(noop!);
        const [x, y] = [play.ballAt[0] - 50, play.ballAt[1] - 120];
        // Both parts are rounded to 1/16 px.
        expect(Math.abs(Math.hypot(x, y) - (1.75 + speed / 2))).toBeLessThan(0.06);
        expect(Math.abs((Math.atan2(y, x) * 180) / Math.PI - degrees)).toBeLessThan(1.5);
      }
    }
  });
});

describe("a game", () => {
  test("ends with the fifth ball", () => {
    const play = new Play();
    const lives: number[] = [];
    play.take(left!, 100);
    for (let ball = 0; ball < 5; ball++) {
      expect(play.terminated).toBe(false);
      play.take(fire!, 1, new ScriptedDraws([130, 1]));
      for (let frame = 0; play.state.ball === "flying" && frame < 200; frame++) play.take(noop!);
      lives.push(play.rules.info!(play.state)["lives"] as number);
    }
    expect(lives).toEqual([4, 3, 2, 1, 0]);
    expect([play.terminated, play.won]).toEqual([true, 0]);
  });

  test.each([0, 1, 2])("has two walls of 432 points: 864 at most, seed %i", (seed) => {
    const play = new Play();
    let secondWallAt = -1;
    playPerfectly(play, seed, () => {
      const { wallsCleared, bricksLeft, score } = play.state;
      if (wallsCleared === 1 && bricksLeft === 108 && secondWallAt < 0) secondWallAt = score;
    });
    expect(secondWallAt).toBe(432);
    expect([play.won, play.state.score, play.terminated, play.state.lives]).toEqual([864, 864, true, 5]);
  });

  test("the second wall stands as soon as the paddle meets the ball after the first is gone", () => {
    const play = new Play();
    play.leave([5, 4]);
    play.fly(8 + 4 * 8 + 3, 94, { directionY: -1, steepness: 3 });
    play.take(noop!);
    expect(play.state).toMatchObject({ bricksLeft: 0, wallsCleared: 1, over: false });
    play.take(noop!, 20);
    expect(play.state.bricksLeft).toBe(0);
    play.fly(79, 185, { directionY: 1 });
    play.take(noop!);
    expect(play.state.bricksLeft).toBe(108);
    expect(play.state.bricks.includes(0)).toBe(false);
  });

  test("a player who follows the ball wins hundreds with the default settings, one who presses anything little", () => {
    const rules = pixelBreakoutRules();
    const score = (seed: number, choose: (state: PixelBreakoutState) => number) => {
      const rng = defaultRng(seed);
      const state = rules.init(rng, undefined, null);
      for (let step = 0; step < 27_000; step++) if (rules.step(state, choose(state), rng).terminated) break;
      return state.score;
    };
    const seeds = [0, 1, 2, 3, 4];
    const choices = defaultRng(9);
    for (const seed of seeds) expect(score(seed, (state) => follow(state, 4))).toBeGreaterThan(150);
    for (const seed of seeds) expect(score(seed, () => choices.integers(0, 4))).toBeLessThan(30);
  });

  test("keeps one info per episode, by ALE's names; frames are counted on until a seeded reset", () => {
    const env = make<Uint8Array, number>("Ludus/Breakout-v0");
    const first = env.reset({ seed: 1 }).info;
    expect(first).toEqual({ lives: 5, episodeFrameNumber: 0, frameNumber: 0 });
    expect(env.step(0).info).toBe(first);
    expect(env.step(0).info).toEqual({ lives: 5, episodeFrameNumber: 8, frameNumber: 8 });
    const second = env.reset().info;
    expect(second).not.toBe(first);
    expect(first["episodeFrameNumber"]).toBe(8);
    expect(second).toEqual({ lives: 5, episodeFrameNumber: 0, frameNumber: 8 });
    expect(env.reset({ seed: 2 }).info["frameNumber"]).toBe(0);
    expect(env.unwrapped).toBeInstanceOf(RulesEnv);
  });
});
