import type { Env } from "../env.js";
import { box } from "../spaces/box.js";
import type { TypedArray } from "../spaces/space.js";
import { requireFloatBox } from "./affine.js";
import { ActionWrapper } from "./transform-action.js";

/**
 * Takes actions without bounds and clips each value to the bounds of the action space inside.
 *
 * @throws GymnasiumError `invalid-options` if the action space is not a Box of float32 or float64
 */
export class ClipAction<Observation, Action extends TypedArray> extends ActionWrapper<Observation, Action> {
  private readonly low: ArrayLike<number>;
  private readonly high: ArrayLike<number>;
  private readonly clipped: TypedArray;

  constructor(env: Env<Observation, Action>) {
    const { shape, dtype, low, high } = requireFloatBox(env.actionSpace, "ClipAction: the action space");
    super(env, {
      actionSpace: box({
        low: Number.NEGATIVE_INFINITY,
        high: Number.POSITIVE_INFINITY,
        shape,
        dtype,
      }) as never,
    });
    this.low = low;
    this.high = high;
    this.clipped = low.slice();
  }

  protected transform(action: Action): Action {
    const { low, high, clipped } = this;
    for (let i = 0; i < clipped.length; i++) clipped[i] = Math.min(Math.max(action[i]!, low[i]!), high[i]!);
    return clipped as Action;
  }
}
