import type { Env } from "../env.js";
import type { Space } from "../spaces/space.js";
import { ObservationWrapper } from "./observation-wrapper.js";

/**
 * Shows `transformation(observation)` instead of each observation.
 *
 * @param observationSpace what the transformation yields; needed unless it stays within the space inside
 */
export class TransformObservation<
  Observation,
  Action,
  InnerObservation = Observation,
> extends ObservationWrapper<Observation, Action, InnerObservation> {
  constructor(
    env: Env<InnerObservation, Action>,
    private readonly transformation: (observation: InnerObservation) => Observation,
    observationSpace?: Space<Observation>,
  ) {
    super(env, observationSpace === undefined ? {} : { observationSpace });
  }

  protected transform(observation: InnerObservation): Observation {
    return this.transformation(observation);
  }
}
