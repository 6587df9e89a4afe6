import { DataError } from "../../data/errors.js";
import type { EncodedLabels, Matrix } from "../matrix.js";

/**
 * Rows by columns, each value as its rank among the values that its column has, with the row's class in the low bits: to
 * sort such keys is to sort rows by value and to know their classes.
 */
export interface RankedColumns {
  rows: number;
  columns: number;
  classes: number;
  /** Bits that a class takes. */
  classBits: number;
  /** rank << classBits | class, `[columns, rows]` */
  keys: Uint32Array;
  /** The values of each column, ascending: what its ranks stand for. */
  values: readonly Float32Array[];
}

/** @throws {DataError} `invalid-data` for more rows and classes than 32 bits can number */
export function rankedColumns(
  { data, rows, columns }: Matrix,
  { classes, codes }: EncodedLabels,
): RankedColumns {
  const classBits = Math.ceil(Math.log2(classes.length));
  if (rows * 2 ** classBits > 2 ** 32) {
    throw new DataError(
      "invalid-data",
      `${rows} rows of ${classes.length} classes are too many for a forest; take fewer than ${2 ** (32 - classBits)}.`,
    );
  }
  const keys = new Uint32Array(columns * rows);
  const column = new Float32Array(rows);
  const values = Array.from({ length: columns }, (_, c) => {
    // + 0 makes -0 and 0 one value.
    for (let row = 0; row < rows; row++) column[row] = data[row * columns + c]! + 0;
    const distinct = distinctSorted(column);
    for (let row = 0; row < rows; row++) {
      const rank = rankOf(distinct, column[row]!);
      keys[c * rows + row] = ((rank << classBits) | codes[row]!) >>> 0;
    }
    return distinct;
  });
  return { rows, columns, classes: classes.length, classBits, keys, values };
}

function distinctSorted(values: Float32Array): Float32Array {
  const sorted = values.toSorted();
  let count = 0;
  for (let i = 0; i < sorted.length; i++) {
    if (i === 0 || sorted[i] !== sorted[i - 1]) sorted[count++] = sorted[i]!;
  }
  return sorted.slice(0, count);
}

function rankOf(distinct: Float32Array, value: number): number {
  let low = 0;
  let high = distinct.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (distinct[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
