import { GymnasiumError } from "./errors.js";
import { describeSpace } from "./explain.js";
import type { MultiDiscrete } from "./spaces/multi-discrete.js";
import type { Space, TypedArray } from "./spaces/space.js";
import type { Batch } from "./vector/vector-env.js";

/**
 * How elements of a space lie in a batch: `scalar` (Discrete: one number), `row` (Box, MultiDiscrete, MultiBinary:
 * `size` numbers of a flat typed array) or `element` (all others: one array entry of any kind).
 */
export interface Layout {
  readonly kind: "scalar" | "row" | "element";
  /** Numbers per element; 1 for `scalar` and `element`. */
  readonly size: number;
  /** A zeroed batch of `rows` elements. */
  allocate(rows: number): Batch;
}

const arrayTypes = {
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  bool: Uint8Array,
} as const;

type ArrayType = (typeof arrayTypes)[keyof typeof arrayTypes];

export function layoutOf(space: Space<unknown>): Layout {
  const ArrayOf = arrayType(space);
  if (ArrayOf === null || space.shape === null) {
    return { kind: "element", size: 1, allocate: (rows) => new Array<unknown>(rows).fill(null) };
  }
  const size = space.shape.reduce((product, extent) => product * extent, 1);
  const kind = space.type === "Discrete" ? "scalar" : "row";
  return { kind, size, allocate: (rows) => new ArrayOf(rows * size) };
}

/** A layout whose batches are flat typed arrays. */
export interface FlatLayout extends Layout {
  allocate(rows: number): TypedArray;
}

/** The layout of observations that rules write into a typed array. */
export function flatLayoutOf(space: Space<unknown>, id: string): FlatLayout {
  const layout = layoutOf(space);
  if (layout.kind === "element") {
    throw new GymnasiumError(
      "unsupported",
      `${id}: rules write observations into typed arrays, so their space must be Box (not int64), Discrete, MultiDiscrete or MultiBinary, not ${describeSpace(space)}; implement Env directly for others.`,
    );
  }
  return layout as FlatLayout;
}

function arrayType(space: Space<unknown>): ArrayType | null {
  switch (space.type) {
    case "Discrete":
      return Int32Array;
    case "MultiDiscrete":
      return (space as Partial<MultiDiscrete>).wide ? null : Int32Array;
    case "MultiBinary":
      return Int8Array;
    case "Box":
      return space.dtype === null || space.dtype === "int64" ? null : arrayTypes[space.dtype];
    default:
      return null;
  }
}
