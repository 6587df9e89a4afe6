import { GymnasiumError } from "../errors.js";
import { copySpace, SpaceBase } from "./base.js";
import { Box } from "./box.js";
import { Dict } from "./dict.js";
import type { Discrete } from "./discrete.js";
import { type ArrayOf, arrayConstructor, type NumberArray } from "./dtype.js";
import type { Graph } from "./graph.js";
import type { MultiBinary } from "./multi-binary.js";
import { type MultiDiscrete, multiDiscrete } from "./multi-discrete.js";
import type { OneOf } from "./one-of.js";
import type { Sequence } from "./sequence.js";
import type { Dtype, ElementOf, Space } from "./space.js";
import type { Text } from "./text.js";
import { Tuple } from "./tuple.js";

/** The spaces of this package, told apart by `type`. */
export type KnownSpace =
  | Box
  | Discrete
  | MultiDiscrete<Int32Array>
  | MultiDiscrete<BigInt64Array>
  | MultiBinary
  | Text
  | Tuple
  | Dict
  | Sequence
  | Graph
  | OneOf;

/** @throws GymnasiumError `unsupported` for a space that is not of this package */
export function known(space: Space<unknown>): KnownSpace {
  if (space instanceof SpaceBase) return space as unknown as KnownSpace;
  throw new GymnasiumError(
    "unsupported",
    `A space of type ${space.type} cannot be batched or flattened; build it from the spaces of gymnasium-js.`,
  );
}

/**
 * The space of `n` elements of `space` together: Box and MultiBinary give a Box with a leading axis, Discrete a
 * MultiDiscrete, MultiDiscrete a Box, Tuple and Dict batch their members; others give a Tuple of `n` copies.
 * It draws from copies of the generators of `space`.
 *
 * Source: `gymnasium.vector.utils.batch_space`.
 *
 * @throws GymnasiumError `invalid-options` unless n is a positive integer
 */
export function batchSpace<D extends Dtype>(space: Box<D>, n: number): Box<D>;
export function batchSpace(space: Discrete, n: number): MultiDiscrete | MultiDiscrete<BigInt64Array>;
export function batchSpace(space: MultiBinary, n: number): Box<"int8">;
export function batchSpace(space: Space<unknown>, n: number): Space<unknown>;
export function batchSpace(space: Space<unknown>, n: number): Space<unknown> {
  if (!Number.isSafeInteger(n) || n < 1) {
    throw new GymnasiumError("invalid-options", `batchSpace: n is ${n}, expected an integer of at least 1.`);
  }
  const single = known(space);
  const rng = single.rng.clone();
  switch (single.type) {
    case "Box":
      return batchBox(single, n).useRng(rng);
    case "Discrete":
      return batchDiscrete(single, n).useRng(rng);
    case "MultiDiscrete":
      return batchMultiDiscrete(single, n).useRng(rng);
    case "MultiBinary":
      return new Box({ low: 0, high: 1, shape: [n, ...single.shape], dtype: "int8" }).useRng(rng);
    case "Tuple":
      return new Tuple(single.spaces.map((member) => batchSpace(member, n))).useRng(rng);
    case "Dict":
      return batchDict(single, n).useRng(rng);
    case "Text":
    case "Sequence":
    case "Graph":
    case "OneOf":
      return batchOther(single, n);
    default:
      return single satisfies never;
  }
}

function batchBox(space: Box, n: number): Box {
  // As in Gymnasium, an integer entry without bound is bounded by its dtype's limits in the batch.
  return new Box({
    low: repeat(space.low, n),
    high: repeat(space.high, n),
    shape: [n, ...space.shape],
    dtype: space.dtype,
  });
}

function batchDiscrete(space: Discrete, n: number): MultiDiscrete | MultiDiscrete<BigInt64Array> {
  const { start, dtype } = space;
  const wide = start < -(2 ** 31) || start + space.n > 2 ** 31;
  const counts = new Array<number>(n).fill(space.n);
  const options = { start: new Array<number>(n).fill(start), dtype };
  return wide ? multiDiscrete(counts, { ...options, wide }) : multiDiscrete(counts, options);
}

function batchMultiDiscrete(space: MultiDiscrete<Int32Array> | MultiDiscrete<BigInt64Array>, n: number): Box {
  const last = space.nvec.map((count, i) => (space.start[i] as number) + count - 1);
  const shape = [n, ...space.shape];
  return new Box<Dtype>({ low: repeat(space.start, n), high: repeat(last, n), shape, dtype: space.dtype });
}

function batchDict(space: Dict, n: number): Dict {
  // As in Gymnasium, the batch of a Dict made from pairs has sorted keys, unless the Dict was told not to sort.
  const members = space.keys.map((key) => [key, batchSpace(space.member(key), n)] as const);
  return new Dict(Object.fromEntries(members), { sortKeys: space.sortKeys });
}

function batchOther(space: Text | Sequence | Graph | OneOf, n: number): Tuple {
  const rng = space.rng.clone();
  const batch = new Tuple(Array.from({ length: n }, () => copySpace(space))).useRng(space.rng.clone());
  batch.seed(Array.from({ length: n }, () => rng.integers(0, 1e8)));
  return batch;
}

function repeat(values: ArrayLike<number | bigint>, n: number): (number | bigint)[] {
  const once = Array.from(values);
  return Array.from({ length: n }, () => once).flat();
}

/** What `concatenate` makes of elements of `S`. */
export type BatchOf<S extends Space<unknown>> =
  S extends Box<infer D>
    ? ArrayOf<D>
    : S extends Discrete
      ? Int32Array | BigInt64Array
      : S extends MultiDiscrete<infer E>
        ? E
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
    case "Discrete": {
      const values = elements as number[];
      const narrow = values.every((value) => value === (value | 0));
      return narrow ? Int32Array.from(values) : BigInt64Array.from(values, BigInt);
    }
    case "MultiDiscrete":
      return join(elements as NumberArray[], space.wide ? BigInt64Array : Int32Array);
    case "MultiBinary":
      return join(elements as NumberArray[], Int8Array);
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

/**
 * The elements of `space` that make up `batch`, an element of `batchSpace(space, n)` or what `concatenate` gave.
 * Rows of array spaces are views into the batch; the inverse of `concatenate`.
 *
 * @throws GymnasiumError `invalid-options` if the batch is not made of whole elements
 */
export function iterate<S extends Space<unknown>>(space: S, batch: unknown): ElementOf<S>[] {
  return iterateKnown(known(space), batch) as ElementOf<S>[];
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

function rowsOf(
  space: Box | MultiDiscrete | MultiDiscrete<BigInt64Array> | MultiBinary,
  batch: NumberArray,
): NumberArray[] {
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
