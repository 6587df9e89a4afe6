import { GymnasiumError } from "./errors.js";
import { describeSpace, describeValue, whyOutside } from "./explain.js";
import { layoutOf } from "./layout.js";
import type { Box } from "./spaces/box.js";
import type { Discrete } from "./spaces/discrete.js";
import type { MultiDiscrete } from "./spaces/multi-discrete.js";
import type { Space, TypedArray } from "./spaces/space.js";
import type { Tuple } from "./spaces/tuple.js";

/** Observations of at most so many numbers are checked every time: some nanoseconds. */
const small = 16;

/**
 * Watches that what rules observe stays in the observation space. Small observations are checked each time, larger
 * ones only where the environment has time for it.
 */
export class ObservationGuard {
  /** Whether every observation is to be checked, not just some. */
  readonly everyTime: boolean;
  private readonly low: Float64Array;
  private readonly high: Float64Array;
  /** Whether all numbers have the same bounds: one pass is then twice as fast. */
  private readonly uniform: boolean;

  constructor(
    private readonly space: Space<unknown>,
    private readonly id: string,
  ) {
    const { low, high } = boundsOf(space);
    this.low = low;
    this.high = high;
    this.uniform = low.every((least, i) => least === low[0] && high[i] === high[0]);
    this.everyTime = low.length <= small;
  }

  /** @throws GymnasiumError `invalid-observation` if the observation at `batch[offset...]` is outside its space */
  check(batch: TypedArray, offset: number): void {
    const { low, high } = this;
    if (this.uniform) {
      const least = low[0] as number;
      const greatest = high[0] as number;
      const end = offset + low.length;
      for (let i = offset; i < end; i++) {
        const value = batch[i] as number;
        if (!(value >= least && value <= greatest)) this.refuse(batch, offset);
      }
      return;
    }
    for (let i = 0; i < low.length; i++) {
      const value = batch[offset + i] as number;
      // NaN fails both comparisons.
      if (!(value >= (low[i] as number) && value <= (high[i] as number))) this.refuse(batch, offset);
    }
  }

  private refuse(batch: TypedArray, offset: number): never {
    const element = elementAt(this.space, batch.slice(offset, offset + this.low.length));
    throw new GymnasiumError(
      "invalid-observation",
      `${this.id}: the rules gave an observation outside its space ${describeSpace(this.space)}: ${describeValue(element)}: ${whyOutside(this.space, element)}.`,
    );
  }
}

/** The element of which these are the numbers. */
function elementAt(space: Space<unknown>, numbers: TypedArray): unknown {
  const layout = layoutOf(space);
  if (layout.kind === "scalar") return numbers[0];
  if (layout.kind !== "columns") return numbers;
  const element = layout.allocateElement();
  layout.readElement(numbers, 0, element);
  return element;
}

/** Least and greatest value of each number of an element. */
function boundsOf(space: Space<unknown>): { low: Float64Array; high: Float64Array } {
  if (space.type === "Tuple") {
    const bounds = (space as Tuple).spaces.map(boundsOf);
    return {
      low: Float64Array.from(bounds.flatMap(({ low }) => [...low])),
      high: Float64Array.from(bounds.flatMap(({ high }) => [...high])),
    };
  }
  if (space.type === "Box") {
    const { low, high } = space as Box;
    return { low: asFloats(low), high: asFloats(high) };
  }
  switch (space.type) {
    case "Discrete": {
      const { n, start } = space as Discrete;
      return { low: Float64Array.of(start), high: Float64Array.of(start + n - 1) };
    }
    case "MultiDiscrete": {
      const { nvec, start } = space as MultiDiscrete;
      return { low: Float64Array.from(start), high: Float64Array.from(nvec, (n, i) => start[i]! + n - 1) };
    }
    default: {
      const size = (space.shape ?? []).reduce((product, extent) => product * extent, 1);
      return { low: new Float64Array(size), high: new Float64Array(size).fill(1) };
    }
  }
}

function asFloats(values: TypedArray | BigInt64Array): Float64Array {
  return values instanceof BigInt64Array ? Float64Array.from(values, Number) : new Float64Array(values);
}
