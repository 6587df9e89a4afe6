import type { Matrix } from "./matrix.js";

/**
 * A matrix by rows, without its zeros (compressed sparse rows), as LIBSVM keeps it: of an image of a digit, four pixels in
 * five are 0. Row r has `values[starts[r] .. starts[r + 1]]` in the columns `indices[...]`.
 */
export interface SparseRows {
  rows: number;
  columns: number;
  starts: Int32Array;
  indices: Int32Array;
  values: Float32Array;
  /** |row|^2 */
  squaredNorms: Float64Array;
}

/** How many queries `blockProducts` multiplies at a time. */
export const blockSize = 4;

export function sparseRows({ data, rows, columns }: Matrix): SparseRows {
  let stored = 0;
  for (const value of data) if (value !== 0) stored++;
  const starts = new Int32Array(rows + 1);
  const indices = new Int32Array(stored);
  const values = new Float32Array(stored);
  const squaredNorms = new Float64Array(rows);
  let at = 0;
  for (let row = 0; row < rows; row++) {
    let squares = 0;
    for (let column = 0; column < columns; column++) {
      const value = data[row * columns + column]!;
      if (value === 0) continue;
      indices[at] = column;
      values[at++] = value;
      squares += value * value;
    }
    starts[row + 1] = at;
    squaredNorms[row] = squares;
  }
  return { rows, columns, starts, indices, values, squaredNorms };
}

/** Those rows of a matrix, in that order, `[taken.length, columns]`. */
export function takeMatrixRows({ data, columns }: Matrix, taken: ArrayLike<number>): Matrix {
  const out = new Float32Array(taken.length * columns);
  for (let i = 0; i < taken.length; i++) {
    const from = taken[i]! * columns;
    out.set(data.subarray(from, from + columns), i * columns);
  }
  return { data: out, rows: taken.length, columns };
}

/** out[r] = row r . row `which`, all rows. `scratch` has `columns` zeros, and has them again afterwards. */
export function rowProducts(
  sparse: SparseRows,
  which: number,
  { scratch, out }: { scratch: Float64Array; out: Float64Array },
): void {
  const { rows, starts, indices, values } = sparse;
  const from = starts[which]!;
  const to = starts[which + 1]!;
  for (let k = from; k < to; k++) scratch[indices[k]!] = values[k]!;
  for (let row = 0; row < rows; row++) {
    const end = starts[row + 1]!;
    let sum = 0;
    for (let k = starts[row]!; k < end; k++) sum += values[k]! * scratch[indices[k]!]!;
    out[row] = sum;
  }
  for (let k = from; k < to; k++) scratch[indices[k]!] = 0;
}

/**
 * Products of all rows with many queries, `blockSize` queries at a time. `visit` gets the products of one query with each
 * row, `[rows]`, which the next one overwrites, and the query's number and squared norm.
 */
export function blockProducts(
  sparse: SparseRows,
  queries: Matrix,
  visit: (products: Float64Array, query: number, squaredNorm: number) => void,
): void {
  const interleaved = new Float64Array(sparse.columns * blockSize);
  const products = Array.from({ length: blockSize }, () => new Float64Array(sparse.rows));
  for (let first = 0; first < queries.rows; first += blockSize) {
    const count = Math.min(blockSize, queries.rows - first);
    const norms = interleave(queries, first, interleaved);
    multiplyBlock(sparse, interleaved, products);
    for (let i = 0; i < count; i++) visit(products[i]!, first + i, norms[i]!);
  }
}

/** Queries `first` to `first + blockSize - 1` column by column; those beyond the last are zeros. Returns squared norms. */
function interleave({ data, rows, columns }: Matrix, first: number, out: Float64Array): number[] {
  return Array.from({ length: blockSize }, (_, i) => {
    const exists = first + i < rows;
    let squares = 0;
    for (let column = 0; column < columns; column++) {
      const value = exists ? data[(first + i) * columns + column]! : 0;
      out[column * blockSize + i] = value;
      squares += value * value;
    }
    return squares;
  });
}

function multiplyBlock(sparse: SparseRows, interleaved: Float64Array, products: Float64Array[]): void {
  const { rows, starts, indices, values } = sparse;
  const [out0, out1, out2, out3] = products as [Float64Array, Float64Array, Float64Array, Float64Array];
  for (let row = 0; row < rows; row++) {
    const end = starts[row + 1]!;
    let sum0 = 0;
    let sum1 = 0;
    let sum2 = 0;
    let sum3 = 0;
    for (let k = starts[row]!; k < end; k++) {
      const value = values[k]!;
      const at = indices[k]! * blockSize;
      sum0 += value * interleaved[at]!;
      sum1 += value * interleaved[at + 1]!;
      sum2 += value * interleaved[at + 2]!;
      sum3 += value * interleaved[at + 3]!;
    }
    out0[row] = sum0;
    out1[row] = sum1;
    out2[row] = sum2;
    out3[row] = sum3;
  }
}
