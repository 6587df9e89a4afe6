import type { TypedArray } from "gymnasium-js";
import type { NetSpec } from "../../nets/index.js";
import { greedyAction } from "../exploration.js";
import { Forward, type ForwardPlan } from "./forward.js";

/** How outputs become actions: the largest one's, or each squashed into its bounds. */
export type ActionPlan =
  | { type: "discrete"; n: number; start: number }
  | { type: "box"; low: Float64Array; high: Float64Array; dtype: "float32" | "float64" };

/** A deterministic policy but for its parameters, as plain data. */
export interface PolicyPlan {
  net: ForwardPlan;
  action: ActionPlan;
  /** What `net` was laid out from, of which `buildNet` makes the same net. */
  source: { spec: NetSpec; inputShape: readonly number[] };
}

/** Acts by a parameter vector, row by row, without allocating. */
export class ActingNet {
  /** Values per action in a batch. */
  readonly actionSize: number;
  private readonly forward: Forward;

  constructor(private readonly plan: PolicyPlan) {
    this.actionSize = plan.action.type === "discrete" ? 1 : plan.action.low.length;
    this.forward = new Forward(plan.net);
  }

  /** Memory for the actions of so many rows. */
  allocate(rows: number): TypedArray {
    const { action } = this.plan;
    if (action.type === "discrete") return new Int32Array(rows);
    const ArrayType = action.dtype === "float32" ? Float32Array : Float64Array;
    return new ArrayType(rows * this.actionSize);
  }

  /**
   * Writes the action of one row. A row without a legal action (an episode that is over) gets the first one.
   * @param masks `rows * n` values, 1 where an action is legal; null where there are no masks
   */
  act(
    parameters: Float32Array,
    observations: TypedArray,
    { row, masks, actions }: { row: number; masks: Uint8Array | null; actions: TypedArray },
  ): void {
    const outputs = this.forward.run(parameters, observations, row);
    const { action } = this.plan;
    if (action.type === "discrete") {
      const mask = masks === null ? null : masks.subarray(row * action.n, (row + 1) * action.n);
      actions[row] = action.start + Math.max(0, greedyAction({ q: outputs, numActions: action.n, mask }, 0));
      return;
    }
    const { low, high } = action;
    for (let i = 0; i < low.length; i++) {
      const squashed = low[i]! + ((high[i]! - low[i]!) * (Math.tanh(outputs[i]!) + 1)) / 2;
      actions[row * low.length + i] = Math.min(high[i]!, Math.max(low[i]!, squashed));
    }
  }
}
