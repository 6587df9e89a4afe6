import { ColumnLayout } from "./column-layout.js";
import { GymnasiumError } from "./errors.js";
import { describeSpace } from "./explain.js";
import { isWide } from "./spaces/batch.js";
import type { Discrete } from "./spaces/discrete.js";
import type { MultiDiscrete } from "./spaces/multi-discrete.js";
import type { Space, TypedArray } from "./spaces/space.js";
import type { Tuple } from "./spaces/tuple.js";

/** Elements are numbers or flat arrays, and a batch of them is one flat typed array, row after row. */
export interface ArrayLayout {
  /** `scalar`: Discrete of at most 32 bits, one number. `row`: Box, MultiDiscrete, MultiBinary, `size` numbers. */
  readonly kind: "scalar" | "row";
  readonly size: number;
  /** A zeroed batch of `rows` elements. */
  allocate(rows: number): TypedArray;
}

/** Elements of any other kind: a batch is a list of them. */
export interface ElementLayout {
  readonly kind: "element";
  readonly size: 1;
  allocate(rows: number): unknown[];
}

/** How elements of a space lie in a batch; `size` is the count of numbers per element, or 1. */
export type Layout = ArrayLayout | ColumnLayout | ElementLayout;

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
  const single = arrayLayoutOf(space);
  if (single !== null) return single;
  if (space.type === "Tuple") {
    const members = (space as Tuple).spaces.map(arrayLayoutOf);
    if (members.length > 0 && members.every((member) => member !== null)) return new ColumnLayout(members);
  }
  return { kind: "element", size: 1, allocate: (rows) => new Array<unknown>(rows).fill(null) };
}

/** The layout of observations that rules write, number by number, into a typed array. */
export function flatLayoutOf(space: Space<unknown>, id: string): ArrayLayout | ColumnLayout {
  const layout = layoutOf(space);
  if (layout.kind !== "element") return layout;
  throw new GymnasiumError(
    "unsupported",
    `${id}: rules write observations into typed arrays, so their space must be Box (not int64), Discrete or MultiDiscrete (of 32 bits), MultiBinary or a Tuple of these, not ${describeSpace(space)}; implement Env directly for others.`,
  );
}

function arrayLayoutOf(space: Space<unknown>): ArrayLayout | null {
  const ArrayOf = arrayType(space);
  if (ArrayOf === null || space.shape === null) return null;
  const size = space.shape.reduce((product, extent) => product * extent, 1);
  const kind = space.type === "Discrete" ? "scalar" : "row";
  return { kind, size, allocate: (rows) => new ArrayOf(rows * size) };
}

function arrayType(space: Space<unknown>): ArrayType | null {
  switch (space.type) {
    case "Discrete":
      return isWide(space as Discrete) ? null : Int32Array;
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
