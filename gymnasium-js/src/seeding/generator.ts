import { GymnasiumError } from "../errors.js";
import type { RandomSource } from "../rules.js";
import { boundedUint32, maskedUint32 } from "./bounded-integers.js";
import { type ChoicesOptions, chooseIndex, chooseIndices } from "./choice.js";
import { type IntegerArray, type IntegerBound, IntegerDraws, type IntegersOptions } from "./integers.js";
import { type GeneratorState, PCG64 } from "./pcg64.js";
import { type Entropy, SeedSequence } from "./seed-sequence.js";
import { standardExponential, standardNormal } from "./ziggurat.js";

export type { ChoicesOptions } from "./choice.js";
export type { IntegerArray, IntegerBound, IntegerDtype, IntegersOptions } from "./integers.js";
export { type GeneratorState, PCG64 } from "./pcg64.js";
export { type Entropy, SeedSequence, type SeedSequenceOptions } from "./seed-sequence.js";

/** One bound for all values, or one for each. */
export type FloatBound = number | ArrayLike<number>;
export type FloatArray = Float32Array | Float64Array;

const MAX_INT64 = 2 ** 63;

/**
 * NumPy's `Generator` over `PCG64`, bit for bit: the same seed gives the same numbers as
 * `numpy.random.default_rng(seed)`. `random`, `uniform`, `standardNormal` and `integers` (int64, bounds within 32
 * bits) allocate nothing. Bad arguments throw a RangeError, and leave the generator where it was.
 *
 * @example
 * const rng = new Generator(0);
 * rng.random(); // 0.6369616873214543
 */
export class Generator implements RandomSource {
  private readonly bits: PCG64;
  /** The double of the last draw, left there by `bits`. */
  private readonly drawn: Float64Array;
  private readonly integerDraws: IntegerDraws;
  private readonly seedSequence: SeedSequence | null;

  /** Throws `GymnasiumError` with code `invalid-seed` for a seed that is not a non-negative integer. */
  constructor(seed: Entropy | SeedSequence);
  constructor(bits: PCG64, seedSequence?: SeedSequence | null);
  constructor(source: Entropy | SeedSequence | PCG64, seedSequence: SeedSequence | null = null) {
    if (source instanceof PCG64) {
      this.bits = source;
      this.seedSequence = seedSequence;
    } else {
      this.seedSequence = source instanceof SeedSequence ? source : new SeedSequence(source);
      this.bits = new PCG64(this.seedSequence);
    }
    this.drawn = this.bits.drawn;
    this.integerDraws = new IntegerDraws(this.bits);
  }

  /** A generator that goes on from `state`; it cannot `spawn`, because a state does not tell its seed. */
  static fromState(state: GeneratorState): Generator {
    return new Generator(new PCG64(state));
  }

  /** Uniform on [0, 1), a multiple of 2^-53. */
  random(): number {
    // As `bits.nextDouble`, and as short: V8 inlines this into whatever calls it, and boxes nothing.
    this.bits.next64();
    return this.drawn[0]!;
  }

  /** Uniform on [0, 1), a multiple of 2^-24: NumPy's `random(dtype=float32)`. */
  randomFloat32(): number {
    return this.bits.nextFloat();
  }

  /** The next 32 random bits, as a number from 0 to 2^32 - 1. */
  nextUint32(): number {
    return this.bits.next32();
  }

  /** The next 64 random bits. */
  nextUint64(): bigint {
    return this.bits.nextBigUint64();
  }

  /**
   * Uniform integer on [low, high), or on [low, high] with `endpoint`; a bigint if a bound is one. `dtype` decides how
   * many random bits are taken (NumPy's default is int64, and so is this one's). A bool is 0 or 1.
   */
  integers(low: number, high: number, options?: IntegersOptions): number;
  integers(low: bigint, high: bigint, options?: IntegersOptions): bigint;
  integers(low: number | bigint, high: number | bigint, options?: IntegersOptions): number | bigint {
    if (options === undefined && typeof low === "number" && typeof high === "number") {
      const span = high - low - 1;
      if ((low | 0) === low && (high | 0) === high && span >= 0) return low + boundedUint32(this.bits, span);
    }
    return this.integerDraws.one(low, high, options ?? {});
  }

