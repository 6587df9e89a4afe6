import { luminance } from "gymnasium-js";
import type { Colour } from "../rendering/colour.js";
import {
  digitHeight,
  digitTop,
  digitWidth,
  isLit,
  livesColumn,
  playerColumn,
  scoreColumns,
} from "./digits.js";
import { shownScore } from "./game.js";
import { type BreakoutMode, breakoutMode } from "./modes.js";
import {
  ballHeight,
  ballWidth,
  barTop,
  black,
  brickColours,
  brickColumns,
  brickHeight,
  brickRows,
  bricksTop,
  brickWidth,
  courtBottom,
  courtLeft,
  courtRight,
  courtTop,
  grey,
  paddleHeight,
  paddleTop,
  red,
  screenHeight,
  screenWidth,
  teal,
} from "./screen.js";
import type { PixelBreakoutState } from "./state.js";

/**
 * Writes the picture of a state at `out[offset...]`, row after row from the top.
 *
 * @param mode the game that is played; plain Breakout if left out
 */
export type DrawBreakout = (
  state: PixelBreakoutState,
  out: Uint8Array,
  offset: number,
  mode?: BreakoutMode,
) => void;

/** The picture in RGB, `[210, 160, 3]`. */
export const breakoutRgb: DrawBreakout = painter(3, (colour) => colour);

/** The `luminance` of the same picture, `[210, 160]`, without the detour over colours. */
export const breakoutGreyscale: DrawBreakout = painter(1, (colour) => [luminance(...colour)]);

/** The picture without paddle and ball as last drawn, so that only what has changed since must be. */
interface Backdrop {
  readonly bytes: Uint8Array;
  /** The same memory, four bytes at once. */
  readonly words: Int32Array;
  /** What of `bytes` shows: bricks as in the state, the three digits, and the lives. */
  readonly bricks: Uint8Array;
  score: number;
  lives: number;
}

/**
 * Draws for one number of `channels`, bytes per pixel. The backdrop it keeps is a cache: what is written depends on the
 * arguments alone.
 */
function painter(channels: number, encode: (colour: Colour) => readonly number[]): DrawBreakout {
  const lineSize = screenWidth * channels;
  const walled = backdrop(1);
  const bare = backdrop(0);
  const current = backdrop(0);
  const redPixel = Uint8Array.from(encode(red));
  const glyphs = Array.from({ length: 10 }, (_, digit) => glyph(digit));
  const standard = breakoutMode(0);

  return (state, out, offset, mode = standard) => {
    updateBricks(state.bricks, mode.invisible && state.bricksShown === 0 ? 0 : 1);
    const score = shownScore(state, mode);
    if (score !== current.score || state.lives !== current.lives) updateDigits(score, state.lives);
    out.set(current.bytes, offset);
    fillRed(out, offset + paddleTop * lineSize + state.paddleX * channels, state.paddleWidth, paddleHeight);
    if (state.ball !== "none") {
      const corner = (state.ballY >> 4) * lineSize + (state.ballX >> 4) * channels;
      fillRed(out, offset + corner, ballWidth, ballHeight);
    }
  };

  /** @param visible 1, or 0 to show no brick */
  function updateBricks(bricks: Uint8Array, visible: number): void {
    const shown = current.bricks;
    for (let brick = 0; brick < brickRows * brickColumns; brick++) {
      const stands = bricks[brick]! & visible;
      if (stands !== shown[brick]) updateBrick(brick, stands);
    }
  }

  /** Bricks begin and end at multiples of four bytes. */
  function updateBrick(brick: number, stands: number): void {
    const from = stands === 1 ? walled.words : bare.words;
    const row = Math.floor(brick / brickColumns);
    const left = courtLeft + (brick - row * brickColumns) * brickWidth;
    const size = (brickWidth * channels) >> 2;
    let at = ((bricksTop + row * brickHeight) * lineSize + left * channels) >> 2;
    for (let y = 0; y < brickHeight; y++) {
      for (let word = at; word < at + size; word++) current.words[word] = from[word]!;
      at += lineSize >> 2;
    }
    current.bricks[brick] = stands;
  }

  function updateDigits(score: number, lives: number): void {
    current.score = score;
    current.lives = lives;
    drawDigit(scoreColumns[0], Math.floor(score / 100));
    drawDigit(scoreColumns[1], Math.floor(score / 10) % 10);
    drawDigit(scoreColumns[2], score % 10);
    drawDigit(livesColumn, lives);
  }

  function drawDigit(x: number, digit: number): void {
    const pixels = glyphs[digit]!;
    const size = digitWidth * channels;
    let at = digitTop * lineSize + x * channels;
    for (let from = 0; from < pixels.length; from += size) {
      for (let i = 0; i < size; i++) current.bytes[at + i] = pixels[from + i]!;
      at += lineSize;
    }
  }

  /** @param at where the upper left pixel begins */
  function fillRed(out: Uint8Array, at: number, width: number, height: number): void {
    for (let y = 0; y < height; y++) {
      let to = at + y * lineSize;
      for (let x = 0; x < width; x++) {
        for (let channel = 0; channel < channels; channel++) out[to++] = redPixel[channel]!;
      }
    }
  }

  /** Walls, player's number, and all bricks (1) or none (0); no score and lives yet. */
  function backdrop(stands: 0 | 1): Backdrop {
    const bytes = new Uint8Array(screenHeight * lineSize);
    const fill = (left: number, top: number, right: number, bottom: number, colour: Colour) => {
      const pixel = encode(colour);
      const first = top * lineSize + left * channels;
      for (let x = 0; x < right - left; x++) bytes.set(pixel, first + x * channels);
      for (let y = 1; y < bottom - top; y++) {
        bytes.copyWithin(first + y * lineSize, first, first + (right - left) * channels);
      }
    };
    fill(0, barTop, screenWidth, courtBottom, grey);
    fill(courtLeft, courtTop, courtRight, courtBottom, black);
    fill(0, paddleTop, courtLeft, courtBottom, teal);
    fill(courtRight, paddleTop, screenWidth, courtBottom, red);
    brickColours.forEach((colour, row) => {
      const top = bricksTop + row * brickHeight;
      if (stands === 1) fill(courtLeft, top, courtRight, top + brickHeight, colour);
    });
    const one = glyph(1);
    for (let y = 0; y < digitHeight; y++) {
      const row = one.subarray(y * digitWidth * channels, (y + 1) * digitWidth * channels);
      bytes.set(row, (digitTop + y) * lineSize + playerColumn * channels);
    }
    const bricks = new Uint8Array(brickRows * brickColumns).fill(stands);
    return { bytes, words: new Int32Array(bytes.buffer), bricks, score: -1, lives: -1 };
  }

  function glyph(digit: number): Uint8Array {
    const pixels = new Uint8Array(digitHeight * digitWidth * channels);
    for (let pixel = 0; pixel < digitHeight * digitWidth; pixel++) {
      const lit = isLit(digit, pixel % digitWidth, Math.floor(pixel / digitWidth));
      pixels.set(encode(lit ? grey : black), pixel * channels);
    }
    return pixels;
  }
}
