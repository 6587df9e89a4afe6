import type { RandomSource } from "gymnasium-js";

/** Moves on a grid, in order; cells are numbered row by row. */
export const moveNames = ["left", "right", "up", "down", "stay"] as const;
export const [left, right, up, down, stay] = [0, 1, 2, 3, 4] as const;
/** Rows and columns that a move leads on. */
export const downs = [0, 0, -1, 1, 0] as const;
export const rights = [-1, 1, 0, 0, 0] as const;

export interface Grid {
  readonly height: number;
  readonly width: number;
}

/** Where a move from a cell leads; -1 beyond the edge. */
export function cellAfter({ height, width }: Grid, cell: number, move: number): number {
  const row = Math.floor(cell / width) + downs[move]!;
  const column = (cell % width) + rights[move]!;
  return row < 0 || row >= height || column < 0 || column >= width ? -1 : row * width + column;
}

/** Puts who acts when in random order, all orders alike. Draws one number fewer than there are. */
export function drawOrder(order: Int32Array, rng: RandomSource): void {
  for (let last = order.length - 1; last > 0; last--) {
    const other = rng.integers(0, last + 1);
    const kept = order[last]!;
    order[last] = order[other]!;
    order[other] = kept;
  }
}

/** 0, 1, 2 and so on. */
export function counted(length: number): Int32Array {
  return Int32Array.from({ length }, (_, i) => i);
}

/** One of the cells for which that holds, all alike. There has to be one. */
export function drawCell(size: number, rng: RandomSource, isFree: (cell: number) => boolean): number {
  let cell = rng.integers(0, size);
  while (!isFree(cell)) cell = rng.integers(0, size);
  return cell;
}
