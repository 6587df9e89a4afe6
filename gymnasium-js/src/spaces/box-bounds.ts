import { GymnasiumError } from "../errors.js";
import { type ArrayOf, arrayConstructor, dtypeRange, int64Range, isFloat } from "./dtype.js";
import { flattenNested, isList, nestedShape, sameShape, sizeOf } from "./nested.js";
import type { Dtype } from "./space.js";

/** A bound of a Box: one value for all entries, nested lists, or a flat array. */
export type Bound = number | bigint | ArrayLike<number | bigint> | readonly NestedBound[];
export type NestedBound = number | bigint | readonly NestedBound[];

type Side = "low" | "high";

/** One side of a Box, `size` entries; `bounded[i]` is 0 where that entry has no bound. */
export interface CastBound<D extends Dtype> {
  readonly values: ArrayOf<D>;
  readonly bounded: Uint8Array;
}

/** The shape given, else that of the array-like bound, else [1] for two numbers, as in Gymnasium. */
export function boxShape(shape: readonly number[] | undefined, low: Bound, high: Bound): readonly number[] {
  if (shape !== undefined) {
    if (!shape.every((extent) => Number.isSafeInteger(extent) && extent >= 0)) {
      throw invalid(`shape [${shape.join(", ")}] must be integers of at least 0, for instance [2, 3]`);
    }
    return [...shape];
  }
  const [fromLow, fromHigh] = [shapeOfBound("low", low), shapeOfBound("high", high)];
  if (fromLow !== null && fromHigh !== null && !sameShape(fromLow, fromHigh)) {
    throw invalid(
      `low has shape [${fromLow.join(", ")}] and high [${fromHigh.join(", ")}], expected the same`,
    );
  }
  return fromLow ?? fromHigh ?? [1];
}

function shapeOfBound(side: Side, bound: Bound): number[] | null {
  if (!isList(bound)) return null;
  const shape = nestedShape(bound);
  if (shape === null) throw invalid(`${side} has rows of different lengths, expected a full array`);
  return shape;
}

export function castBound<D extends Dtype>(
  side: Side,
  bound: Bound,
  { shape, dtype }: { shape: readonly number[]; dtype: D },
): CastBound<D> {
  const size = sizeOf(shape);
  const values = new (arrayConstructor(dtype))(size);
  const bounded = new Uint8Array(size);
  if (!isList(bound)) {
    (values as unknown as { fill(value: unknown): void }).fill(castEntry(side, bound, dtype));
    bounded.fill(bound === noBound[side] ? 0 : 1);
    return { values, bounded };
  }
  const given = flattenNested(bound);
  const ownShape = shapeOfBound(side, bound);
  // Flat values are welcome for any shape of that size; nested lists say their shape, which must be the one given.
  if (given.length !== size || (ownShape !== null && ownShape.length > 1 && !sameShape(ownShape, shape))) {
    throw invalid(
      `${side} has shape [${ownShape?.join(", ")}], expected [${shape.join(", ")}] (or its ${size} values flat)`,
    );
  }
  for (let i = 0; i < size; i++) {
    bounded[i] = given[i] === noBound[side] ? 0 : 1;
    (values as unknown as unknown[])[i] = castEntry(side, given[i], dtype);
  }
  return { values, bounded };
}

const noBound = { low: -Infinity, high: Infinity } as const;

/** One entry as the dtype stores it. Where signed integers have no bound, their dtype's limit stands in. */
function castEntry(side: Side, value: unknown, dtype: Dtype): number | bigint {
  if ((typeof value !== "number" && typeof value !== "bigint") || Number.isNaN(value)) {
    throw invalid(`${side} has the value ${String(value)}, expected numbers`);
  }
  const [least, greatest] = dtypeRange(dtype);
  if (value === Infinity || value === -Infinity) {
    if (value !== noBound[side]) throw invalid(`${side} is ${value}, which leaves no value inside`);
    if (isFloat(dtype)) return value;
    if (least === 0) throw invalid(`${side} is ${value}, but ${dtype} needs finite bounds`);
    return dtype === "int64" ? int64Range[side === "low" ? 0 : 1] : side === "low" ? least : greatest;
  }
  if (value < least || value > greatest) {
    throw invalid(`${side} ${value} is outside the range of ${dtype}, [${least}, ${greatest}]`);
  }
  // The bounds 0 and -0 are one bound: adding 0 makes the second the first.
  if (isFloat(dtype)) return (dtype === "float32" ? Math.fround(Number(value)) : Number(value)) + 0;
  if (typeof value === "number" && !Number.isInteger(value)) {
    throw invalid(`${side} ${value} is no integer, but the dtype is ${dtype}`);
  }
  if (dtype !== "int64") return Number(value) + 0;
  const [, most] = int64Range;
  const exact = BigInt(value);
  // 2^63 itself is what `Number(most)` rounds to.
  return exact > most ? most : exact;
}

export function invalid(problem: string): GymnasiumError {
  return new GymnasiumError("invalid-space", `Box: ${problem}.`);
}
