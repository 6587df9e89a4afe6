import { GymnasiumError } from "../errors.js";
import { Box } from "./box.js";
import { type ArrayConstructorOf, arrayConstructor, dtypeRange, isFloat, promote } from "./dtype.js";
import { type KnownSpace, known } from "./known-space.js";
import type { Dtype, Space } from "./space.js";

/** Longest flat array that is made: a one-hot vector of more is a mistake. */
const maxDim = 2 ** 31 - 1;

/** Whether every element flattens to an array of the same length: false where a Graph or Sequence is inside. */
export function isFlattenable(space: Space<unknown>): boolean {
  const one = known(space);
  switch (one.type) {
    case "Sequence":
    case "Graph":
      return false;
    case "Dict":
      return one.keys.every((key) => isFlattenable(one.member(key)));
    case "Tuple":
    case "OneOf":
      return one.spaces.every(isFlattenable);
    case "Box":
    case "Discrete":
    case "MultiDiscrete":
    case "MultiBinary":
    case "Text":
      return true;
    default:
      return one satisfies never;
  }
}

/**
 * Number of values in a flattened element. Discrete values count as one-hot vectors.
 *
 * @throws GymnasiumError `unsupported` where a Graph or Sequence is inside
 */
export function flatdim(space: Space<unknown>): number {
  const one = known(space);
  switch (one.type) {
    case "Box":
    case "MultiBinary":
      return one.size;
    case "Discrete":
      return one.n;
    case "MultiDiscrete":
      return one.nvec.reduce((sum, n) => sum + n, 0);
    case "Text":
      return one.maxLength;
    case "Tuple":
      return one.spaces.reduce((sum, member) => sum + flatdim(member), 0);
    case "Dict":
      return one.keys.reduce((sum, key) => sum + flatdim(one.member(key)), 0);
    case "OneOf":
      return 1 + Math.max(...one.spaces.map(flatdim));
    case "Sequence":
    case "Graph":
      throw new GymnasiumError(
        "unsupported",
        `flatdim: elements of ${one.type} differ in size, so they have no flat length; check isFlattenable first.`,
      );
    default:
      return one satisfies never;
  }
}

/** dtype of flattened elements, as NumPy promotes those of the parts. */
function flatDtype(one: KnownSpace): Dtype {
  switch (one.type) {
    case "Text":
      return "int32";
    case "Tuple":
      return promoteAll(one.spaces);
    case "Dict":
      return promoteAll(one.keys.map((key) => one.member(key)));
    case "OneOf":
      return withRoomFor(one.spaces.length - 1, promoteAll(one.spaces));
    default:
      return one.dtype as Dtype;
  }
}

function promoteAll(spaces: readonly Space<unknown>[]): Dtype {
  const all = spaces.map((space) => flatDtype(known(space)));
  return all.length === 0 ? "float64" : all.reduce(promote);
}

/** The index of a OneOf must fit beside the values. */
function withRoomFor(index: number, dtype: Dtype): Dtype {
  if (isFloat(dtype) || index <= dtypeRange(dtype)[1]) return dtype;
  return promote(dtype, index < 2 ** 8 ? "uint8" : index < 2 ** 16 ? "uint16" : "uint32");
}

type Value = number | bigint;

/** Bounds of flattened elements, one pair of lists. */
function flatBounds(one: KnownSpace): { low: Value[]; high: Value[] } {
  switch (one.type) {
    case "Box":
      return { low: Array.from<Value>(one.low), high: Array.from<Value>(one.high) };
    case "Discrete":
    case "MultiDiscrete":
    case "MultiBinary":
      return same(flatdim(one as Space<unknown>), 1);
    case "Text":
      return same(one.maxLength, one.characters.length);
    case "Tuple":
      return joinBounds(one.spaces);
    case "Dict":
      return joinBounds(one.keys.map((key) => one.member(key)));
    case "OneOf": {
      const { low, high } = joinBounds(one.spaces);
      // Elements of no values (texts of length 0) are padded with zeros.
      const padding = one.spaces.some((member) => flatdim(member) === 0) ? [0] : [];
      const values = flatdim(one) - 1;
      const least = extreme([...padding, ...low], (a, b) => a < b);
      const greatest = extreme([...padding, ...high], (a, b) => a > b);
      return {
        low: [0, ...new Array<Value>(values).fill(least)],
        high: [one.spaces.length - 1, ...new Array<Value>(values).fill(greatest)],
      };
    }
    default:
      return { low: [], high: [] };
  }
}

function same(dim: number, high: number): { low: Value[]; high: Value[] } {
  return { low: new Array<Value>(dim).fill(0), high: new Array<Value>(dim).fill(high) };
}

function joinBounds(spaces: readonly Space<unknown>[]): { low: Value[]; high: Value[] } {
  const parts = spaces.map((space) => flatBounds(known(space)));
  return { low: parts.flatMap((part) => part.low), high: parts.flatMap((part) => part.high) };
}

function extreme(values: readonly Value[], better: (a: Value, b: Value) => boolean): Value {
  return values.reduce((best, value) => (better(value, best) ? value : best));
}

/** The Box of the flattened elements of a flattenable space. */
export function flatBox(space: Space<unknown>): Box {
  const dim = flatdim(space);
  if (dim > maxDim) {
    throw new GymnasiumError(
      "unsupported",
      `flattenSpace: elements of this ${space.type} flatten to ${dim} values, expected at most ${maxDim}; use its values as numbers.`,
    );
  }
  const one = known(space);
  return new Box<Dtype>({ ...flatBounds(one), shape: [dim], dtype: flatDtype(one) });
}

/** How flattened elements of a space are stored. */
export interface FlatLayout {
  readonly dim: number;
  readonly ArrayType: ArrayConstructorOf<Dtype>;
}

const layouts = new WeakMap<Space<unknown>, FlatLayout>();

/**
 * Flattened int64 values that all fit 32 bits (one-hot vectors above all) are stored in an Int32Array, so that they
 * are numbers and not bigints; safe casting puts that array into the int64 Box all the same.
 */
export function flatLayout(space: Space<unknown>): FlatLayout {
  const cached = layouts.get(space);
  if (cached !== undefined) return cached;
  const flat = flatBox(space);
  const isNarrow = flat.dtype === "int64" && fitsInt32(flat.low) && fitsInt32(flat.high);
  const layout = { dim: flat.size, ArrayType: arrayConstructor<Dtype>(isNarrow ? "int32" : flat.dtype) };
  layouts.set(space, layout);
  return layout;
}

function fitsInt32(values: ArrayLike<Value>): boolean {
  return Array.from(values).every((value) => value >= -(2 ** 31) && value < 2 ** 31);
}
