import { defineMinatar, type MinatarGame } from "./minatar.js";

export interface BreakoutState {
  ballRow: number;
  ballColumn: number;
  /** Where the ball goes next: 1 is down, -1 up. */
  rowStep: number;
  /** 1 is right, -1 left. */
  columnStep: number;
  /** The ball's cell before the last step. */
  trailRow: number;
  trailColumn: number;
  /** Column; the paddle is on row 9. */
  paddle: number;
  /** The bricks as they are observed, `[10, 10, 4]`, so that observing them is one copy. */
  bricks: Uint8Array;
  bricksLeft: number;
  /** A brick was broken and the ball has not yet spent a step outside bricks: it flies through the next ones. */
  struck: boolean;
  over: boolean;
}

const channels = 4;
const paddleChannel = 0;
const ballChannel = 1;
const trailChannel = 2;
const brickChannel = 3;

const lastLine = 9;
const firstBrickRow = 1;
const lastBrickRow = 3;
const fullWall = wall();
const bricksInWall = (lastBrickRow - firstBrickRow + 1) * 10;

/** Breakout: keep the ball in play with a one-cell paddle; each brick gives 1. Ends when the ball passes the paddle. */
export const breakout: MinatarGame<BreakoutState> = {
  name: "Breakout",
  channels,
  minimalActions: [0, 1, 3],
  look: [
    { glyph: "==", colour: [102, 194, 255] },
    { glyph: "()", colour: [255, 255, 255] },
    { glyph: "..", colour: [120, 120, 130] },
    { glyph: "##", colour: [229, 106, 64] },
  ],
  init(rng, previous) {
    const startsRight = rng.integers(0, 2) === 1;
    const state = previous ?? newState();
    state.ballRow = lastBrickRow;
    state.ballColumn = startsRight ? lastLine : 0;
    state.rowStep = 1;
    state.columnStep = startsRight ? -1 : 1;
    state.trailRow = state.ballRow;
    state.trailColumn = state.ballColumn;
    state.paddle = 4;
    restoreWall(state);
    state.struck = false;
    state.over = false;
    return state;
  },
  step(state, action) {
    if (action === 1) state.paddle = Math.max(state.paddle - 1, 0);
    else if (action === 3) state.paddle = Math.min(state.paddle + 1, lastLine);
    return moveBall(state);
  },
  observe(state, out, offset) {
    out.set(state.bricks, offset);
    out[offset + cell(lastLine, state.paddle) + paddleChannel] = 1;
    out[offset + cell(state.ballRow, state.ballColumn) + ballChannel] = 1;
    out[offset + cell(state.trailRow, state.trailColumn) + trailChannel] = 1;
  },
};

/** MinAtar/Breakout-v0 (six actions) and MinAtar/Breakout-v1 (no-op, left, right). */
export const minatarBreakout = defineMinatar(breakout);

/** The ball's part of a step; returns the reward. The candidate cell is one diagonal step on. */
function moveBall(state: BreakoutState): number {
  const row = state.ballRow;
  const column = state.ballColumn;
  state.trailRow = row;
  state.trailColumn = column;
  let nextRow = row + state.rowStep;
  let nextColumn = column + state.columnStep;
  let reward = 0;
  if (nextColumn < 0 || nextColumn > lastLine) {
    nextColumn = column;
    state.columnStep = -state.columnStep;
  }

  if (nextRow < 0) {
    nextRow = 0;
    state.rowStep = 1;
    state.struck = false;
  } else if (state.bricks[cell(nextRow, nextColumn) + brickChannel] === 1) {
    if (!state.struck) {
      reward = 1;
      state.bricks[cell(nextRow, nextColumn) + brickChannel] = 0;
      state.bricksLeft--;
      state.struck = true;
      nextRow = row;
      state.rowStep = -state.rowStep;
    }
  } else {
    state.struck = false;
    if (nextRow === lastLine) nextRow = meetBottom(state, column, nextColumn);
  }
  state.ballRow = nextRow;
  state.ballColumn = nextColumn;
  return reward;
}

/** The ball is about to enter row 9: it bounces off the paddle or is lost. Returns the row it ends on. */
function meetBottom(state: BreakoutState, column: number, nextColumn: number): number {
  if (state.bricksLeft === 0) restoreWall(state);
  if (column === state.paddle) {
    state.rowStep = -1;
    return state.ballRow;
  }
  if (nextColumn === state.paddle) {
    state.rowStep = -1;
    state.columnStep = -state.columnStep;
    return state.ballRow;
  }
  state.over = true;
  return lastLine;
}

function cell(row: number, column: number): number {
  return (row * 10 + column) * channels;
}

function newState(): BreakoutState {
  return {
    ballRow: 0,
    ballColumn: 0,
    rowStep: 1,
    columnStep: 1,
    trailRow: 0,
    trailColumn: 0,
    paddle: 4,
    bricks: new Uint8Array(fullWall.length),
    bricksLeft: 0,
    struck: false,
    over: false,
  };
}

function restoreWall(state: BreakoutState): void {
  state.bricks.set(fullWall);
  state.bricksLeft = bricksInWall;
}

function wall(): Uint8Array {
  const bricks = new Uint8Array(10 * 10 * channels);
  for (let row = firstBrickRow; row <= lastBrickRow; row++) {
    for (let column = 0; column < 10; column++) bricks[cell(row, column) + brickChannel] = 1;
  }
  return bricks;
}
