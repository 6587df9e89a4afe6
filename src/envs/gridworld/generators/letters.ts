import type { RandomSource } from "gymnasium-js";

/** A map in the making: letters by row and column. */
export type Letters = string[][];

export function filled(rows: number, columns: number, letter: string): Letters {
  return Array.from({ length: rows }, () => new Array<string>(columns).fill(letter));
}

/** Floor with a wall round it. */
export function walledRoom(rows: number, columns: number): Letters {
  const letters = filled(rows, columns, "#");
  for (let row = 1; row < rows - 1; row++) letters[row]!.fill(".", 1, columns - 1);
  return letters;
}

export function toMap(letters: Letters): string[] {
  return letters.map((row) => row.join(""));
}

/** Puts `letter` on one of the cells of floor, all alike (one `integers`). */
export function putAnywhere(letters: Letters, letter: string, rng: RandomSource): void {
  const free = letters.flatMap((row, r) => row.flatMap((here, c) => (here === "." ? [[r, c] as const] : [])));
  const [row, column] = free[rng.integers(0, free.length)]!;
  letters[row]![column] = letter;
}

/** Uniform among `first, first + stride, ...` up to `last`. */
export function drawStrided(rng: RandomSource, first: number, last: number, stride: number): number {
  return first + stride * rng.integers(0, Math.floor((last - first) / stride) + 1);
}
