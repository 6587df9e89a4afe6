import type { TypedArray } from "gymnasium-js";
import { defineMinatar, type MinatarGame } from "./minatar.js";

/** The three layers hold a number per row, whose bit c says whether there is one in column c. */
export interface SpaceInvadersState {
  /** Column of the cannon; it is on row 9. */
  cannon: number;
  aliens: Uint16Array;
  numAliens: number;
  playerBullets: Uint16Array;
  alienBullets: Uint16Array;
  /** Of all aliens: 1 is right, -1 left. */
  heading: number;
  marchPeriod: number;
  marchCountdown: number;
  alienGunCountdown: number;
  gunCooldown: number;
  ramping: boolean;
  level: number;
  over: boolean;
}

const channels = 6;
const cannonChannel = 0;
const alienChannel = 1;
const leftChannel = 2;
const rightChannel = 3;
const playerBulletChannel = 4;
const alienBulletChannel = 5;

const lastLine = 9;
const leftEdge = 1;
const rightEdge = 1 << lastLine;
const rowsOfWave = 4;
/** Columns 2 to 7. */
const rowOfWave = 0b11111100;
const aliensInWave = rowsOfWave * 6;
const playerGunPeriod = 5;
const alienGunPeriod = 10;
const firstMarchPeriod = 12;
const leastMarchPeriod = 6;

/**
 * Space Invaders: shoot a marching block of aliens, 1 each; cleared, it comes anew. Ends when an alien or its bullet
 * is on the cannon, or the block would descend from the last row. Nothing in it is random.
 */
export const spaceInvaders: MinatarGame<SpaceInvadersState> = {
  name: "SpaceInvaders",
  channels,
  minimalActions: [0, 1, 3, 5],
  look: [
    { glyph: "/\\", colour: [102, 194, 255] },
    { glyph: "MM", colour: [88, 196, 132] },
    { glyph: "<M", colour: [88, 196, 132] },
    { glyph: "M>", colour: [196, 200, 84] },
    { glyph: "||", colour: [255, 255, 255] },
    { glyph: "!!", colour: [255, 96, 96] },
  ],
  level: (state) => state.level,
  init(_rng, previous, ramping) {
    const state = previous ?? newState();
    state.cannon = 5;
    state.aliens.fill(0);
    placeWave(state);
    state.playerBullets.fill(0);
    state.alienBullets.fill(0);
    state.heading = -1;
    state.marchPeriod = firstMarchPeriod;
    state.marchCountdown = firstMarchPeriod;
    state.alienGunCountdown = alienGunPeriod;
    state.gunCooldown = 0;
    state.ramping = ramping;
    state.level = 0;
    state.over = false;
    return state;
  },
  step(state, action) {
    movePlayer(state, action);
    moveUp(state.playerBullets);
    moveDown(state.alienBullets);
    if (isOnCannon(state, state.alienBullets)) state.over = true;
    if (isOnCannon(state, state.aliens)) state.over = true;
    if (state.marchCountdown === 0) march(state);
    if (state.alienGunCountdown === 0) fireAtCannon(state);
    const reward = hits(state);
    if (state.gunCooldown > 0) state.gunCooldown--;
    state.marchCountdown--;
    state.alienGunCountdown--;
    if (state.numAliens === 0) nextWave(state);
    return reward;
  },
  observe(state, out, offset) {
    out.fill(0, offset, offset + 100 * channels);
    out[offset + (lastLine * 10 + state.cannon) * channels + cannonChannel] = 1;
    mark(state.aliens, out, offset + alienChannel);
    mark(state.aliens, out, offset + (state.heading < 0 ? leftChannel : rightChannel));
    mark(state.playerBullets, out, offset + playerBulletChannel);
    mark(state.alienBullets, out, offset + alienBulletChannel);
  },
};

/** MinAtar/SpaceInvaders-v0 (six actions) and MinAtar/SpaceInvaders-v1 (no-op, left, right, fire). */
export const minatarSpaceInvaders = defineMinatar(spaceInvaders);

function movePlayer(state: SpaceInvadersState, action: number): void {
  if (action === 1) state.cannon = Math.max(state.cannon - 1, 0);
  else if (action === 3) state.cannon = Math.min(state.cannon + 1, lastLine);
  else if (action === 5 && state.gunCooldown === 0) {
    state.playerBullets[lastLine]! |= 1 << state.cannon;
    state.gunCooldown = playerGunPeriod;
  }
}

