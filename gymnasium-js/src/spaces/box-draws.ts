import { GymnasiumError } from "../errors.js";
import type { Generator } from "../seeding/generator.js";

/** Indices of a Box's entries by the kind of their interval, in the order in which NumPy draws the kinds. */
export class DrawingOrder {
  private readonly unbounded: number[] = [];
  private readonly lowOnly: number[] = [];
  private readonly highOnly: number[] = [];
  private readonly bounded: number[] = [];

  constructor(below: Uint8Array, above: Uint8Array) {
    for (let i = 0; i < below.length; i++) {
      const kind = below[i]
        ? above[i]
          ? this.bounded
          : this.lowOnly
        : above[i]
          ? this.highOnly
          : this.unbounded;
      kind.push(i);
    }
  }

  /** @param beyond added to `high`: 1 for integers, whose draws are floored */
  draw(rng: Generator, low: NumberLike, high: NumberLike, beyond: 0 | 1): Float64Array {
    const drawn = new Float64Array(low.length);
    const top = (i: number) => plus(high[i] as number | bigint, beyond);
    for (const i of this.unbounded) drawn[i] = rng.standardNormal();
    for (const i of this.lowOnly) drawn[i] = rng.standardExponential() + Number(low[i]);
    for (const i of this.highOnly) drawn[i] = -rng.standardExponential() + top(i);
    for (const i of this.bounded) {
      const from = Number(low[i]);
      const span = top(i) - from;
      if (!Number.isFinite(span)) {
        throw new GymnasiumError(
          "unsupported",
          `Box.sample: the range from ${low[i]} to ${high[i]} overflows; use infinite or narrower bounds.`,
        );
      }
      drawn[i] = from + span * rng.random();
    }
    return drawn;
  }
}

type NumberLike = ArrayLike<number | bigint>;

function plus(value: number | bigint, beyond: 0 | 1): number {
  return typeof value === "bigint" ? Number(value + BigInt(beyond)) : value + beyond;
}
