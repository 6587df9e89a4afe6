import { GymnasiumError } from "../errors.js";
import { SpaceBase } from "./base.js";
import {
  chooseMasked,
  chooseWeighted,
  chosenOption,
  requireLength,
  requireProbabilities,
  type Weights,
} from "./choose.js";
import { dtypeRange, type IntegerDtype, isInteger } from "./dtype.js";
import { jsonList } from "./nested.js";
import type { Dtype } from "./space.js";

export interface DiscreteOptions {
  /** The least element; 0 unless given. */
  readonly start?: number | undefined;
  /** int64 unless given; decides which stream of draws `sample` takes. */
  readonly dtype?: IntegerDtype | undefined;
}

/**
 * The integers start, start + 1, ..., start + n - 1. Elements are numbers.
 *
 * Source: `gymnasium.spaces.Discrete`.
 */
export class Discrete extends SpaceBase<number> {
  readonly type = "Discrete";
  readonly shape: readonly number[] = [];
  readonly start: number;
  readonly dtype: IntegerDtype;

  constructor(
    readonly n: number,
    { start = 0, dtype = "int64" }: DiscreteOptions = {},
  ) {
    super();
    if (!Number.isSafeInteger(n) || n < 1) throw invalid(`n is ${n}, expected an integer of at least 1`);
    requireIntegers("Discrete", dtype, start, start + n - 1);
    this.start = start;
    this.dtype = dtype;
  }

  contains(x: unknown): x is number {
    return typeof x === "number" && x >= this.start && x < this.start + this.n && Number.isInteger(x);
  }

  /**
   * With `mask` (n entries, 0 or 1) one of the elements marked 1, or `start` if none is; with `probability`
   * (n entries that sum to 1) each element as likely as it says; else all equally likely.
   */
  sample(options?: { mask?: Weights | null; probability?: Weights | null }): number {
    if (options === undefined) return this.start + this.draw();
    const { mask, probability } = chosenOption(this.type, options);
    if (mask !== null) {
      requireLength(mask, this.n, this.type);
      return this.start + (chooseMasked(this.rng, mask, this.type) ?? 0);
    }
    if (probability === null) return this.start + this.draw();
    requireLength(probability, this.n, this.type);
    requireProbabilities(probability, this.type);
    return this.start + chooseWeighted(this.rng, probability);
  }

  toJson(elements: readonly number[]): number[] {
    return elements.map(Number);
  }

  fromJson(json: unknown): number[] {
    return jsonList(json, "elements of Discrete").map(Number);
  }

  describe(): Record<string, unknown> {
    return { type: this.type, n: this.n, start: this.start, dtype: this.dtype };
  }

  copy(): Discrete {
    return this.withRng(new Discrete(this.n, this));
  }

  private draw(): number {
    return this.dtype === "int64"
      ? this.rng.integers(0, this.n)
      : this.rng.integers(0, this.n, { dtype: this.dtype });
  }
}

/** @throws GymnasiumError `invalid-space` unless `dtype` is an integer type that holds `least` to `greatest` exactly */
export function requireIntegers(type: string, dtype: Dtype, least: number, greatest: number): void {
  if (!isInteger(dtype)) {
    throw new GymnasiumError(
      "invalid-space",
      `${type}: dtype is ${dtype}, expected an integer type such as int64.`,
    );
  }
  const [low, high] = dtypeRange(dtype);
  const exact = Number.isSafeInteger(least) && Number.isSafeInteger(greatest);
  if (exact && least >= low && greatest <= high) return;
  const limits =
    dtype === "int64" ? "integers of at most 2^53 - 1 in size" : `${dtype} from ${low} to ${high}`;
  throw new GymnasiumError(
    "invalid-space",
    `${type}: the elements ${least} to ${greatest} do not fit, expected ${limits}.`,
  );
}

function invalid(problem: string): GymnasiumError {
  return new GymnasiumError("invalid-space", `Discrete: ${problem}.`);
}

/**
 * A Discrete space: `discrete(4)` is {0, 1, 2, 3}; `discrete(3, { start: -1 })` is {-1, 0, 1}.
 *
 * @throws GymnasiumError `invalid-space` if n is no positive integer or the elements do not fit the dtype
 */
export function discrete(n: number, options: DiscreteOptions = {}): Discrete {
  return new Discrete(n, options);
}
