import { courtLeft, courtRight } from "./screen.js";
import { joystick, type PixelBreakoutState } from "./state.js";

/** px per frame */
const topSpeed = 3;

/** One pixel in the first frame that the stick is held to a side, two in the next, three from then on. */
export function movePaddle(state: PixelBreakoutState, input: number): void {
  state.paddleSpeed = nextSpeed(state.paddleSpeed, input);
  placePaddle(state, state.paddleX + state.paddleSpeed);
}

/** The paddle keeps its middle, unless a wall is in the way. */
export function resizePaddle(state: PixelBreakoutState, width: number): void {
  const x = state.paddleX + ((state.paddleWidth - width) >> 1);
  state.paddleWidth = width;
  placePaddle(state, x);
}

function nextSpeed(speed: number, input: number): number {
  if ((input & joystick.right) !== 0) return speed <= 0 ? 1 : Math.min(speed + 1, topSpeed);
  if ((input & joystick.left) !== 0) return speed >= 0 ? -1 : Math.max(speed - 1, -topSpeed);
  return 0;
}

function placePaddle(state: PixelBreakoutState, x: number): void {
  state.paddleX = Math.min(Math.max(x, courtLeft), courtRight - state.paddleWidth);
}
