import type { TypedArray } from "gymnasium-js";
import { InputStage } from "../../nets/index.js";
import { type HostArray, tf } from "../../tensors/index.js";
import { observationSizeOf, rowSizeOf, type TeamLayout } from "./layout.js";

/** What rows of a joint environment hold. */
interface TeamRows {
  /** `[rows * agents, size]` */
  observations: tf.Tensor2D;
  /** `[rows * agents, agents]`, one-hot: whose observation each is. */
  ids: tf.Tensor2D;
  /** `[rows, stateSize]`; where there is no global state, all that the agents see. */
  states: tf.Tensor2D;
}

/** The input stage of a team: rows of a joint environment, taken apart and scaled. */
export class TeamInput {
  private readonly rows: InputStage;

  constructor(
    private readonly layout: TeamLayout,
    scale: number,
  ) {
    this.rows = flatInput(rowSizeOf(layout), scale);
  }

  /** As `InputStage.source`. */
  source(observations: TypedArray, size: number, place: 0 | 1 = 0): HostArray {
    return this.rows.source(observations, size, place);
  }

  /** @param x a tensor that was made of what `source` gave */
  take(x: tf.Tensor): TeamRows {
    const { agents, stateSize } = this.layout;
    const rows = this.rows.decode(x) as tf.Tensor2D;
    const size = rows.shape[0];
    const each = observationSizeOf(this.layout);
    const seen = tf.slice(rows, [0, 0], [size, agents * each]);
    return {
      observations: tf.reshape(seen, [size * agents, each]),
      ids: tf.tile(tf.eye(agents), [size, 1]),
      states: stateSize > 0 ? tf.slice(rows, [0, agents * each], [size, stateSize]) : seen,
    };
  }
}

/** The input stage of flat rows. */
export function flatInput(rowSize: number, scale: number): InputStage {
  return new InputStage({
    ...{ shape: [rowSize], stack: 1, oneHot: null },
    ...{ layout: "flat", channels: "last", scale },
  });
}
