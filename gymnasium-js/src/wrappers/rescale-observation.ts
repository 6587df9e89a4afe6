import type { Env } from "../env.js";
import type { Space, TypedArray } from "../spaces/space.js";
import { AffineMap, type Bounds, requireFloatBox } from "./affine.js";
import { DoubleBuffer } from "./double-buffer.js";
import { ObservationWrapper } from "./observation-wrapper.js";

/**
 * Maps observations linearly from their bounds onto [min, max].
 *
 * @throws GymnasiumError `invalid-options` if the observation space is not a Box of floats, or the bounds do not fit
 */
export class RescaleObservation<Observation extends TypedArray, Action> extends ObservationWrapper<
  Observation,
  Action
> {
  private readonly map: AffineMap;
  private readonly rescaled: DoubleBuffer<Float32Array | Float64Array>;

  constructor(env: Env<Observation, Action>, bounds: { min: Bounds; max: Bounds }) {
    const source = requireFloatBox(env.observationSpace, "RescaleObservation: the observation space");
    const map = new AffineMap(source, bounds, "RescaleObservation");
    super(env, { observationSpace: map.target as Space<Observation> });
    this.map = map;
    this.rescaled = new DoubleBuffer(() => map.createBuffer());
  }

  protected transform(observation: Observation): Observation {
    const rescaled = this.rescaled.next();
    this.map.forward(observation, rescaled);
    return rescaled as unknown as Observation;
  }
}
