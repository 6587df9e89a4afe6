import type { RandomSource } from "gymnasium-js";
import { carryBall, flyBall, launchBall } from "./ball.js";
import type { BreakoutMode } from "./modes.js";
import { movePaddle, resizePaddle } from "./paddle.js";
import { joystick, type PixelBreakoutState } from "./state.js";

/** What of the settings the game itself needs. */
export interface BreakoutGame {
  readonly mode: BreakoutMode;
  /** px, of a new ball's paddle */
  readonly paddleWidth: number;
}

const framesPerSecond = 60;
/** The most that three digits show. */
const mostShown = 999;

/** One frame, a sixtieth of a second; returns the points won. A launch draws twice from `rng`, nothing else does. */
export function playFrame(
  state: PixelBreakoutState,
  input: number,
  game: BreakoutGame,
  rng: RandomSource,
): number {
  const { info, ball } = state;
  info.episodeFrameNumber++;
  info.frameNumber++;
  if (state.bricksShown > 0) state.bricksShown--;
  movePaddle(state, input);
  const fire = (input & joystick.fire) !== 0;
  if (ball === "none") {
    if (fire) launchBall(state, rng);
    return 0;
  }
  if (ball === "held") {
    carryBall(state, fire);
    return 0;
  }
  const points = flyBall(state, input, game.mode);
  state.score += points;
  if (state.ball === "none") loseLife(state, game.paddleWidth);
  return points;
}

/** What the first three digits show. */
export function shownScore(state: PixelBreakoutState, mode: BreakoutMode): number {
  if (!mode.timed) return state.score;
  return Math.min(Math.floor(state.info.episodeFrameNumber / framesPerSecond), mostShown);
}

/** The next ball has a paddle of full width again. */
function loseLife(state: PixelBreakoutState, paddleWidth: number): void {
  state.lives--;
  state.info.lives = state.lives;
  if (state.lives === 0) state.over = true;
  else if (state.paddleWidth !== paddleWidth) resizePaddle(state, paddleWidth);
}
