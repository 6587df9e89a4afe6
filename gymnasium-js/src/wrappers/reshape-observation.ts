import type { Env } from "../env.js";
import { GymnasiumError } from "../errors.js";
import { describeSpace } from "../explain.js";
import { Box, box } from "../spaces/box.js";
import type { Space } from "../spaces/space.js";
import { TransformObservation } from "./transform-observation.js";

/**
 * Shows Box observations under another shape; as elements are flat arrays, nothing is copied.
 *
 * @throws GymnasiumError `invalid-options` if the space is not a Box, or the shape has another number of values
 */
export class ReshapeObservation<Observation, Action> extends TransformObservation<Observation, Action> {
  constructor(env: Env<Observation, Action>, shape: readonly number[]) {
    const space: Space<unknown> = env.observationSpace;
    const size = shape.reduce((product, extent) => product * extent, 1);
    const isShape = shape.every((extent) => Number.isSafeInteger(extent) && extent > 0);
    if (!(space instanceof Box) || !isShape || size !== space.low.length) {
      throw new GymnasiumError(
        "invalid-options",
        `ReshapeObservation: the shape is [${shape.join(", ")}] and the observation space ${describeSpace(space)}, expected a Box with as many values as the shape.`,
      );
    }
    const { low, high, dtype } = space;
    super(
      env,
      (observation) => observation,
      box({ low, high, shape, dtype }) as unknown as Space<Observation>,
    );
  }
}
