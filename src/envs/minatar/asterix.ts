import type { RandomSource } from "gymnasium-js";
import { boardSide, defineMinatar, type MinatarGame } from "./minatar.js";

export interface AsterixState {
  /** From 1 to 8. */
  playerRow: number;
  playerColumn: number;
  /** What each lane holds, by its channel in observations: enemy 1, treasure 3, nothing 0. Lane i is row i + 1. */
  items: Uint8Array;
  /** Of the items; in empty lanes, of the last one. */
  columns: Int8Array;
  /** 1 is right, -1 left. */
  headings: Int8Array;
  /** Items and trails as they are observed, `[10, 10, 4]`, so that observing them is one copy. */
  board: Uint8Array;
  /** Steps from one spawn to the next. */
  spawnPeriod: number;
  spawnCountdown: number;
  /** Steps from one advance of the items to the next. */
  movePeriod: number;
  moveCountdown: number;
  ramping: boolean;
  rampCountdown: number;
  /** How often the game has grown harder, from 0 to 9. */
  level: number;
  over: boolean;
}

const channels = 4;
const playerChannel = 0;
const enemyChannel = 1;
const trailChannel = 2;
const treasureChannel = 3;
/** In `items`: a number that is no item's channel. */
const nothing = 0;

const lanes = 8;
const lastColumn = boardSide - 1;
const initialSpawnPeriod = 10;
const initialMovePeriod = 5;
const rampPeriod = 100;

/** Asterix: each treasure picked up gives 1. Ends when the player meets an enemy. */
export const asterix: MinatarGame<AsterixState> = {
  name: "Asterix",
  channels,
  minimalActions: [0, 1, 2, 3, 4],
  look: [
    { glyph: "@@", colour: [88, 196, 255] },
    { glyph: "XX", colour: [226, 58, 62] },
    { glyph: "..", colour: [74, 76, 92] },
    { glyph: "$$", colour: [255, 205, 64] },
  ],
  level: (state) => state.level,
  caption: (state) => `level ${state.level}`,
  init(_rng, previous, ramping) {
    const state = previous ?? newState();
    state.playerRow = 5;
    state.playerColumn = 5;
    state.items.fill(nothing);
    state.columns.fill(0);
    state.headings.fill(0);
    state.board.fill(0);
    state.spawnPeriod = initialSpawnPeriod;
    state.spawnCountdown = initialSpawnPeriod;
    state.movePeriod = initialMovePeriod;
    state.moveCountdown = initialMovePeriod;
    state.ramping = ramping;
    state.rampCountdown = rampPeriod;
    state.level = 0;
    state.over = false;
    return state;
  },
  step(state, action, rng) {
    if (state.spawnCountdown === 0) {
      spawn(state, rng);
      state.spawnCountdown = state.spawnPeriod;
    }
    movePlayer(state, action);
    let reward = meet(state);
    if (state.moveCountdown === 0) {
      state.moveCountdown = state.movePeriod;
      advanceItems(state);
      reward += meet(state);
    }
    state.spawnCountdown--;
    state.moveCountdown--;
    if (state.ramping) ramp(state);
    return reward;
  },
  observe(state, out, offset) {
    out.set(state.board, offset);
    out[offset + cell(state.playerRow, state.playerColumn) + playerChannel] = 1;
  },
};

/** MinAtar/Asterix-v0 (six actions) and MinAtar/Asterix-v1 (no-op, left, up, right, down). */
export const minatarAsterix = defineMinatar(asterix);

/** A new item enters at the edge it heads away from. On a full board it is drawn, but there is no room for it. */
function spawn(state: AsterixState, rng: RandomSource): void {
  const heading = rng.random() < 1 / 2 ? 1 : -1;
  const item = rng.random() < 1 / 3 ? treasureChannel : enemyChannel;
  let emptyLanes = 0;
  for (let lane = 0; lane < lanes; lane++) if (state.items[lane] === nothing) emptyLanes++;
  if (emptyLanes === 0) return;
  let skipped = rng.integers(0, emptyLanes);
  let lane = 0;
  while (state.items[lane] !== nothing || skipped-- > 0) lane++;
  state.items[lane] = item;
  state.headings[lane] = heading;
  state.columns[lane] = heading === 1 ? 0 : lastColumn;
  paint(state, lane, 1);
}

function movePlayer(state: AsterixState, action: number): void {
  if (action === 1) state.playerColumn = Math.max(state.playerColumn - 1, 0);
  else if (action === 3) state.playerColumn = Math.min(state.playerColumn + 1, lastColumn);
  else if (action === 2) state.playerRow = Math.max(state.playerRow - 1, 1);
  else if (action === 4) state.playerRow = Math.min(state.playerRow + 1, lanes);
}

/** Picks up a treasure on the player's cell, or ends at an enemy there; returns the reward. */
function meet(state: AsterixState): number {
  const lane = state.playerRow - 1;
  const item = state.items[lane]!;
  if (item === nothing || state.columns[lane] !== state.playerColumn) return 0;
  if (item === enemyChannel) {
    state.over = true;
    return 0;
  }
  paint(state, lane, 0);
  state.items[lane] = nothing;
  return 1;
}

function advanceItems(state: AsterixState): void {
  for (let lane = 0; lane < lanes; lane++) {
    if (state.items[lane] === nothing) continue;
    paint(state, lane, 0);
    const column = state.columns[lane]! + state.headings[lane]!;
    state.columns[lane] = column;
    if (column < 0 || column > lastColumn) state.items[lane] = nothing;
    else paint(state, lane, 1);
  }
}

/** Sets or clears a lane's item, and its trail in the cell behind it, on the board. */
function paint(state: AsterixState, lane: number, value: 0 | 1): void {
  const column = state.columns[lane]!;
  const behind = column - state.headings[lane]!;
  state.board[cell(lane + 1, column) + state.items[lane]!] = value;
  if (behind >= 0 && behind <= lastColumn) state.board[cell(lane + 1, behind) + trailChannel] = value;
}

/** Counts down to the next level, every `rampPeriod + 2` steps; new periods take effect when next armed. */
function ramp(state: AsterixState): void {
  if (state.spawnPeriod === 1 && state.movePeriod === 1) return;
  if (state.rampCountdown >= 0) {
    state.rampCountdown--;
    return;
  }
  if (state.movePeriod > 1 && state.level % 2 === 1) state.movePeriod--;
  if (state.spawnPeriod > 1) state.spawnPeriod--;
  state.level++;
  state.rampCountdown = rampPeriod;
}

function cell(row: number, column: number): number {
  return (row * boardSide + column) * channels;
}

function newState(): AsterixState {
  return {
    playerRow: 0,
    playerColumn: 0,
    items: new Uint8Array(lanes),
    columns: new Int8Array(lanes),
    headings: new Int8Array(lanes),
    board: new Uint8Array(boardSide * boardSide * channels),
    spawnPeriod: 0,
    spawnCountdown: 0,
    movePeriod: 0,
    moveCountdown: 0,
    ramping: false,
    rampCountdown: 0,
    level: 0,
    over: false,
  };
}
