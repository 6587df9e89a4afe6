import type { Generator } from "gymnasium-js";
import { tf } from "../tensors/index.js";

/** One derivative, as it was computed and as differences say. */
export interface Derivative {
  /** `[3]` for the entry 3 in C order, or `direction 0`. */
  at: string;
  computed: number;
  measured: number;
  /** |computed - measured| / max(|computed|, |measured|, what rounding leaves to be seen) */
  error: number;
}

interface ProbeContext {
  variable: tf.Variable;
  gradient: Float32Array;
  /** Of the function where the variables are. */
  value: number;
  evaluate: () => number;
  step: number;
  tolerance: number;
}

/** See `Probe.difference`. */
interface Difference {
  moved: boolean;
  computed: number;
  apart: number;
  turn: number;
}

/** Moves one variable about and measures. See `checkGradients`. */
export class Probe {
  /** Standard deviation of the function's values by rounding; see `roundingSeen`. */
  rounding = 0;
  private readonly start: Float32Array;

  constructor(private readonly context: ProbeContext) {
    this.start = context.variable.dataSync().slice() as Float32Array;
  }

  /** Derivatives by `count` entries, or all if there are fewer; null for rough places. */
  alongEntries(rng: Generator, count: number): (Derivative | null)[] {
    const order = rng.permutation(this.start.length);
    return this.measured(Math.min(count, order.length), order.length, (attempt) => {
      const entry = order[attempt]!;
      const direction = new Float32Array(this.start.length);
      direction[entry] = 1;
      return this.derivative(`[${entry}]`, direction);
    });
  }

  /** Derivatives along `count` random directions of length 1; null for rough places. */
  alongDirections(rng: Generator, count: number): (Derivative | null)[] {
    return this.measured(count, Number.POSITIVE_INFINITY, (attempt) =>
      this.derivative(`direction ${attempt}`, this.direction(rng)),
    );
  }

  /**
   * Standard deviation of the function's values by rounding. Fourth differences of values at places close by leave
   * nothing else of a smooth function; of independent roundings they have 70 times the variance.
   *
   * Source: Hamming's differences, as in Moré & Wild 2011, section 3, https://doi.org/10.1137/100786125
   */
  roundingSeen(rng: Generator): number {
    const direction = this.direction(rng);
    const spacing = 2 ** -12;
    let differences = Array.from({ length: 9 }, (_, place) => this.valueAt(direction, (place - 4) * spacing));
    for (let order = 0; order < 4; order++) {
      const before = differences;
      differences = before.slice(1).map((value, index) => value - before[index]!);
    }
    const variance = differences.reduce((sum, value) => sum + value ** 2, 0) / differences.length / 70;
    return Math.sqrt(variance);
  }

  restore(): void {
    this.assign(this.start.slice());
  }

  private direction(rng: Generator): Float32Array {
    const drawn = Float32Array.from(this.start, () => rng.standardNormal());
    const norm = Math.sqrt(drawn.reduce((sum, entry) => sum + entry ** 2, 0));
    return drawn.map((entry) => entry / norm);
  }

  /** Tries until `count` places were smooth, at most three times as often. */
  private measured(
    count: number,
    available: number,
    derivative: (attempt: number) => Derivative | null,
  ): (Derivative | null)[] {
    const found: (Derivative | null)[] = [];
    let smooth = 0;
    while (smooth < count && found.length < Math.min(available, 3 * count)) {
      const next = derivative(found.length);
      if (next !== null) smooth++;
      found.push(next);
    }
    return found;
  }

  /** By the larger step; where that is rough or finds an error, by a smaller one too. null where both are rough. */
  private derivative(at: string, direction: Float32Array): Derivative | null {
    const { step, tolerance } = this.context;
    const large = this.derivativeWithin(step, at, direction);
    if (large !== null && large.error <= tolerance) return large;
    const small = this.derivativeWithin(step / 4, at, direction);
    if (large === null || small === null) return large ?? small;
    return small.error < large.error ? small : large;
  }

  /** null where the place is rough, the function is not finite near it, or rounding leaves the variable where it is. */
  private derivativeWithin(step: number, at: string, direction: Float32Array): Derivative | null {
    const { tolerance } = this.context;
    const noise = this.rounding / step;
    const whole = this.difference(direction, step);
    const half = this.difference(direction, step / 2);
    if (!half.moved) return null;
    const { computed, apart } = half;
    const size = Math.max(Math.abs(computed), Math.abs(computed + apart));
    // Rounding alone passes 2.5 of its deviations seldom: those of the left sides are 1.6 and 10 times the noise.
    const straight = Math.abs(whole.apart - apart) <= Math.max((tolerance / 4) * size, 4 * noise);
    // Of a smooth function the turn halves with the distance; a kink's stays, and half of it is missing in the slope.
    const even = Math.abs(whole.turn - 2 * half.turn) <= Math.max((tolerance / 2) * size, 24 * noise);
    if (!straight || !even) return null;
    // A kink that neither shows may be off by half the tolerance, or by 15 times the noise.
    const error = Math.abs(apart) / Math.max(size, (16 * noise) / tolerance);
    return { at, computed, measured: computed + apart, error };
  }

  /**
   * From one side to the other, over what rounding leaves of the distance and per unit of `direction`: whether it leaves
   * any, the slope by the gradient, how much more the function rises, and by how much its slopes on the two sides differ.
   */
  private difference(direction: Float32Array, distance: number): Difference {
    const { gradient, value } = this.context;
    const ahead = this.moved(direction, distance);
    const behind = this.moved(direction, -distance);
    let rise = 0;
    for (let i = 0; i < gradient.length; i++) rise += gradient[i]! * (ahead[i]! - behind[i]!);
    const high = this.valueAt(direction, distance);
    const low = this.valueAt(direction, -distance);
    const width = 2 * distance;
    return {
      moved: ahead.some((entry, i) => entry !== behind[i]),
      computed: rise / width,
      apart: (high - low - rise) / width,
      turn: (high - 2 * value + low) / distance,
    };
  }

  private moved(direction: Float32Array, distance: number): Float32Array {
    return this.start.map((entry, i) => entry + distance * direction[i]!);
  }

  private valueAt(direction: Float32Array, distance: number): number {
    this.assign(this.moved(direction, distance));
    return this.context.evaluate();
  }

  private assign(values: Float32Array): void {
    const { variable } = this.context;
    tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
  }
}
