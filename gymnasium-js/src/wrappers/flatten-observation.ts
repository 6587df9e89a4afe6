import type { Env } from "../env.js";
import { GymnasiumError } from "../errors.js";
import { describeSpace } from "../explain.js";
import { Box } from "../spaces/box.js";
import type { NumberArray } from "../spaces/dtype.js";
import { flatLayout } from "../spaces/flat-layout.js";
import { flattenInto, flattenSpace } from "../spaces/flatten.js";
import type { Space } from "../spaces/space.js";
import { DoubleBuffer } from "./double-buffer.js";
import { ObservationWrapper } from "./observation-wrapper.js";

/**
 * Flattens elements of `space` into two arrays in turns.
 *
 * @param what names the wrapper in the message
 * @throws GymnasiumError `invalid-options` if elements have no flat form of fixed length (Sequence, Graph)
 */
export function createFlattener(space: Space<unknown>, what: string): Flattener {
  const flatSpace: Space<unknown> = flattenSpace(space);
  if (!(flatSpace instanceof Box)) {
    throw new GymnasiumError(
      "invalid-options",
      `${what}: the observation space is ${describeSpace(space)}, expected one whose elements all have the same number of values.`,
    );
  }
  const { dim, ArrayType } = flatLayout(space);
  const targets = new DoubleBuffer(() => ({ out: new ArrayType(dim), offset: 0 }));
  return {
    space: flatSpace as unknown as Space<NumberArray>,
    flatten(element) {
      const target = targets.next();
      flattenInto(space, element, target);
      return target.out;
    },
  };
}

export interface Flattener {
  readonly space: Space<NumberArray>;
  flatten(element: unknown): NumberArray;
}

/**
 * Shows observations as one flat array; Discrete values become one-hot vectors.
 *
 * @throws GymnasiumError `invalid-options` if the space has no flat form of fixed length (Sequence, Graph)
 */
export class FlattenObservation<Action> extends ObservationWrapper<NumberArray, Action, unknown> {
  private readonly flattener: Flattener;

  constructor(env: Env<unknown, Action>) {
    const flattener = createFlattener(env.observationSpace, "FlattenObservation");
    super(env, { observationSpace: flattener.space });
    this.flattener = flattener;
  }

  protected transform(observation: unknown): NumberArray {
    return this.flattener.flatten(observation);
  }
}
