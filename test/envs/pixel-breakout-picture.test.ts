import { createHash } from "node:crypto";
import { defaultRng, luminance, type RgbFrame } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import {
  type BreakoutMode,
  breakoutGreyscale,
  breakoutModes,
  breakoutRgb,
  type PixelBreakoutState,
  pixelBreakoutRules,
} from "../../src/envs/index.js";
import { fire, follow, noop, Play } from "./pixel-breakout-play.js";
import { ScriptedDraws } from "./scripted-draws.js";

// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what is looked for
const escapes = /\x1b\[[0-9;]*m/g;

const [width, height] = [160, 210];
const black = [0, 0, 0];
const grey = [142, 142, 142];
const red = [200, 72, 72];
const teal = [66, 158, 130];
const rows = [red, [198, 108, 58], [180, 122, 48], [162, 162, 42], [72, 160, 72], [66, 72, 200]];

/** Seven-segment-like digits, 3 x 5 blocks as octal figures from the top. */
const digits = ["75557", "11111", "71747", "71717", "55711", "74717", "74757", "71111", "75757", "75717"];

/** The colour of one pixel, straight from docs/breakout.md. */
function pixelColour(state: PixelBreakoutState, mode: BreakoutMode, x: number, y: number): readonly number[] {
  const { ball, ballX, ballY, paddleX, paddleWidth, bricks, bricksShown, lives, score, info } = state;
  const [left, top] = [Math.floor(ballX / 16), Math.floor(ballY / 16)];
  if (ball !== "none" && x >= left && x < left + 2 && y >= top && y < top + 4) return red;
  if (y >= 189 && y < 193 && x >= paddleX && x < paddleX + paddleWidth) return red;
  if (y >= 5 && y < 15) {
    const number = mode.timed ? Math.min(Math.floor(info.episodeFrameNumber / 60), 999) : score;
    const shown = [...String(number).padStart(3, "0"), String(lives), "1"];
    for (const [i, column] of [36, 52, 68, 100, 132].entries()) {
      if (x < column || x >= column + 12) continue;
      const line = Number(digits[Number(shown[i])]![Math.floor((y - 5) / 2)]);
      return (line >> (2 - Math.floor((x - column) / 4))) & 1 ? grey : black;
    }
    return black;
  }
  if (y < 17 || y >= 196) return black;
  if (y < 32) return grey;
  if (x < 8) return y < 189 ? grey : teal;
  if (x >= 152) return y < 189 ? grey : red;
  if (y < 57 || y >= 93) return black;
  const row = Math.floor((y - 57) / 6);
  const isHidden = mode.invisible && bricksShown === 0;
  return bricks[row * 18 + Math.floor((x - 8) / 8)] === 1 && !isHidden ? rows[row]! : black;
}

function reference(state: PixelBreakoutState, mode: BreakoutMode): Uint8Array {
  const picture = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) picture.set(pixelColour(state, mode, x, y), (y * width + x) * 3);
  }
  return picture;
}

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

function pictureOf(play: Play): Uint8Array {
  const picture = new Uint8Array(width * height * 3);
  play.rules.observe(play.state, picture, 0);
  return picture;
}