  /** Uniform on [low, high): low + (high - low) * random(). */
  uniform(low = 0, high = 1): number {
    const range = high - low;
    if (!(range >= 0 && range < Infinity)) throw uniformBoundsError(low, high);
    return low + range * this.bits.nextDouble();
  }

  standardNormal(): number {
    return standardNormal(this.bits);
  }

  /** Normal with mean `loc` and standard deviation `scale`. */
  normal(loc = 0, scale = 1): number {
    checkScale("normal", scale);
    return loc + scale * standardNormal(this.bits);
  }

  standardExponential(): number {
    return standardExponential(this.bits);
  }

  /** Exponential with mean `scale`. */
  exponential(scale = 1): number {
    checkScale("exponential", scale);
    return scale * standardExponential(this.bits);
  }

  /** How many trials it takes to succeed once, if one succeeds with probability `p` in (0, 1]; at least 1. */
  geometric(p: number): number {
    if (!(p > 0 && p <= 1)) throw new RangeError(`geometric: p must be above 0 and at most 1, but got ${p}.`);
    // NumPy searches where that takes few steps, and inverts the distribution elsewhere.
    if (p < 1 / 3) return Math.min(Math.ceil(-standardExponential(this.bits) / Math.log1p(-p)), MAX_INT64);
    const draw = this.bits.nextDouble();
    let trials = 1;
    let mass = p;
    // Rounding may keep the sum below the largest draws for ever; the mass runs out first.
    for (let sum = p; draw > sum && mass > 0; sum += mass) {
      mass *= 1 - p;
      trials++;
    }
    return trials;
  }

  /** Fills `out` with [0, 1); with dtype float32, from 32 bits a value. Returns `out`, as all `...Fill` do. */
  randomFill<T extends FloatArray>(out: T, dtype: "float64" | "float32" = "float64"): T {
    const bits = this.bits;
    if (dtype === "float32") for (let i = 0; i < out.length; i++) out[i] = bits.nextFloat();
    else for (let i = 0; i < out.length; i++) out[i] = bits.nextDouble();
    return out;
  }

  /**
   * Fills `out` as one NumPy call `integers(low, high, size, dtype)` would. The dtype (default int64) is that of the
   * draw, whatever array the values go into.
   */
  integersFill<T extends IntegerArray>(
    out: T,
    low: IntegerBound,
    high: IntegerBound,
    options: IntegersOptions = {},
  ): T {
    this.integerDraws.fill(out, low, high, options);
    return out;
  }

  /** Fills `out` with `uniform(low[i], high[i])`; a bound is one number or one per value. */
  uniformFill<T extends FloatArray>(out: T, low: FloatBound = 0, high: FloatBound = 1): T {
    checkLength("uniformFill", "low", low, out.length);
    checkLength("uniformFill", "high", high, out.length);
    for (let i = 0; i < out.length; i++) {
      const range = at(high, i) - at(low, i);
      if (!(range >= 0 && range < Infinity)) throw uniformBoundsError(at(low, i), at(high, i));
    }
    for (let i = 0; i < out.length; i++) {
      out[i] = at(low, i) + (at(high, i) - at(low, i)) * this.bits.nextDouble();
    }
    return out;
  }

  normalFill<T extends FloatArray>(out: T, loc = 0, scale = 1): T {
    checkScale("normalFill", scale);
    for (let i = 0; i < out.length; i++) out[i] = loc + scale * standardNormal(this.bits);
    return out;
  }

  exponentialFill<T extends FloatArray>(out: T, scale = 1): T {
    checkScale("exponentialFill", scale);
    for (let i = 0; i < out.length; i++) out[i] = scale * standardExponential(this.bits);
    return out;
  }

  /** One of 0..population - 1, or one of the population's elements; `p` are their probabilities (default: equal). */
  choice(population: number, p?: ArrayLike<number>): number;
  choice<T>(population: ArrayLike<T>, p?: ArrayLike<number>): T;
  choice<T>(population: number | ArrayLike<T>, p?: ArrayLike<number>): number | T {
    const size = typeof population === "number" ? population : population.length;
    const index = chooseIndex(this.bits, size, p);
    return typeof population === "number" ? index : population[index]!;
  }

