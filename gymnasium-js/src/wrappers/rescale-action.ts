import type { Env } from "../env.js";
import type { Space, TypedArray } from "../spaces/space.js";
import { AffineMap, type Bounds, requireFloatBox } from "./affine.js";
import { ActionWrapper } from "./transform-action.js";

/**
 * Takes actions in [min, max] and maps them linearly onto the bounds of the action space inside.
 *
 * @throws GymnasiumError `invalid-options` if the action space is not a Box of floats, or the bounds do not fit
 */
export class RescaleAction<Observation, Action extends TypedArray> extends ActionWrapper<
  Observation,
  Action
> {
  private readonly map: AffineMap;
  private readonly rescaled: Float32Array | Float64Array;

  constructor(env: Env<Observation, Action>, bounds: { min: Bounds; max: Bounds }) {
    const source = requireFloatBox(env.actionSpace, "RescaleAction: the action space");
    const map = new AffineMap(source, bounds, "RescaleAction");
    super(env, { actionSpace: map.target as Space<Action> });
    this.map = map;
    this.rescaled = map.createBuffer();
  }

  protected transform(action: Action): Action {
    this.map.backward(action, this.rescaled);
    return this.rescaled as unknown as Action;
  }
}
