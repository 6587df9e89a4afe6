import { defaultRng } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import { breakoutModes, breakoutRgb } from "../../src/envs/index.js";
import { fire, follow, left, noop, Play, playPerfectly, right } from "./pixel-breakout-play.js";

const modes = [...breakoutModes];
const having = (trait: "steerable" | "catching" | "invisible" | "timed" | "breakthru") =>
  modes.filter(([, mode]) => mode[trait]).map(([number]) => number);

test("there are twelve, three kinds by four variants", () => {
  expect(modes.map(([number]) => number)).toEqual([0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44]);
  expect(having("steerable")).toEqual([4, 20, 36]);
  expect(having("catching")).toEqual([8, 24, 40]);
  expect(having("invisible")).toEqual([12, 28, 44]);
  expect(having("timed")).toEqual([16, 20, 24, 28]);
  expect(having("breakthru")).toEqual([32, 36, 40, 44]);
  expect(new Set(modes.map(([, { name }]) => name)).size).toBe(12);
});

test.each(modes.map(([mode, { timed }]) => [mode, timed ? 432 : 864]))(
  "mode %i can be played to its end, %i points",
  (mode, points) => {
    const play = new Play({ mode });
    playPerfectly(play, 5);
    expect([play.terminated, play.won, play.state.lives]).toEqual([true, points, 5]);
  },
);

describe("steerable", () => {
  test("LEFT and RIGHT push the flying ball by a pixel a frame", () => {
    const moved = (mode: number, action: number) => {
      const play = new Play({ mode });
      play.fly(80, 120, { directionX: 1, directionY: -1, steepness: 3 });
      play.take(action, 4);
      return play.ballAt[0] - 80;
    };
    const drift = moved(0, noop!);
    expect([noop, right, left].map((action) => moved(0, action!))).toEqual([drift, drift, drift]);
    expect([noop, right, left].map((action) => moved(4, action!))).toEqual([drift, drift + 4, drift - 4]);
  });

  test("a ball pushed against a wall or a brick leaves it again", () => {
    const play = new Play({ mode: 4 });
    play.fly(8, 120, { directionX: 1, directionY: -1, steepness: 3 });
    for (let frame = 0; frame < 10; frame++) {
      play.take(left!);
      expect(play.ballAt[0]).toBeGreaterThanOrEqual(8);
    }
    expect(play.state.directionX).toBe(1);
    play.leave([3, 4], [0, 0]);
    play.fly(8 + 5 * 8, 76, { directionX: 1, directionY: -1, steepness: 3 });
    expect(play.take(left!)).toBe(4);
    expect(play.state.directionX).toBe(1);
  });
});

describe("catch", () => {
  test("the paddle holds the ball, carries it along, and FIRE lets it go from there", () => {
    const play = new Play({ mode: 8 });
    play.fly(85, 185, { directionX: 1, directionY: 1, steepness: 3 });
    play.take(noop!);
    expect(play.state).toMatchObject({ ball: "held", paddleHits: 1 });
    play.take(right!, 5);
    expect(play.state.paddleX).toBe(72 + 12);
    play.take(noop!, 50);
    expect(play.ballAt).toEqual([85 + 12, 185]);
    expect(play.state.lives).toBe(5);
    play.take(fire!);
    expect(play.state).toMatchObject({ ball: "flying", directionX: 1, directionY: -1, steepness: 1 });
    play.take(noop!);
    expect(play.ballAt[1]).toBeLessThan(185);
  });

  test("a ball held beyond the paddle's edge stays within the court", () => {
    const play = new Play({ mode: 8 });
    play.fly(71, 185, { directionX: 1, directionY: 1, steepness: 3 });
    play.take(noop!);
    expect(play.state.heldAt).toBe(-1);
    play.take(left!, 100);
    expect(play.ballAt[0]).toBe(8);
    play.take(fire!);
    play.take(noop!);
    expect(play.ballAt[0]).toBeGreaterThan(8);
  });

  test("plain Breakout holds nothing", () => {
    const play = new Play();
    play.fly(85, 185, { directionX: 1, directionY: 1, steepness: 3 });
    play.take(noop!);
    expect(play.state.ball).toBe("flying");
  });
});

