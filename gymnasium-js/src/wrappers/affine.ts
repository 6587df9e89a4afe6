import { GymnasiumError } from "../errors.js";
import { describeSpace } from "../explain.js";
import { Box, box } from "../spaces/box.js";
import type { Space } from "../spaces/space.js";

/** A Box whose elements are floating-point arrays. */
export interface FloatBox {
  readonly shape: readonly number[];
  readonly dtype: "float32" | "float64";
  /** Bounds, flat. */
  readonly low: Float32Array | Float64Array;
  readonly high: Float32Array | Float64Array;
}

/** @param what names the space in the message, for instance "ClipAction: the action space" */
export function requireFloatBox(space: Space<unknown>, what: string): FloatBox {
  if (space instanceof Box && (space.dtype === "float32" || space.dtype === "float64")) {
    const { shape, dtype } = space;
    const floats = (bounds: ArrayLike<number | bigint>) =>
      (dtype === "float32" ? Float32Array : Float64Array).from(bounds as ArrayLike<number>);
    return { shape, dtype, low: floats(space.low), high: floats(space.high) };
  }
  throw new GymnasiumError(
    "invalid-options",
    `${what} is ${describeSpace(space)}, expected a Box of float32 or float64.`,
  );
}

/** One bound for all values, or one for each. */
export type Bounds = number | ArrayLike<number>;

/**
 * `new = gradient * old + intercept` per value, from one Box onto another, each operation rounded to the Box's dtype.
 * A value without bound on one side keeps gradient 1; its new bound there must be the same infinity.
 */
export class AffineMap {
  readonly target: Space<unknown>;
  private readonly gradient: Float32Array | Float64Array;
  private readonly intercept: Float32Array | Float64Array;
  private readonly round: (x: number) => number;

  /** @param what names the wrapper in messages */
  constructor(
    private readonly source: FloatBox,
    bounds: { min: Bounds; max: Bounds },
    what: string,
  ) {
    const { low, high, shape, dtype } = source;
    const min = expand(bounds.min, low.length, `${what}: min`);
    const max = expand(bounds.max, low.length, `${what}: max`);
    this.round = dtype === "float32" ? Math.fround : (x) => x;
    this.gradient = low.slice().fill(1);
    this.intercept = low.slice().fill(0);
    for (let i = 0; i < low.length; i++) {
      const interval = { low: low[i]!, high: high[i]!, min: min[i]!, max: max[i]! };
      requireMatch(interval, `${what}: value ${i}`);
      this.fit(interval, i);
    }
    this.target = box({ low: min, high: max, shape, dtype }) as unknown as Space<unknown>;
  }

  private fit({ low, high, min, max }: Interval, i: number): void {
    if (Number.isFinite(min) && Number.isFinite(max)) this.gradient[i] = (max - min) / (high - low);
    // Where both bounds are finite, the lower one decides.
    if (Number.isFinite(min)) this.intercept[i] = this.round(this.gradient[i]! * -low) + min;
    else if (Number.isFinite(max)) this.intercept[i] = max - high;
  }

  /** A buffer that `forward` and `backward` can write to. */
  createBuffer(): Float32Array | Float64Array {
    return this.source.low.slice();
  }

  /** From the source to the target. */
  forward(from: ArrayLike<number>, to: Float32Array | Float64Array): void {
    const { gradient, intercept, round } = this;
    for (let i = 0; i < to.length; i++) to[i] = round(gradient[i]! * from[i]!) + intercept[i]!;
  }

  /** From the target to the source. */
  backward(from: ArrayLike<number>, to: Float32Array | Float64Array): void {
    const { gradient, intercept, round } = this;
    for (let i = 0; i < to.length; i++) to[i] = round(from[i]! - intercept[i]!) / gradient[i]!;
  }
}

interface Interval {
  low: number;
  high: number;
  min: number;
  max: number;
}

function requireMatch({ low, high, min, max }: Interval, what: string): void {
  const matches = (bound: number, target: number) => Number.isFinite(bound) === Number.isFinite(target);
  const sameInfinity = (bound: number, target: number) => Number.isFinite(bound) || bound === target;
  const isFine = matches(low, min) && matches(high, max) && sameInfinity(low, min) && sameInfinity(high, max);
  if (isFine && min < max) return;
  throw new GymnasiumError(
    "invalid-options",
    `${what} was to be rescaled from [${low}, ${high}] to [${min}, ${max}], expected min < max, and infinite bounds where the old ones are infinite, and only there.`,
  );
}

function expand(bounds: Bounds, length: number, what: string): Float64Array {
  if (typeof bounds === "number") return new Float64Array(length).fill(bounds);
  if (bounds.length === length) return Float64Array.from(bounds);
  throw new GymnasiumError(
    "invalid-options",
    `${what} has ${bounds.length} values, expected one number, or ${length} values.`,
  );
}