describe("the picture", () => {
  test("is drawn pixel by pixel as documented, in any order of games, in colour and grey", () => {
    const rng = defaultRng(11);
    const modes = [...breakoutModes];
    const plays = modes.map(([mode]) => new Play({ mode }));
    const [rgb, greyscale] = [new Uint8Array(width * height * 3), new Uint8Array(width * height)];
    let [ballsSeen, bricksGone] = [0, 0];
    for (let round = 0; round < 40; round++) {
      // Neighbours in this order have little in common, so that nothing drawn before may shine through.
      const chosen = rng.integers(0, plays.length);
      const play = plays[chosen]!;
      for (let frame = rng.integers(0, 3000); frame > 0 && !play.terminated; frame--) {
        play.take(follow(play.state, 3), 1, rng);
      }
      const expected = reference(play.state, modes[chosen]![1]);
      play.rules.observe(play.state, rgb, 0);
      expect(Buffer.compare(rgb, expected), `round ${round}, mode ${modes[chosen]![0]}`).toBe(0);
      breakoutGreyscale(play.state, greyscale, 0, modes[chosen]![1]);
      for (let i = 0; i < greyscale.length; i++) {
        const [r, g, b] = [expected[3 * i]!, expected[3 * i + 1]!, expected[3 * i + 2]!];
        if (greyscale[i] !== luminance(r, g, b)) expect.fail(`round ${round}: grey pixel ${i} differs`);
      }
      ballsSeen += play.state.ball === "flying" ? 1 : 0;
      bricksGone += play.state.bricksLeft < 108 ? 1 : 0;
      if (play.terminated) plays[chosen] = new Play({ mode: modes[chosen]![0] });
    }
    expect([ballsSeen > 10, bricksGone > 20]).toEqual([true, true]);
  });

  test("of all scores and lives", () => {
    const play = new Play();
    const mode = breakoutModes.get(0)!;
    for (let score = 0; score <= 864; score += 27) {
      play.state.score = score;
      play.state.lives = score % 6;
      expect(Buffer.compare(pictureOf(play), reference(play.state, mode))).toBe(0);
    }
    for (const lives of [5, 4, 0]) {
      play.state.lives = lives;
      expect(Buffer.compare(pictureOf(play), reference(play.state, mode))).toBe(0);
    }
  });

  // Against unnoticed changes: agents trained on these pictures would see another game. The pictures themselves are
  // checked above; after a wanted change, put in what the test says.
  test("of a new game and of one in play is what it was", () => {
    expect(sha256(pictureOf(new Play()))).toBe(
      "ce884940a68e144c6ff9a02130ab5483c47082de76579d9da47711fc9ccc8320",
    );
    const play = new Play();
    const rng = defaultRng(42);
    for (let frame = 0; frame < 2000; frame++) play.take(follow(play.state, 3), 1, rng);
    expect(play.state).toMatchObject({ ball: "flying" });
    expect(sha256(pictureOf(play))).toBe("5ec084fdb33d7107ea85d831eff9ad220e956482b71f31447cb37d6234133df7");
  });

  test("takes up its bytes and no others", () => {
    const play = new Play();
    play.take(fire!, 1, new ScriptedDraws([142, 1]));
    for (const [draw, size] of [
      [breakoutRgb, 100_800],
      [breakoutGreyscale, 33_600],
    ] as const) {
      const out = new Uint8Array(3 * size + 2).fill(9);
      draw(play.state, out, size + 1);
      const alone = new Uint8Array(size);
      draw(play.state, alone, 0);
      expect(out.subarray(0, size + 1).every((byte) => byte === 9)).toBe(true);
      expect(out.subarray(2 * size + 1).every((byte) => byte === 9)).toBe(true);
      expect(Buffer.compare(out.subarray(size + 1, 2 * size + 1), alone)).toBe(0);
    }
  });

  test("is the observation, in colour or grey, and the rendering", () => {
    const [colour, plain] = [pixelBreakoutRules(), pixelBreakoutRules({ obsType: "grayscale" })];
    expect(colour.observationSpace.describe()).toMatchObject({ shape: [210, 160, 3], dtype: "uint8" });
    expect(plain.observationSpace.describe()).toMatchObject({ shape: [210, 160], dtype: "uint8" });
    const play = new Play({ obsType: "grayscale" });
    const observed = new Uint8Array(33_600);
    play.rules.observe(play.state, observed, 0);
    const direct = new Uint8Array(33_600);
    breakoutGreyscale(play.state, direct, 0);
    expect(Buffer.compare(observed, direct)).toBe(0);
    const frame = play.rules.renderRgb!(play.state) as RgbFrame;
    expect([frame.width, frame.height]).toEqual([160, 210]);
    expect(Buffer.compare(frame.data, reference(play.state, breakoutModes.get(0)!))).toBe(0);
  });
});

describe("the text", () => {
  const textOf = (play: Play) => play.rules.renderAnsi!(play.state).replace(escapes, "").split("\n");

  test("reads without colours: digits, walls, bricks, ball, paddle, and the figures", () => {
    const play = new Play();
    play.leave([0, 0], [5, 17]);
    play.fly(80, 120);
    const lines = textOf(play);
    expect(lines).toHaveLength(28);
    expect(lines.slice(0, 27).every((line) => line.length === 80)).toBe(true);
    expect(lines[2]).toBe("█".repeat(80));
    expect(lines[5]).toBe(`████${" ".repeat(72)}████`);
    expect(lines[7]!.slice(0, 12)).toMatch(/^████[█▀▄]{4} {4}$/);
    expect(lines[11]!.slice(68)).toMatch(/^ {4}[█▀▄]{4}████$/);
    expect(lines[15]).toMatch(/^████ {36}[█▀▄] {35}████$/);
    expect(lines[23]).toMatch(/^[▀█]{4} {32}▄{8} {32}[▀█]{4}$/);
    expect(lines[27]).toBe("Breakout: score 0, lives 5, frame 0");
  });

  test("never loses the ball", () => {
    const play = new Play();
    play.leave([0, 0]);
    for (let offset = 0; offset < 64; offset++) {
      play.fly(60 + (offset % 4), 110 + Math.floor(offset / 4));
      const lit = textOf(play).slice(12, 20).join("").replaceAll("████", "").replaceAll(" ", "");
      expect(lit.length, `offset ${offset}`).toBeGreaterThan(0);
    }
  });

  test("says which game it is and how it stands", () => {
    const play = new Play({ mode: 44 });
    play.take(noop!, 3);
    play.state.score = 77;
    expect(textOf(play).at(-1)).toBe("Breakthru, invisible: score 77, lives 5, frame 3");
  });
});
