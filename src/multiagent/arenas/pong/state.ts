import type { RandomSource } from "gymnasium-js";

export interface PongOptions {
  /** Points that win. */
  points?: number;
  /** Frames of the game in a step; a point ends the step in which it is made. */
  frameSkip?: number;
  /** px */
  paddleHeight?: number;
  /** px per frame */
  paddleSpeed?: number;
  /** Of the ball when it is served, px per frame. */
  serveSpeed?: number;
  /** The ball's limit, px per frame. */
  topSpeed?: number;
  /** By which a hit multiplies the speed of the ball. */
  speedUp?: number;
}

/**
 * All that a game is, and how large things are. Lengths in px, times in frames; from the middle of the court, x to the right, y
 * down, so that a mirrored game plays the same to the last bit.
 */
export interface PongState {
  readonly courtWidth: number;
  readonly courtHeight: number;
  /** A square; its position is that of its middle. */
  readonly ballSize: number;
  /** How far from the middle of the court the paddles' fronts are. */
  readonly paddleDistance: number;
  readonly paddleWidth: number;
  readonly paddleHeight: number;
  readonly topSpeed: number;
  /** That win. */
  readonly points: number;
  ballX: number;
  ballY: number;
  /** px per frame */
  velocityX: number;
  velocityY: number;
  /** Middle of each paddle, left and right. */
  paddles: Float64Array;
  /** Points of left and right. */
  scores: Uint8Array;
  /** Hits since the serve. */
  hits: number;
  /** Where everything was before the last step: the ball's x and y, left and right paddle. */
  before: Float64Array;
}

export const courtSide = 84;
const ballSize = 4;
const paddleWidth = 3;
const paddleDistance = courtSide / 2 - 2 * paddleWidth;

/** Nobody has served yet. */
export function newGame({
  points,
  paddleHeight,
  topSpeed,
}: Pick<PongState, "points" | "paddleHeight" | "topSpeed">): PongState {
  return {
    courtWidth: courtSide,
    courtHeight: courtSide,
    ballSize,
    paddleDistance,
    paddleWidth,
    paddleHeight,
    topSpeed,
    points,
    ballX: 0,
    ballY: 0,
    velocityX: 0,
    velocityY: 0,
    paddles: new Float64Array(2),
    scores: new Uint8Array(2),
    hits: 0,
    before: new Float64Array(4),
  };
}

/** From somewhere on the middle line, to either side alike, 45 degrees up or down at most. Draws three numbers. */
export function serve(state: PongState, speed: number, rng: RandomSource): void {
  const side = rng.integers(0, 2) === 0 ? -1 : 1;
  state.ballX = 0;
  state.ballY = (rng.random() - 0.5) * (state.courtHeight / 2);
  state.hits = 0;
  send(state, { side, slope: 2 * rng.random() - 1, speed });
}

/** Lets the ball fly to a side, so many px up or down for each px across. */
export function send(state: PongState, { side, slope, speed }: Flight): void {
  // No sine or cosine: these differ from machine to machine, square roots do not.
  const across = speed / Math.sqrt(1 + slope * slope);
  state.velocityX = side * across;
  state.velocityY = slope * across;
}

export interface Flight {
  /** -1 is left, 1 right. */
  readonly side: number;
  readonly slope: number;
  /** px per frame */
  readonly speed: number;
}

export function keepBefore({ before, ballX, ballY, paddles }: PongState): void {
  before[0] = ballX;
  before[1] = ballY;
  before[2] = paddles[0]!;
  before[3] = paddles[1]!;
}
