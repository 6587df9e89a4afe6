import { GymnasiumError } from "../errors.js";
import { isWide } from "./batch.js";
import type { Box } from "./box.js";
import type { Dict } from "./dict.js";
import type { Discrete } from "./discrete.js";
import { type ArrayOf, arrayConstructor, type NumberArray } from "./dtype.js";
import { type KnownSpace, known } from "./known-space.js";
import type { MultiBinary } from "./multi-binary.js";
import type { MultiDiscrete } from "./multi-discrete.js";
import type { Dtype, ElementOf, Space } from "./space.js";
import type { Tuple } from "./tuple.js";

/** What `concatenate` makes of elements of `S`. */
export type BatchOf<S extends Space<unknown>> =
  S extends Box<infer D>
    ? ArrayOf<D>
    : S extends Discrete
      ? Int32Array | BigInt64Array
      : S extends MultiDiscrete<Int32Array> | MultiDiscrete<BigInt64Array>
        ? NumberArray
        : S extends MultiBinary
          ? Int8Array
          : S extends Tuple<infer M>
            ? { -readonly [I in keyof M]: BatchOf<M[I]> }
            : S extends Dict<infer M>
              ? { -readonly [K in keyof M]: BatchOf<M[K]> }
              : ElementOf<S>[];

/**
 * Elements of `space` as one element of `batchSpace(space, elements.length)`: array spaces give one flat array
 * (rows in order, in a new array), Tuple and Dict concatenate their members, others give a list.
 *
 * Source: `gymnasium.vector.utils.concatenate`.
 */
export function concatenate<S extends Space<unknown>>(
  space: S,
  elements: readonly ElementOf<S>[],
): BatchOf<S> {
  return concatenateKnown(known(space), elements) as BatchOf<S>;
}

function concatenateKnown(space: KnownSpace, elements: readonly unknown[]): unknown {
  switch (space.type) {
    case "Box":
      return join(elements as NumberArray[], arrayConstructor<Dtype>(space.dtype));
    case "MultiBinary":
      return join(elements as NumberArray[], Int8Array);
    case "Discrete":
      return isWide(space)
        ? BigInt64Array.from(elements as number[], BigInt)
        : Int32Array.from(elements as number[]);
    case "MultiDiscrete":
      return joinMultiDiscrete(space, elements as NumberArray[]);
    case "Tuple":
      return space.spaces.map((member, i) =>
        concatenateKnown(
          known(member),
          (elements as unknown[][]).map((element) => element[i]),
        ),
      );
    case "Dict":
      return space.record((key) =>
        concatenateKnown(
          known(space.member(key)),
          (elements as Record<string, unknown>[]).map((element) => element[key]),
        ),
      );
    case "Text":
    case "Sequence":
    case "Graph":
    case "OneOf":
      return [...elements];
    default:
      return space satisfies never;
  }
}

/** Rows in one array of their kind (or, without rows, of the given one): safe casting lets int64 rows be Int32Arrays. */
function join(rows: readonly NumberArray[], Empty: new (length: number) => NumberArray): NumberArray {
  const Kind = (rows[0]?.constructor ?? Empty) as typeof Empty;
  const joined = new Kind(rows.reduce((length, row) => length + row.length, 0));
  let offset = 0;
  for (const row of rows) {
    (joined as Float64Array).set(row as Float64Array, offset);
    offset += row.length;
  }
  return joined;
}

/** In the array type of the batched space, save that int64 values which fit 32 bits stay an Int32Array. */
function joinMultiDiscrete(
  { wide, dtype, size }: AnyMultiDiscrete,
  rows: readonly NumberArray[],
): NumberArray {
  const Joined = arrayConstructor<Dtype>(dtype === "int64" && !wide ? "int32" : dtype);
  const joined = new Joined(size * rows.length);
  for (const [r, row] of rows.entries()) {
    for (let i = 0; i < size; i++) {
      if (joined instanceof BigInt64Array) joined[r * size + i] = BigInt(row[i] as number | bigint);
      else joined[r * size + i] = Number(row[i]);
    }
  }
  return joined;
}

type AnyMultiDiscrete = MultiDiscrete<Int32Array> | MultiDiscrete<BigInt64Array>;

/**
 * The elements of `space` that make up `batch`, an element of `batchSpace(space, n)` or what `concatenate` gave.
 * Rows of array spaces are views into the batch; the inverse of `concatenate`.
 *
 * @throws GymnasiumError `invalid-options` if the batch is not made of whole elements
 */
export function iterate<S extends Space<unknown>>(space: S, batch: unknown): ElementOf<S>[] {
  return iterateKnown(known(space), batch) as ElementOf<S>[];
}

/** As `iterate`, but null for what is not such a batch. */
export function tryIterate(space: Space<unknown>, batch: unknown): unknown[] | null {
  try {
    return iterate(space, batch);
  } catch (error) {
    if (error instanceof GymnasiumError || error instanceof TypeError) return null;
    throw error;
  }
}

function iterateKnown(space: KnownSpace, batch: unknown): unknown[] {
  switch (space.type) {
    case "Discrete":
      return Array.from(batch as ArrayLike<number | bigint>, Number);
    case "Box":
    case "MultiBinary":
      return rowsOf(space, batch as NumberArray);
    case "MultiDiscrete":
      // A batch drawn by the batched space has the array type of its dtype, elements have theirs.
      return rowsOf(space, batch as NumberArray).map((row) => space.toElement(row));
    case "Tuple": {
      const columns = space.spaces.map((member, i) => iterateKnown(known(member), (batch as unknown[])[i]));
      return Array.from({ length: countOf(columns) }, (_, row) => columns.map((column) => column[row]));
    }
    case "Dict": {
      const columns = space.keys.map((key) =>
        iterateKnown(known(space.member(key)), (batch as Record<string, unknown>)[key]),
      );
      return Array.from({ length: countOf(columns) }, (_, row) =>
        space.record((_key, i) => columns[i]?.[row]),
      );
    }
    case "Text":
    case "Sequence":
    case "Graph":
    case "OneOf":
      return [...(batch as unknown[])];
    default:
      return space satisfies never;
  }
}

function rowsOf(space: Box | AnyMultiDiscrete | MultiBinary, batch: NumberArray): NumberArray[] {
  if (space.size === 0) {
    throw new GymnasiumError(
      "unsupported",
      `A batch of a ${space.type} of shape [${space.shape.join(", ")}] has no values that tell how many elements it has: leave such a space out.`,
    );
  }
  const rows = batch.length / space.size;
  if (!Number.isInteger(rows)) {
    throw new GymnasiumError(
      "invalid-options",
      `A batch of ${space.type} has ${batch.length} values, expected a multiple of ${space.size}.`,
    );
  }
  return Array.from({ length: rows }, (_, row) => batch.subarray(row * space.size, (row + 1) * space.size));
}

function countOf(columns: readonly unknown[][]): number {
  const count = columns[0]?.length ?? 0;
  if (columns.every((column) => column.length === count)) return count;
  const counts = columns.map((column) => column.length).join(", ");
  throw new GymnasiumError(
    "invalid-options",
    `The members of a batch have ${counts} elements, expected equal numbers.`,
  );
}
