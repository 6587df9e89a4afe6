import { GymnasiumError } from "../errors.js";
import { SpaceBase } from "./base.js";
import type { Box } from "./box.js";
import type { Dict } from "./dict.js";
import type { Discrete } from "./discrete.js";
import type { Graph } from "./graph.js";
import type { MultiBinary } from "./multi-binary.js";
import type { MultiDiscrete } from "./multi-discrete.js";
import type { OneOf } from "./one-of.js";
import type { Sequence } from "./sequence.js";
import type { Space } from "./space.js";
import type { Text } from "./text.js";
import type { Tuple } from "./tuple.js";

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

const knownTypes: Readonly<Record<KnownSpace["type"], true>> = {
  Box: true,
  Discrete: true,
  MultiDiscrete: true,
  MultiBinary: true,
  Text: true,
  Tuple: true,
  Dict: true,
  Sequence: true,
  Graph: true,
  OneOf: true,
};

/** @throws GymnasiumError `unsupported` for a space that is not of this package */
export function known(space: Space<unknown>): KnownSpace {
  if (space instanceof SpaceBase && Object.hasOwn(knownTypes, space.type))
    return space as unknown as KnownSpace;
  throw new GymnasiumError(
    "unsupported",
    `A space of type ${space.type} cannot be batched or flattened; build it from the spaces of gymnasium-js.`,
  );
}
