import { GymnasiumError } from "../errors.js";
import { discrete } from "../spaces/discrete.js";
import { multiDiscrete } from "../spaces/multi-discrete.js";
import type { Space } from "../spaces/space.js";
import type { FloatBox } from "./affine.js";

/** Cuts each value of a bounded Box into bins of equal width, lowest first. */
export class Bins {
  /** Bins per value. */
  readonly counts: readonly number[];
  /** One number for all bins together (Discrete), or one per value (MultiDiscrete). */
  readonly space: Space<unknown>;
  /** To the dtype of the Box, in which NumPy 2 computes: the result of every single operation. */
  private readonly round: (x: number) => number;

  /**
   * @param bins how many, for all values or for each
   * @param what names the wrapper in messages
   * @throws GymnasiumError `invalid-options` if a value has no bounds or a number of bins is no positive integer
   */
  constructor(
    private readonly source: FloatBox,
    { bins, multiDiscrete: perValue }: BinOptions,
    what: string,
  ) {
    const size = source.low.length;
    this.counts = typeof bins === "number" ? new Array<number>(size).fill(bins) : [...bins];
    const bounds = [...source.low, ...source.high];
    const areCounts = this.counts.every((count) => Number.isSafeInteger(count) && count >= 1);
    if (this.counts.length !== size || !areCounts || !bounds.every(Number.isFinite)) {
      throw new GymnasiumError(
        "invalid-options",
        `${what}: bins is ${JSON.stringify(bins)} for a Box of ${size} values with bounds ${bounds.join(", ")}, expected one positive integer, or ${size} of them, and finite bounds.`,
      );
    }
    this.round = source.dtype === "float32" ? Math.fround : (x) => x;
    const product = this.counts.reduce((all, count) => all * count, 1);
    this.space = (perValue
      ? multiDiscrete([...this.counts])
      : discrete(product)) as unknown as Space<unknown>;
  }

  /** Lower edge of bin `index` of value `i`; index `counts[i]` gives the upper end. NumPy's `linspace`. */
  edge(i: number, index: number): number {
    const [low, high, count] = [this.source.low[i]!, this.source.high[i]!, this.counts[i]!];
    if (index === count) return high;
    const { round } = this;
    const width = round(round(high - low) / count);
    return round(round(index * width) + low);
  }

  center(i: number, index: number): number {
    return 0.5 * this.round(this.edge(i, index) + this.edge(i, index + 1));
  }

  /** The bin that `x` is in; those beyond the bounds count to the outermost bins. */
  indexOf(i: number, x: number): number {
    let index = 0;
    while (index < this.counts[i]! - 1 && x >= this.edge(i, index + 1)) index++;
    return index;
  }
}

export interface BinOptions {
  bins: number | readonly number[];
  /** One bin number per value instead of one for all. */
  multiDiscrete?: boolean;
}
