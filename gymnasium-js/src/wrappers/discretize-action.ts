import type { Env } from "../env.js";
import type { Space, TypedArray } from "../spaces/space.js";
import { requireFloatBox } from "./affine.js";
import { type BinOptions, Bins } from "./bins.js";
import { ActionWrapper } from "./transform-action.js";

/**
 * Takes the number of a bin (the last value counting fastest), or one per value, and does the centre of the bin.
 *
 * @throws GymnasiumError `invalid-options` if actions are not a bounded Box of floats, or bins do not fit
 */
export class DiscretizeAction<Observation, InnerAction extends TypedArray> extends ActionWrapper<
  Observation,
  number | ArrayLike<number>,
  InnerAction
> {
  private readonly bins: Bins;
  private readonly action: Float32Array | Float64Array;

  constructor(env: Env<Observation, InnerAction>, options: BinOptions) {
    const source = requireFloatBox(env.actionSpace, "DiscretizeAction: the action space");
    const bins = new Bins(source, options, "DiscretizeAction");
    super(env, { actionSpace: bins.space as Space<number | ArrayLike<number>> });
    this.bins = bins;
    this.action = source.low.slice();
  }

  protected transform(chosen: number | ArrayLike<number>): InnerAction {
    const { bins, action } = this;
    let flat = typeof chosen === "number" ? chosen : 0;
    for (let i = action.length - 1; i >= 0; i--) {
      const count = bins.counts[i]!;
      const index = typeof chosen === "number" ? flat % count : chosen[i]!;
      flat = Math.trunc(flat / count);
      action[i] = bins.center(i, Math.min(Math.max(index, 0), count - 1));
    }
    return action as unknown as InnerAction;
  }
}
