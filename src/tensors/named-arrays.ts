/** The dtypes in which weights and optimiser moments are kept, saved and exchanged; tables of values are float64. */
export type ArrayDtype = "float32" | "float64" | "int32" | "uint8";

/** One array as plain memory, apart from any engine: `shape` in C order, `data.length` = product of `shape`. */
export interface NamedArray {
  shape: number[];
  dtype: ArrayDtype;
  data: Float32Array | Float64Array | Int32Array | Uint8Array;
}

/** Arrays by name: what weights files, checkpoints and `save`/`restore` carry. */
export type NamedArrays = Record<string, NamedArray>;

/** Number of elements of an array of this shape; 1 for a scalar (`[]`). */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}
