import type { TypedArray } from "gymnasium-js";
import type { BoardLook } from "../rendering/minatar.js";
import { columnOf, headingOf, objectSize, rowOf, type SeaquestObjects } from "./seaquest-objects.js";
import { fullTank, type SeaquestState } from "./seaquest-state.js";

export const seaquestChannels = 10;
const frontChannel = 0;
const backChannel = 1;
const playerBulletChannel = 2;
const trailChannel = 3;
const enemyBulletChannel = 4;
const fishChannel = 5;
const submarineChannel = 6;
const oxygenChannel = 7;
const diversAboardChannel = 8;
const diverChannel = 9;

const gaugeRow = 9;

export const seaquestLook: readonly BoardLook[] = [
  { glyph: "@@", colour: [255, 214, 64] },
  { glyph: "==", colour: [176, 140, 30] },
  { glyph: "--", colour: [255, 255, 255] },
  { glyph: "..", colour: [62, 72, 92] },
  { glyph: "!!", colour: [255, 84, 84] },
  { glyph: "><", colour: [90, 200, 130] },
  { glyph: "[]", colour: [186, 110, 230] },
  { glyph: "oo", colour: [70, 150, 230] },
  { glyph: "++", colour: [255, 150, 60] },
  { glyph: "&&", colour: [255, 150, 60] },
];

/** Writes the 1000 values of a board. */
export function observeSeaquest(state: SeaquestState, out: TypedArray, offset: number): void {
  out.fill(0, offset, offset + 100 * seaquestChannels);
  const { row, column, heading, oxygen, diversAboard } = state;
  out[offset + cell(row, column) + frontChannel] = 1;
  // On the board always: the player comes to an edge only by heading for it.
  out[offset + cell(row, column - heading) + backChannel] = 1;
  mark(state.playerBullets, out, offset + playerBulletChannel);
  mark(state.enemyBullets, out, offset + enemyBulletChannel);
  mark(state.fish, out, offset + fishChannel);
  mark(state.submarines, out, offset + submarineChannel);
  mark(state.divers, out, offset + diverChannel);
  markTrails(state.fish, out, offset + trailChannel);
  markTrails(state.submarines, out, offset + trailChannel);
  markTrails(state.divers, out, offset + trailChannel);

  const bars = Math.floor((oxygen * 10) / fullTank);
  for (let bar = 0; bar < bars; bar++) out[offset + cell(gaugeRow, bar) + oxygenChannel] = 1;
  // Leftwards from column 8; a debt does not show.
  for (let diver = 1; diver <= diversAboard; diver++) {
    out[offset + cell(gaugeRow, 9 - diver) + diversAboardChannel] = 1;
  }
}

/** Sets a channel on the cell of each object; `first` is where the channel is in the cell (0, 0). */
function mark(objects: SeaquestObjects, out: TypedArray, first: number): void {
  const { values } = objects;
  const end = objects.count * objectSize;
  for (let at = 0; at < end; at += objectSize)
    out[first + cell(values[at + rowOf]!, values[at + columnOf]!)] = 1;
}

/** Sets a channel on the cell behind each object, where that is on the board. */
function markTrails(objects: SeaquestObjects, out: TypedArray, first: number): void {
  const { values } = objects;
  const end = objects.count * objectSize;
  for (let at = 0; at < end; at += objectSize) {
    const column = values[at + columnOf]! - values[at + headingOf]!;
    if (column >= 0 && column <= 9) out[first + cell(values[at + rowOf]!, column)] = 1;
  }
}

function cell(row: number, column: number): number {
  return (row * 10 + column) * seaquestChannels;
}
