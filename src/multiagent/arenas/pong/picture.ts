import type { RgbFrame, TypedArray } from "gymnasium-js";
import { type Colour, Picture } from "../../rendering/tiles.js";
import { courtSide, type PongState } from "./state.js";

/** Of the picture before the last step, and of the newest one. */
const channels = 2;
const lit = 255;

/** `[84, 84, 2]` from an agent's side. */
export function writePongPixels(state: PongState, agent: number, out: TypedArray, offset: number): void {
  const { before, paddles, ballX, ballY } = state;
  const { ballSize, paddleDistance, paddleWidth, paddleHeight } = state;
  const side = agent === 0 ? 1 : -1;
  const other = 1 - agent;
  const own = -paddleDistance - paddleWidth;
  const others = paddleDistance;
  const half = ballSize / 2;
  const end = paddleHeight / 2;
  out.fill(0, offset, offset + courtSide * courtSide * channels);
  light(out, offset + pixelAt(side * before[0]! - half, before[1]! - half), ballSize, ballSize);
  light(out, offset + pixelAt(own, before[2 + agent]! - end), paddleWidth, paddleHeight);
  light(out, offset + pixelAt(others, before[2 + other]! - end), paddleWidth, paddleHeight);
  light(out, offset + 1 + pixelAt(side * ballX - half, ballY - half), ballSize, ballSize);
  light(out, offset + 1 + pixelAt(own, paddles[agent]! - end), paddleWidth, paddleHeight);
  light(out, offset + 1 + pixelAt(others, paddles[other]! - end), paddleWidth, paddleHeight);
}

/** Where the pixel begins whose upper left corner is nearest to a point of the court. */
function pixelAt(x: number, y: number): number {
  return (Math.round(y + courtSide / 2) * courtSide + Math.round(x + courtSide / 2)) * channels;
}

/** @param at where the upper left pixel begins */
function light(out: TypedArray, at: number, width: number, height: number): void {
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      out[at + (row * courtSide + column) * channels] = lit;
    }
  }
}

/** Pixels of the picture for one of the court. */
const scale = 2;
/** Of the bar above the court, on which the points are. */
const barHeight = 16;
const floor: Colour = [24, 28, 38];
const bar: Colour = [40, 46, 60];
const net: Colour = [74, 82, 100];
const white: Colour = [240, 240, 235];
/** Of left and right. */
const colours: readonly [Colour, Colour] = [
  [240, 140, 60],
  [90, 170, 240],
];

export function pongPicture(state: PongState): RgbFrame {
  const { courtWidth, courtHeight, ballSize, paddleDistance, paddleWidth, paddleHeight, points } = state;
  const picture = new Picture(courtWidth * scale, courtHeight * scale + barHeight, floor);
  const put = (x: number, y: number, width: number, height: number, colour: Colour) => {
    const [left, top] = [(x + courtWidth / 2) * scale, (y + courtHeight / 2) * scale + barHeight];
    picture.rectangle(left, top, width * scale, height * scale, colour);
  };
  picture.rectangle(0, 0, picture.width, barHeight, bar);
  for (let y = -courtHeight / 2 + 1; y < courtHeight / 2; y += 6) put(-0.5, y, 1, 4, net);
  for (const [agent, side] of [-1, 1].entries()) {
    const colour = colours[agent]!;
    const x = side > 0 ? paddleDistance : -paddleDistance - paddleWidth;
    put(x, state.paddles[agent]! - paddleHeight / 2, paddleWidth, paddleHeight, colour);
    for (let point = 0; point < points; point++) {
      const cx = picture.width / 2 + side * (12 + 12 * point);
      picture.disc(cx, barHeight / 2, 4, point < state.scores[agent]! ? colour : net);
    }
  }
  put(state.ballX - ballSize / 2, state.ballY - ballSize / 2, ballSize, ballSize, white);
  return picture;
}

/** Court pixels that a letter stands for, across and down. */
const [letterWidth, letterHeight] = [2, 4];

export function pongText(state: PongState): string {
  const { courtWidth, courtHeight, paddleDistance, paddleHeight, paddles, scores } = state;
  const [columns, rows] = [courtWidth / letterWidth, courtHeight / letterHeight];
  const columnOf = (x: number) => Math.min(Math.floor((x + courtWidth / 2) / letterWidth), columns - 1);
  const rowOf = (y: number) => Math.min(Math.floor((y + courtHeight / 2) / letterHeight), rows - 1);
  const lines = Array.from({ length: rows }, () => new Array<string>(columns).fill(" "));
  for (const line of lines) line[columns / 2] = ":";
  for (const [agent, side] of [-1, 1].entries()) {
    const [top, bottom] = [-1, 1].map((end) => rowOf(paddles[agent]! + (end * (paddleHeight - 1)) / 2));
    for (let row = top!; row <= bottom!; row++) lines[row]![columnOf(side * (paddleDistance + 1))] = "#";
  }
  lines[rowOf(state.ballY)]![columnOf(state.ballX)] = "o";
  const border = `+${"-".repeat(columns)}+`;
  const court = lines.map((line) => `|${line.join("")}|`);
  return [`left ${scores[0]} : ${scores[1]} right`, border, ...court, border].join("\n");
}
