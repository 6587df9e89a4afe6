import { ground, occupant } from "../../../../src/envs/gridworld/legend.js";
import type { GridState } from "../../../../src/envs/index.js";
import { between, type Cell, cellAt, isStep } from "../glide.js";

/** Columns of a map of so many square cells, by its picture. */
export function columnsOf(numCells: number, picture: { width: number; height: number }): number {
  return Math.round(Math.sqrt((numCells * picture.width) / picture.height));
}

/**
 * Where a thing is on its way between two cells. It glides to the next cell, and over ice as far as that goes; else it was put
 * there (by a teleport, or at the start of an episode) and is there at once.
 */
export function placeBetween(
  { ground: grounds }: GridState,
  [from, to]: readonly [number, number],
  { columns, share }: { columns: number; share: number },
): Cell {
  const [start, end] = [cellAt(from, columns), cellAt(to, columns)];
  if (!isStep(start, end) && !isSlide(grounds, from, to, columns)) return end;
  return { x: between(start.x, end.x, share), y: between(start.y, end.y, share) };
}

/** Whether two cells are in a line with nothing but ice between them. */
function isSlide(grounds: Uint8Array, from: number, to: number, columns: number): boolean {
  const sameRow = Math.floor(from / columns) === Math.floor(to / columns);
  if (!sameRow && (to - from) % columns !== 0) return false;
  const step = Math.sign(to - from) * (sameRow ? 1 : columns);
  for (let cell = from + step; cell !== to; cell += step) if (grounds[cell] !== ground.ice) return false;
  return true;
}

/** From where and to where each box has got: one that is new on its cell comes from the nearest cell that has lost one. */
export function boxMoves(before: GridState, now: GridState, columns: number): [from: number, to: number][] {
  const [was, is] = [boxesOf(before), boxesOf(now)];
  const left = was.filter((cell) => now.occupant[cell] !== occupant.box);
  return is.map((cell) => {
    if (before.occupant[cell] === occupant.box || left.length === 0) return [cell, cell];
    const nearest = left.reduce((best, each) =>
      apart(each, cell, columns) < apart(best, cell, columns) ? each : best,
    );
    left.splice(left.indexOf(nearest), 1);
    return [nearest, cell];
  });
}

function boxesOf({ occupant: occupants }: GridState): number[] {
  const cells: number[] = [];
  for (const [cell, code] of occupants.entries()) if (code === occupant.box) cells.push(cell);
  return cells;
}

function apart(a: number, b: number, columns: number): number {
  const [from, to] = [cellAt(a, columns), cellAt(b, columns)];
  return Math.abs(from.x - to.x) + Math.abs(from.y - to.y);
}
