import type { RandomSource } from "gymnasium-js";
import { meetBricks } from "./bricks.js";
import type { BreakoutMode } from "./modes.js";
import { resizePaddle } from "./paddle.js";
import {
  ballHeight,
  ballWidth,
  courtBottom,
  courtLeft,
  courtRight,
  courtTop,
  narrowWidth,
  paddleHeight,
  paddleTop,
} from "./screen.js";
import { buildWall, joystick, type PixelBreakoutState } from "./state.js";

/** Positions and velocities of the ball are in 1/16 px. */
const unit = 16;
const leftmost = courtLeft * unit;
const rightmost = (courtRight - ballWidth) * unit;
const uppermost = courtTop * unit;
const onPaddle = (paddleTop - ballHeight) * unit;
const launchY = 104 * unit;
const launchSteepness = 1;
const launchColumns = courtRight - courtLeft - ballWidth + 1;

/** By `speed`, in 1/16 px per frame: 1.75 to 3.75 px. All below the height of a brick, so that none is jumped over. */
const speeds = [28, 36, 44, 52, 60];
/** By `steepness`, across and down, in 1/64 of the speed: 45, 57, 70 and 83 degrees. */
const slopes = [
  [45, 45],
  [35, 53],
  [22, 60],
  [8, 63],
] as const;
/** By `4 * speed + steepness`, in 1/16 px per frame. */
const across = velocities(0);
const down = velocities(1);
/** The push of a steering player, in 1/16 px per frame. */
const steering = unit;

const slowHits = 4;
const fastHits = 12;

/** A new ball below the wall, on its way down. Draws its column and then its direction. */
export function launchBall(state: PixelBreakoutState, rng: RandomSource): void {
  state.ball = "flying";
  state.ballX = (courtLeft + rng.integers(0, launchColumns)) * unit;
  state.ballY = launchY;
  state.directionX = rng.integers(0, 2) === 1 ? 1 : -1;
  state.directionY = 1;
  state.steepness = launchSteepness;
  state.speed = 0;
  state.paddleHits = 0;
  state.metOrange = false;
  state.metRed = false;
}

/** A held ball follows the paddle; let go, it leaves as if it had just been met there. */
export function carryBall(state: PixelBreakoutState, letGo: boolean): void {
  const x = (state.paddleX + state.heldAt) * unit;
  state.ballX = Math.min(Math.max(x, leftmost), rightmost);
  if (!letGo) return;
  aim(state);
  state.ball = "flying";
}

/**
 * One frame of flight: first across, then down or up, so that what the ball runs into tells which way it bounces.
 * Returns the points won; `ball` is "none" if it was lost.
 */
export function flyBall(state: PixelBreakoutState, input: number, mode: BreakoutMode): number {
  const velocity = 4 * state.speed + state.steepness;
  const push = mode.steerable ? steering * sideOf(input) : 0;
  let points = flyAcross(state, state.directionX * across[velocity]! + push, mode);
  points += flyDown(state, state.directionY * down[velocity]!, mode);
  if (state.directionY > 0) {
    if (meetsPaddle(state)) bounceOffPaddle(state, mode);
    else if (state.ballY >= courtBottom * unit) state.ball = "none";
  }
  return points;
}

function flyAcross(state: PixelBreakoutState, step: number, mode: BreakoutMode): number {
  const from = state.ballX;
  const to = from + step;
  state.ballX = to;
  if (to < leftmost) {
    state.ballX = 2 * leftmost - to;
    state.directionX = 1;
  } else if (to > rightmost) {
    state.ballX = 2 * rightmost - to;
    state.directionX = -1;
  }
  const points = meetBricks(state, mode);
  if (points > 0 && !mode.breakthru) {
    state.ballX = from;
    state.directionX = step > 0 ? -1 : 1;
  }
  return points;
}

function flyDown(state: PixelBreakoutState, step: number, mode: BreakoutMode): number {
  const from = state.ballY;
  const to = from + step;
  state.ballY = to;
  if (to < uppermost) {
    state.ballY = 2 * uppermost - to;
    state.directionY = 1;
    if (state.paddleWidth !== narrowWidth) resizePaddle(state, narrowWidth);
  }
  const points = meetBricks(state, mode);
  if (points > 0 && !mode.breakthru) {
    state.ballY = from;
    state.directionY = step > 0 ? -1 : 1;
  }
  return points;
}

/** Also a paddle that arrives beside the ball in time catches it: it only has to overlap. */
function meetsPaddle(state: PixelBreakoutState): boolean {
  const x = state.ballX >> 4;
  const y = state.ballY >> 4;
  return (
    y + ballHeight > paddleTop &&
    y < paddleTop + paddleHeight &&
    x + ballWidth > state.paddleX &&
    x < state.paddleX + state.paddleWidth
  );
}

/** A wall that was cleared is rebuilt here, where the ball cannot be among its bricks. */
function bounceOffPaddle(state: PixelBreakoutState, mode: BreakoutMode): void {
  state.ballY = onPaddle;
  state.directionY = -1;
  state.paddleHits++;
  if (state.paddleHits === slowHits || state.paddleHits === fastHits) state.speed++;
  if (state.bricksLeft === 0) buildWall(state);
  if (mode.catching) {
    state.ball = "held";
    state.heldAt = (state.ballX >> 4) - state.paddleX;
  } else {
    aim(state);
  }
}

/**
 * Where on the paddle the ball is tells where it goes: eight sections, the outermost send it off at 45 degrees to
 * their side, the inner ones ever steeper.
 */
function aim(state: PixelBreakoutState): void {
  const overlap = (state.ballX >> 4) - state.paddleX + ballWidth - 1;
  const section = Math.floor((8 * overlap) / (state.paddleWidth + ballWidth - 1));
  state.directionX = section < 4 ? -1 : 1;
  state.steepness = section < 4 ? section : 7 - section;
}

function sideOf(input: number): number {
  return (input & joystick.right) !== 0 ? 1 : (input & joystick.left) !== 0 ? -1 : 0;
}

function velocities(axis: 0 | 1): Int32Array {
  return Int32Array.from(
    speeds.flatMap((speed) => slopes.map((slope) => Math.round((speed * slope[axis]) / 64))),
  );
}
