import type { RandomSource } from "gymnasium-js";
import type { PursuitState } from "../arenas/pursuit.js";
import type { Player } from "./player.js";

export interface PursuitChaserOptions {
  /** Cells that it sees in each direction: those of the arena. */
  sight?: number;
}

/** Actions. */
const [left, right, up, down, stay] = [0, 1, 2, 3, 4];

/**
 * Walks to the nearest prey that it sees, to a side of it on which nobody else stands, and waits there; at random where it sees
 * none.
 */
export function pursuitChaser({ sight = 3 }: PursuitChaserOptions = {}): Player<PursuitState> {
  return {
    name: "chaser",
    act(state, agent, rng) {
      const cell = state.predators[agent]!;
      const quarry = nearest(state.prey, cell, state.width, sight);
      if (quarry < 0) return rng.integers(0, stay);
      const sides = cellsBeside(state, quarry).filter((side) => isFree(state, agent, side));
      const goal = nearest(sides, cell, state.width, Number.POSITIVE_INFINITY);
      return towards(state, cell, goal < 0 ? quarry : goal, rng);
    },
  };
}

/** Of some cells, the one that is fewest steps away and within sight; those below 0 are none. -1 where there is none. */
function nearest(cells: ArrayLike<number>, from: number, width: number, sight: number): number {
  let [found, fewest] = [-1, Number.POSITIVE_INFINITY];
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i]!;
    const rows = Math.abs(rowOf(cell, width) - rowOf(from, width));
    const columns = Math.abs((cell % width) - (from % width));
    if (cell < 0 || Math.max(rows, columns) > sight || rows + columns >= fewest) continue;
    [found, fewest] = [cell, rows + columns];
  }
  return found;
}

function cellsBeside({ height, width }: PursuitState, cell: number): number[] {
  const [row, column] = [rowOf(cell, width), cell % width];
  return [
    ...(column > 0 ? [cell - 1] : []),
    ...(column < width - 1 ? [cell + 1] : []),
    ...(row > 0 ? [cell - width] : []),
    ...(row < height - 1 ? [cell + width] : []),
  ];
}

/** Whether no other predator stands there; of several, the first may stay. */
function isFree({ predators }: PursuitState, agent: number, cell: number): boolean {
  const first = predators.indexOf(cell);
  return first < 0 || first === agent;
}

/** Along the axis on which it is farther away, and where both are as far, along one of them. */
function towards({ width }: PursuitState, cell: number, goal: number, rng: RandomSource): number {
  if (goal === cell) return stay;
  const rows = rowOf(goal, width) - rowOf(cell, width);
  const columns = (goal % width) - (cell % width);
  const lead = Math.abs(rows) - Math.abs(columns);
  const isAlongRows = lead > 0 || (lead === 0 && rng.integers(0, 2) === 0);
  if (isAlongRows) return rows < 0 ? up : down;
  return columns < 0 ? left : right;
}

function rowOf(cell: number, width: number): number {
  return Math.floor(cell / width);
}
