import { decodeTaxi } from "../../../src/envs/toy-text/taxi-table.js";
import { type Cell, cellAt } from "./glide.js";

const side = 5;

/** Where the taxi is in a state that differs from another one in nothing else; null for states that differ in more. */
export function taxiCellOf(state: number, situation: number): Cell | null {
  const [there, here] = [decodeTaxi(state), decodeTaxi(situation)];
  if (there.passenger !== here.passenger || there.destination !== here.destination) return null;
  return cellAt(there.taxi, side);
}

/** South, north, east, west, as the actions are numbered; rad, clockwise from east. */
const headings = [Math.PI / 2, -Math.PI / 2, 0, Math.PI] as const;

/**
 * Where the taxi looks after a step: to where it has driven, which in the rain need not be where it was told to, else to
 * where it was told to; null if that is nowhere.
 */
export function taxiHeading([from, to]: readonly [Cell, Cell], action: number): number | null {
  if (from.x !== to.x || from.y !== to.y) return Math.atan2(to.y - from.y, to.x - from.x);
  return headings[action] ?? null;
}