describe("invisible", () => {
  const bricksSeen = (play: Play) => {
    const picture = new Uint8Array(210 * 160 * 3);
    play.rules.observe(play.state, picture, 0);
    return picture.subarray(57 * 480, 93 * 480).some((byte) => byte !== 0 && byte !== 142);
  };

  test("bricks show for fifteen frames after one was hit", () => {
    const play = new Play({ mode: 12 });
    expect(bricksSeen(play)).toBe(false);
    expect(bricksSeen(new Play())).toBe(true);
    play.fly(83, 94, { directionY: -1, steepness: 3 });
    expect(play.take(noop!)).toBe(1);
    const seen = Array.from({ length: 18 }, () => {
      const isSeen = bricksSeen(play);
      play.take(noop!);
      return isSeen;
    });
    expect(seen).toEqual([...new Array(15).fill(true), ...new Array(3).fill(false)]);
  });
});

describe("timed", () => {
  test("the digits count seconds, and the first wall cleared ends the game", () => {
    const play = new Play({ mode: 16 });
    const other = new Play();
    play.take(noop!, 60 * 123 + 59);
    other.state.score = 123;
    const [timed, plain] = [new Uint8Array(100_800), new Uint8Array(100_800)];
    play.rules.observe(play.state, timed, 0);
    other.rules.observe(other.state, plain, 0);
    expect(Buffer.compare(timed, plain)).toBe(0);
    play.take(noop!);
    breakoutRgb(play.state, timed, 0, breakoutModes.get(16));
    expect(Buffer.compare(timed, plain)).not.toBe(0);
    play.leave([5, 4]);
    play.fly(8 + 4 * 8 + 3, 94, { directionY: -1, steepness: 3 });
    expect(play.take(noop!)).toBe(1);
    expect([play.terminated, play.state.lives]).toEqual([true, 5]);
  });

  test("the digits stop at 999", () => {
    const play = new Play({ mode: 16 });
    const picture = (frames: number) => {
      play.state.info.episodeFrameNumber = frames;
      const out = new Uint8Array(100_800);
      play.rules.observe(play.state, out, 0);
      return Buffer.from(out).toString("base64");
    };
    expect(picture(60 * 999)).toBe(picture(60 * 1700));
    expect(picture(60 * 998)).not.toBe(picture(60 * 999));
  });
});

describe("Breakthru", () => {
  test("the ball goes on through the bricks that it breaks, for all their points", () => {
    const play = new Play({ mode: 32 });
    play.fly(8 + 4 * 8 + 3, 100, { directionX: 1, directionY: -1, steepness: 3 });
    for (let frame = 0; frame < 60 && play.state.directionY < 0; frame++) play.take(noop!);
    // Up one column, and one brick more where it drifts into the next.
    expect(play.won).toBeGreaterThanOrEqual(24);
    expect(play.state.directionY).toBe(1);
    expect(play.ballAt[1]).toBeLessThan(36);
    expect(play.state).toMatchObject({ metOrange: true, metRed: true, speed: 2 });
  });

  test("bricks side by side break together", () => {
    const play = new Play({ mode: 32 });
    play.fly(8 + 5 * 8 - 1, 93, { directionX: 1, directionY: -1, steepness: 3 });
    expect(play.take(noop!)).toBe(2);
    expect(play.state.directionY).toBe(-1);
  });
});

test.each(modes.map(([mode]) => mode))("mode %i is fit for a player who follows the ball", (mode) => {
  const play = new Play({ mode });
  const rng = defaultRng(mode);
  for (let frame = 0; frame < 20_000 && !play.terminated; frame++) play.take(follow(play.state, 2), 1, rng);
  expect(play.won).toBeGreaterThan(60);
});
