import type { Env } from "../env.js";
import type { Space } from "../spaces/space.js";
import { requireFloatBox } from "./affine.js";
import { type BinOptions, Bins } from "./bins.js";
import { DoubleBuffer } from "./double-buffer.js";
import { ObservationWrapper } from "./observation-wrapper.js";

/**
 * Shows the bin that an observation lies in: one number (the last value counting fastest), or one per value.
 *
 * @throws GymnasiumError `invalid-options` if observations are not a bounded Box of floats, or bins do not fit
 */
export class DiscretizeObservation<Observation extends ArrayLike<number>, Action> extends ObservationWrapper<
  number | Int32Array,
  Action,
  Observation
> {
  private readonly bins: Bins;
  private readonly indices: DoubleBuffer<Int32Array>;
  private readonly perValue: boolean;

  constructor(env: Env<Observation, Action>, options: BinOptions) {
    const source = requireFloatBox(env.observationSpace, "DiscretizeObservation: the observation space");
    const bins = new Bins(source, options, "DiscretizeObservation");
    super(env, { observationSpace: bins.space as Space<number | Int32Array> });
    this.bins = bins;
    this.indices = new DoubleBuffer(() => new Int32Array(bins.counts.length));
    this.perValue = options.multiDiscrete ?? false;
  }

  protected transform(observation: Observation): number | Int32Array {
    const { bins } = this;
    const indices = this.indices.next();
    let flat = 0;
    for (let i = 0; i < indices.length; i++) {
      const index = bins.indexOf(i, observation[i]!);
      indices[i] = index;
      flat = flat * bins.counts[i]! + index;
    }
    return this.perValue ? indices : flat;
  }
}