  /** `size` of them, in one call; without replacement if asked, and then `shuffle: false` leaves them in no random order. */
  choices(population: number, size: number, options?: ChoicesOptions): Int32Array;
  choices<T>(population: ArrayLike<T>, size: number, options?: ChoicesOptions): T[];
  choices<T>(
    population: number | ArrayLike<T>,
    size: number,
    options: ChoicesOptions = {},
  ): Int32Array | T[] {
    const populationSize = typeof population === "number" ? population : population.length;
    const indices = chooseIndices(this.bits, { population: populationSize, size, ...options });
    return typeof population === "number" ? indices : Array.from(indices, (index) => population[index]!);
  }

  /** The numbers 0..n - 1, or a copy of the elements, in random order. */
  permutation(n: number): Int32Array;
  permutation<T>(elements: readonly T[]): T[];
  permutation<T>(source: number | readonly T[]): Int32Array | T[] {
    if (typeof source !== "number") return this.shuffle([...source]);
    if (!Number.isSafeInteger(source) || source < 0) {
      throw new RangeError(`permutation: n must be a whole number from 0 on, but got ${source}.`);
    }
    return this.shuffle(Int32Array.from({ length: source }, (_, i) => i));
  }

  /**
   * Puts the elements in random order, in place, and returns the array. With `rowLength`, whole rows of that many
   * values change places, as NumPy's `shuffle` does along axis 0.
   */
  shuffle<T extends { length: number; [index: number]: unknown }>(array: T, rowLength = 1): T {
    const rows = array.length / rowLength;
    if (!Number.isInteger(rowLength) || rowLength < 1 || !Number.isInteger(rows)) {
      throw new RangeError(`shuffle: ${array.length} values are not whole rows of ${rowLength}.`);
    }
    for (let i = rows - 1; i > 0; i--) {
      const j = maskedUint32(this.bits, i);
      for (let k = 0; k < rowLength; k++) {
        const kept = array[i * rowLength + k];
        array[i * rowLength + k] = array[j * rowLength + k];
        array[j * rowLength + k] = kept;
      }
    }
    return array;
  }

  /** `count` new generators, independent of this one; which ones depends on the seed and on earlier spawns only. */
  spawn(count: number): Generator[] {
    if (this.seedSequence === null) {
      throw new GymnasiumError(
        "unsupported",
        "A generator made from a state cannot spawn; make it from a seed, then call setState.",
      );
    }
    return this.seedSequence.spawn(count).map((child) => new Generator(child));
  }

  /** Moves as `delta` calls of `random()` would (back, if negative), and drops a waiting 32-bit half. */
  advance(delta: number | bigint): this {
    this.bits.advance(delta);
    return this;
  }

  /** A new generator so far ahead (2^128 / golden ratio, `jumps` times) that the two streams do not meet. */
  jumped(jumps = 1): Generator {
    return new Generator(this.bits.jumped(jumps));
  }

  /** All that future draws depend on, as plain JSON. */
  get state(): GeneratorState {
    return this.bits.state;
  }

  /** Goes on from `state`. Throws `GymnasiumError` with code `invalid-snapshot` if it is not one. */
  setState(state: GeneratorState): void {
    this.bits.setState(state);
  }

  /** A generator with the same future: same draws, same spawned children. */
  clone(): Generator {
    return new Generator(this.bits.clone(), this.seedSequence?.clone() ?? null);
  }
}

/** `numpy.random.default_rng(seed)`; a seed has to be given, since nothing here looks at a clock. */
export function defaultRng(seed: Entropy | SeedSequence): Generator {
  return new Generator(seed);
}

function at(bound: FloatBound, i: number): number {
  return typeof bound === "number" ? bound : bound[i]!;
}

function checkLength(method: string, name: string, bound: FloatBound, length: number): void {
  if (typeof bound !== "number" && bound.length !== length) {
    throw new RangeError(
      `${method}: ${name} has ${bound.length} bounds for ${length} values; give one, or one for each.`,
    );
  }
}

function checkScale(method: string, scale: number): void {
  if (!(scale >= 0)) throw new RangeError(`${method}: scale must be 0 or more, but got ${scale}.`);
}

function uniformBoundsError(low: number, high: number): RangeError {
  return new RangeError(
    `uniform: low and high must be finite, and low not above high, but got ${low} and ${high}.`,
  );
}
