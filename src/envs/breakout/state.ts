import { brickColumns, brickRows, courtLeft, courtRight, wideWidth } from "./screen.js";

/** All that a game is. Whole numbers only, so that every machine plays the same. */
export interface PixelBreakoutState {
  lives: number;
  score: number;
  over: boolean;
  /** Whether a brick stands, 1 or 0: `[6, 18]`, from the top row down. */
  bricks: Uint8Array;
  bricksLeft: number;
  wallsCleared: number;
  /** Frames for which invisible bricks still show. */
  bricksShown: number;
  /** Left edge of the paddle, px. */
  paddleX: number;
  paddleWidth: number;
  /** px per frame; to the right is positive */
  paddleSpeed: number;
  ball: BallStatus;
  /** Upper left corner of the ball, in 1/16 px. */
  ballX: number;
  ballY: number;
  /** 1 is right, -1 left. */
  directionX: number;
  /** 1 is down, -1 up. */
  directionY: number;
  /** 0 (45 degrees) to 3 (almost upright). */
  steepness: number;
  /** 0 to 4: one more for each of the four things that speed a ball up. */
  speed: number;
  /** How often the paddle has met this ball. */
  paddleHits: number;
  /** Whether this ball has broken a brick of the second row from the top, and of the top row. */
  metOrange: boolean;
  metRed: boolean;
  /** Left edge of a held ball, from that of the paddle, px. */
  heldAt: number;
  /** What was put in for the last frame, as bits of `joystick`; it may stick. */
  lastInput: number;
  info: PixelBreakoutInfo;
}

/** None until FIRE, flying, or held by the paddle. */
export type BallStatus = "none" | "flying" | "held";

/** By ALE's names. One object per episode, so that a step makes none. */
export type PixelBreakoutInfo = {
  lives: number;
  /** Game frames since the last reset. */
  episodeFrameNumber: number;
  /** Game frames since the last seeded reset. */
  frameNumber: number;
};

/** The parts of a joystick's position that count, as bits. */
export const joystick = { fire: 1, right: 2, left: 4 } as const;

export const startLives = 5;

/** Five lives, a whole wall, the paddle in the middle, no ball. Frames are counted on from `previous`. */
export function startGame(previous: PixelBreakoutState | null, paddleWidth: number): PixelBreakoutState {
  const state = previous ?? newState();
  state.lives = startLives;
  state.score = 0;
  state.over = false;
  buildWall(state);
  state.wallsCleared = 0;
  state.bricksShown = 0;
  state.paddleWidth = paddleWidth;
  state.paddleX = (courtLeft + courtRight - paddleWidth) >> 1;
  state.paddleSpeed = 0;
  state.ball = "none";
  state.lastInput = 0;
  state.info = { lives: startLives, episodeFrameNumber: 0, frameNumber: state.info.frameNumber };
  return state;
}

export function buildWall(state: PixelBreakoutState): void {
  state.bricks.fill(1);
  state.bricksLeft = state.bricks.length;
}

/** The fields of a ball that are 0 here mean nothing until a launch sets them. */
function newState(): PixelBreakoutState {
  return {
    lives: startLives,
    score: 0,
    over: false,
    bricks: new Uint8Array(brickRows * brickColumns),
    bricksLeft: 0,
    wallsCleared: 0,
    bricksShown: 0,
    paddleX: 0,
    paddleWidth: wideWidth,
    paddleSpeed: 0,
    ball: "none",
    ballX: 0,
    ballY: 0,
    directionX: 1,
    directionY: 1,
    steepness: 0,
    speed: 0,
    paddleHits: 0,
    metOrange: false,
    metRed: false,
    heldAt: 0,
    lastInput: 0,
    info: { lives: startLives, episodeFrameNumber: 0, frameNumber: 0 },
  };
}
