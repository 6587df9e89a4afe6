import type { Batch } from "../data/index.js";

/** Where the first number is that is not finite; -1 if there is none. */
export function strayIn(numbers: ArrayLike<number>): number {
  for (let i = 0; i < numbers.length; i++) if (!Number.isFinite(numbers[i])) return i;
  return -1;
}

/** Such as `NaN in row 3 of "inputs"`; null if all numbers are finite. */
export function strayField(fields: Batch["fields"]): string | null {
  for (const [name, { data, shape }] of Object.entries(fields)) {
    const at = strayIn(data);
    if (at >= 0) return `${data[at]} in row ${Math.floor((at * shape[0]!) / data.length)} of "${name}"`;
  }
  return null;
}
