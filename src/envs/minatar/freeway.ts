import type { RandomSource } from "gymnasium-js";
import { boardSide, defineMinatar, type MinatarGame } from "./minatar.js";

export interface FreewayState {
  /** The player is always in column 4. */
  playerRow: number;
  /** Steps until the player can move. */
  hold: number;
  /** Car i is in row i + 1. */
  columns: Int8Array;
  /** From 1 to 5: a car advances every `period + 1` steps. */
  periods: Uint8Array;
  /** Steps until each car advances. */
  countdowns: Uint8Array;
  /** 1 is right, -1 left. */
  headings: Int8Array;
  /** Cars and trails as they are observed, `[10, 10, 7]`, so that observing them is one copy. */
  board: Uint8Array;
  /** Below 0 the episode is over. */
  clock: number;
  over: boolean;
}

const channels = 7;
const playerChannel = 0;
const carChannel = 1;
/** A trail's channel is this plus the car's period. */
const trailChannels = 1;

const cars = 8;
const startRow = boardSide - 1;
const playerColumn = 4;
const playerHold = 3;
const clockStart = 2500;

/** Freeway: cross eight lanes of traffic upwards; each crossing gives 1. A car hit sends the player back; ends after 2501 steps. */
export const freeway: MinatarGame<FreewayState> = {
  name: "Freeway",
  channels,
  minimalActions: [0, 2, 4],
  look: [
    { glyph: "@@", colour: [96, 230, 120] },
    { glyph: "##", colour: [255, 255, 255] },
    { glyph: "11", colour: [226, 58, 62] },
    { glyph: "22", colour: [226, 132, 44] },
    { glyph: "33", colour: [170, 140, 40] },
    { glyph: "44", colour: [48, 116, 150] },
    { glyph: "55", colour: [50, 62, 122] },
  ],
  caption: (state) => `clock ${state.clock}`,
  init(rng, previous) {
    const state = previous ?? newState();
    state.columns.fill(0);
    drawTraffic(state, rng);
    state.playerRow = startRow;
    state.hold = playerHold;
    state.clock = clockStart;
    state.over = false;
    return state;
  },
  step(state, action, rng) {
    movePlayer(state, action);
    let reward = 0;
    if (state.playerRow === 0) {
      reward = 1;
      drawTraffic(state, rng);
      state.playerRow = startRow;
    }
    for (let car = 0; car < cars; car++) drive(state, car);
    if (state.hold > 0) state.hold--;
    state.clock--;
    if (state.clock < 0) state.over = true;
    return reward;
  },
  observe(state, out, offset) {
    out.set(state.board, offset);
    out[offset + cell(state.playerRow, playerColumn) + playerChannel] = 1;
  },
};

/** MinAtar/Freeway-v0 (six actions) and MinAtar/Freeway-v1 (no-op, up, down). */
export const minatarFreeway = defineMinatar(freeway);

/** New speeds and headings for all cars; they stay where they are. */
function drawTraffic(state: FreewayState, rng: RandomSource): void {
  for (let car = 0; car < cars; car++) state.periods[car] = rng.integers(1, 6);
  for (let car = 0; car < cars; car++) state.headings[car] = rng.random() > 1 / 2 ? 1 : -1;
  state.countdowns.set(state.periods);
  state.board.fill(0);
  for (let car = 0; car < cars; car++) paint(state, car, 1);
}

/** A move that the lower edge stops still counts as one: the player has to wait after it. */
function movePlayer(state: FreewayState, action: number): void {
  if (state.hold > 0) return;
  if (action === 2) {
    state.hold = playerHold;
    state.playerRow--;
  } else if (action === 4) {
    state.hold = playerHold;
    state.playerRow = Math.min(state.playerRow + 1, startRow);
  }
}

/** A car hits the player where it stands, and where it advances to. */
function drive(state: FreewayState, car: number): void {
  hit(state, car);
  if (state.countdowns[car]! > 0) {
    state.countdowns[car]!--;
    return;
  }
  state.countdowns[car] = state.periods[car]!;
  paint(state, car, 0);
  state.columns[car] = wrapped(state.columns[car]! + state.headings[car]!);
  paint(state, car, 1);
  hit(state, car);
}

function hit(state: FreewayState, car: number): void {
  if (state.playerRow === car + 1 && state.columns[car] === playerColumn) state.playerRow = startRow;
}

/** Sets or clears a car, and its trail in the cell behind it, on the board. */
function paint(state: FreewayState, car: number, value: 0 | 1): void {
  const column = state.columns[car]!;
  const behind = wrapped(column - state.headings[car]!);
  state.board[cell(car + 1, column) + carChannel] = value;
  state.board[cell(car + 1, behind) + trailChannels + state.periods[car]!] = value;
}

/** Rows are closed to rings: left of column 0 is column 9. */
function wrapped(column: number): number {
  return column < 0 ? boardSide - 1 : column === boardSide ? 0 : column;
}

function cell(row: number, column: number): number {
  return (row * boardSide + column) * channels;
}

function newState(): FreewayState {
  return {
    playerRow: 0,
    hold: 0,
    columns: new Int8Array(cars),
    periods: new Uint8Array(cars),
    countdowns: new Uint8Array(cars),
    headings: new Int8Array(cars),
    board: new Uint8Array(boardSide * boardSide * channels),
    clock: 0,
    over: false,
  };
}
