import { GymnasiumError } from "../errors.js";
import { copySpace } from "./base.js";
import { Box } from "./box.js";
import type { Discrete } from "./discrete.js";
import type { Graph } from "./graph.js";
import { known } from "./known-space.js";
import type { MultiBinary } from "./multi-binary.js";
import { type MultiDiscrete, multiDiscrete } from "./multi-discrete.js";
import type { OneOf } from "./one-of.js";
import type { Sequence } from "./sequence.js";
import type { Dtype, Space } from "./space.js";
import type { Text } from "./text.js";
import { Tuple } from "./tuple.js";

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
      return single.mapMembers((member) => batchSpace(member, n)).useRng(rng);
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
  const counts = new Array<number>(n).fill(space.n);
  const options = { start: new Array<number>(n).fill(start), dtype };
  return isWide(space) ? multiDiscrete(counts, { ...options, wide: true }) : multiDiscrete(counts, options);
}

/** Whether the values need more than 32 bits. */
export function isWide({ n, start }: Discrete): boolean {
  return start < -(2 ** 31) || start + n > 2 ** 31;
}

function batchMultiDiscrete(space: MultiDiscrete<Int32Array> | MultiDiscrete<BigInt64Array>, n: number): Box {
  const last = space.nvec.map((count, i) => (space.start[i] as number) + count - 1);
  const shape = [n, ...space.shape];
  return new Box<Dtype>({ low: repeat(space.start, n), high: repeat(last, n), shape, dtype: space.dtype });
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