/** What is on row 0 leaves the board. */
function moveUp(layer: Uint16Array): void {
  for (let row = 0; row < lastLine; row++) layer[row] = layer[row + 1]!;
  layer[lastLine] = 0;
}

/** What is on row 9 leaves the board. */
function moveDown(layer: Uint16Array): void {
  for (let row = lastLine; row > 0; row--) layer[row] = layer[row - 1]!;
  layer[0] = 0;
}

function isOnCannon(state: SpaceInvadersState, layer: Uint16Array): boolean {
  return ((layer[lastLine]! >> state.cannon) & 1) === 1;
}

/** One column along the heading; at the edge the block turns round and descends instead. */
function march(state: SpaceInvadersState): void {
  const { aliens, heading } = state;
  state.marchCountdown = Math.min(state.numAliens, state.marchPeriod);
  if ((occupiedColumns(aliens) & (heading < 0 ? leftEdge : rightEdge)) !== 0) {
    state.heading = -heading;
    const landed = aliens[lastLine]!;
    if (landed !== 0) state.over = true;
    moveDown(aliens);
    // The last row comes round to the first, to be seen in the final observation only.
    aliens[0] = landed;
  } else if (heading < 0) {
    for (let row = 0; row <= lastLine; row++) aliens[row] = aliens[row]! >> 1;
  } else {
    for (let row = 0; row <= lastLine; row++) aliens[row] = aliens[row]! << 1;
  }
  if (isOnCannon(state, aliens)) state.over = true;
}

/** The lowest alien of the column nearest to the cannon fires; of two columns as near, the left one. */
function fireAtCannon(state: SpaceInvadersState): void {
  const { aliens, alienBullets, cannon } = state;
  state.alienGunCountdown = alienGunPeriod;
  const columns = occupiedColumns(aliens);
  for (let distance = 0; distance <= lastLine; distance++) {
    const left = distance <= cannon ? 1 << (cannon - distance) : 0;
    const column = (columns & left) !== 0 ? left : columns & (1 << (cannon + distance));
    if (column === 0) continue;
    let row = lastLine;
    while ((aliens[row]! & column) === 0) row--;
    alienBullets[row]! |= column;
    return;
  }
}

/** Removes aliens and player bullets that share a cell; returns how many. */
function hits(state: SpaceInvadersState): number {
  const { aliens, playerBullets } = state;
  let count = 0;
  for (let row = 0; row <= lastLine; row++) {
    const hit = aliens[row]! & playerBullets[row]!;
    if (hit === 0) continue;
    aliens[row]! ^= hit;
    playerBullets[row]! ^= hit;
    for (let rest = hit; rest !== 0; rest &= rest - 1) count++;
  }
  state.numAliens -= count;
  return count;
}

/** Heading, countdowns, bullets and cannon stay as they are. */
function nextWave(state: SpaceInvadersState): void {
  if (state.ramping && state.marchPeriod > leastMarchPeriod) {
    state.marchPeriod--;
    state.level++;
  }
  placeWave(state);
}

/** On a board without aliens. */
function placeWave(state: SpaceInvadersState): void {
  state.aliens.fill(rowOfWave, 0, rowsOfWave);
  state.numAliens = aliensInWave;
}

function occupiedColumns(layer: Uint16Array): number {
  let columns = 0;
  for (let row = 0; row <= lastLine; row++) columns |= layer[row]!;
  return columns;
}

/** Sets one channel of each occupied cell; `first` is where it is in the cell (0, 0). */
function mark(layer: Uint16Array, out: TypedArray, first: number): void {
  for (let row = 0; row <= lastLine; row++) {
    for (let rest = layer[row]!; rest !== 0; rest &= rest - 1) {
      const column = 31 - Math.clz32(rest & -rest);
      out[first + (row * 10 + column) * channels] = 1;
    }
  }
}

function newState(): SpaceInvadersState {
  return {
    cannon: 0,
    aliens: new Uint16Array(10),
    numAliens: 0,
    playerBullets: new Uint16Array(10),
    alienBullets: new Uint16Array(10),
    heading: -1,
    marchPeriod: 0,
    marchCountdown: 0,
    alienGunCountdown: 0,
    gunCooldown: 0,
    ramping: true,
    level: 0,
    over: false,
  };
}
