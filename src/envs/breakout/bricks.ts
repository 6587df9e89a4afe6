import type { BreakoutMode } from "./modes.js";
import {
  ballHeight,
  ballWidth,
  brickColumns,
  brickHeight,
  brickPoints,
  bricksBottom,
  bricksTop,
  brickWidth,
  courtLeft,
} from "./screen.js";
import type { PixelBreakoutState } from "./state.js";

const redRow = 0;
const orangeRow = 1;
/** Frames for which the invisible bricks show after a hit. */
const glimpse = 15;

/**
 * Breaks what the ball overlaps: one brick, looked for first where the ball is headed; all of them in Breakthru.
 * Returns their points. The ball has moved along one axis only and overlapped nothing before.
 */
export function meetBricks(state: PixelBreakoutState, mode: BreakoutMode): number {
  const top = state.ballY >> 4;
  if (top >= bricksBottom || top + ballHeight <= bricksTop) return 0;
  const left = state.ballX >> 4;
  const right = left + ballWidth - 1;
  const bottom = top + ballHeight - 1;
  // Not by destructuring, which would make an array per frame.
  const leadX = state.directionX > 0 ? right : left;
  const otherX = left + right - leadX;
  const leadY = state.directionY > 0 ? bottom : top;
  const otherY = top + bottom - leadY;
  let points = breakAt(state, leadX, leadY, mode);
  if (points === 0 || mode.breakthru) points += breakAt(state, leadX, otherY, mode);
  if (points === 0 || mode.breakthru) points += breakAt(state, otherX, leadY, mode);
  if (points === 0 || mode.breakthru) points += breakAt(state, otherX, otherY, mode);
  return points;
}

/** Breaks the brick that covers a pixel of the court, if one does. */
function breakAt(state: PixelBreakoutState, x: number, y: number, mode: BreakoutMode): number {
  if (y < bricksTop || y >= bricksBottom) return 0;
  const row = Math.floor((y - bricksTop) / brickHeight);
  const brick = row * brickColumns + Math.floor((x - courtLeft) / brickWidth);
  if (state.bricks[brick] !== 1) return 0;
  state.bricks[brick] = 0;
  state.bricksLeft--;
  state.bricksShown = mode.invisible ? glimpse : 0;
  speedUp(state, row);
  if (state.bricksLeft === 0) {
    state.wallsCleared++;
    state.over = state.wallsCleared === (mode.timed ? 1 : 2);
  }
  return brickPoints[row]!;
}

/** Once per ball for the first brick of either of the two upper rows. */
function speedUp(state: PixelBreakoutState, row: number): void {
  if (row === orangeRow && !state.metOrange) {
    state.metOrange = true;
    state.speed++;
  } else if (row === redRow && !state.metRed) {
    state.metRed = true;
    state.speed++;
  }
}
