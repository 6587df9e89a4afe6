import { GymnasiumError } from "../errors.js";
import { SpaceBase } from "./base.js";
import {
  chooseMasked,
  chooseWeighted,
  chosenOption,
  requireLength,
  requireProbabilities,
  type Weights,
  wrong,
} from "./choose.js";
import { requireIntegers } from "./discrete.js";
import { canCast, dtypeOf, type IntegerDtype } from "./dtype.js";
import {
  flattenNested,
  isList,
  jsonList,
  nest,
  nestedShape,
  sameShape,
  sizeOf,
  toJsonNumber,
} from "./nested.js";

/** Numbers, or lists of them nested as deep as the space has axes. */
export type NestedNumbers = ArrayLike<number> | readonly NestedNumbers[];
/** Weights of each variable, nested like the space. */
export type NestedWeights = ArrayLike<Weights> | readonly NestedWeights[];

export interface MultiDiscreteOptions {
  /** The least value of each variable, like `nvec`; 0 unless given. */
  readonly start?: NestedNumbers | undefined;
  /** int64 unless given. */
  readonly dtype?: IntegerDtype | undefined;
}

export interface WideOptions extends MultiDiscreteOptions {
  /** Elements are BigInt64Arrays; needed where values leave the 32-bit range. */
  readonly wide: true;
}

/**
 * Several Discrete variables at once: entry i is one of start[i], ..., start[i] + nvec[i] - 1. Elements are flat
 * Int32Arrays in C order, whatever the dtype; BigInt64Arrays where the space is `wide`.
 *
 * Source: `gymnasium.spaces.MultiDiscrete`.
 */
export class MultiDiscrete<E extends Int32Array | BigInt64Array = Int32Array> extends SpaceBase<E> {
  readonly type = "MultiDiscrete";
  readonly shape: readonly number[];
  readonly dtype: IntegerDtype;
  /** Number of variables. */
  readonly size: number;
  /** Number of values of each variable, flat. */
  readonly nvec: readonly number[];
  /** Least value of each variable, flat. */
  readonly start: readonly number[];
  readonly wide: boolean;

  constructor(nvec: NestedNumbers, options: MultiDiscreteOptions & { readonly wide?: boolean } = {}) {
    super();
    const shape = nestedShape(nvec);
    if (shape === null || shape.length === 0 || sizeOf(shape) === 0)
      throw invalid("nvec must be a full list of numbers, for instance [5, 2, 2]");
    this.shape = shape;
    this.size = sizeOf(shape);
    this.nvec = flattenNested(nvec) as number[];
    this.start = startOf(options.start, shape);
    this.dtype = options.dtype ?? "int64";
    this.wide = options.wide ?? false;
    for (const [i, n] of this.nvec.entries()) this.requireVariable(i, n, this.start[i] as number);
  }

  /**
   * Int32Arrays (BigInt64Arrays where wide) of `size` values; other integer arrays if their dtype casts safely to
   * the space's; and nested lists of the space's shape.
   */
  contains(x: unknown): x is E {
    if (!isList(x)) return false;
    const dtype = dtypeOf(x);
    if (dtype === null) {
      const shape = nestedShape(x);
      return shape !== null && sameShape(shape, this.shape) && this.isWithin(flattenNested(x));
    }
    return (dtype === (this.wide ? "int64" : "int32") || canCast(dtype, this.dtype)) && this.isWithin(x);
  }

  /** With `mask` or `probability`, one list of weights per variable, nested like the space; see `Discrete.sample`. */
  sample(options?: { mask?: NestedWeights | null; probability?: NestedWeights | null }): E {
    const { mask, probability } = chosenOption(this.type, options);
    const element = this.empty();
    const masks = mask === null ? null : this.weights(mask);
    const probabilities = probability === null ? null : this.weights(probability);
    for (let i = 0; i < this.size; i++) {
      const n = this.nvec[i] as number;
      const rank =
        masks !== null
          ? (chooseMasked(this.rng, masks[i] as Weights, this.type) ?? 0)
          : probabilities !== null
            ? chooseWeighted(this.rng, normalised(probabilities[i] as Weights, this.type))
            : Math.floor(this.rng.random() * n);
      this.put(element, i, (this.start[i] as number) + rank);
    }
    return element;
  }

  toJson(elements: readonly E[]): unknown[] {
    return elements.map((element) =>
      nest(Array.from<number | bigint, unknown>(element, toJsonNumber), this.shape),
    );
  }

  fromJson(json: unknown): E[] {
    return jsonList(json, "elements of MultiDiscrete").map((nested) => {
      const shape = nestedShape(nested);
      if (shape === null || !sameShape(shape, this.shape)) {
        throw new GymnasiumError(
          "invalid-options",
          `An element of MultiDiscrete as JSON has shape [${shape?.join(", ") ?? "ragged"}], expected [${this.shape.join(", ")}].`,
        );
      }
      const element = this.empty();
      for (const [i, value] of flattenNested(nested).entries()) this.put(element, i, Number(value));
      return element;
    });
  }

  describe(): Record<string, unknown> {
    const { type, shape, dtype } = this;
    const wide = this.wide ? { wide: 1 } : {};
    return { type, nvec: nest(this.nvec, shape), start: nest(this.start, shape), dtype, ...wide };
  }

  copy(): MultiDiscrete<E> {
    const { shape, dtype, wide } = this;
    const start = nest(this.start, shape) as NestedNumbers;
    return this.withRng(
      new MultiDiscrete<E>(nest(this.nvec, shape) as NestedNumbers, { start, dtype, wide }),
    );
  }

  /** `values` as the kind of array that elements are; the same array if it is one. */
  toElement(values: ArrayLike<number | bigint>): E {
    if (values instanceof (this.wide ? BigInt64Array : Int32Array)) return values as E;
    const element = this.empty();
    for (let i = 0; i < this.size; i++) this.put(element, i, Number(values[i]));
    return element;
  }

  /** An array of the kind that elements are, zeroed. */
  private empty(): E {
    return (this.wide ? new BigInt64Array(this.size) : new Int32Array(this.size)) as E;
  }

  private put(element: E, i: number, value: number): void {
    if (element instanceof BigInt64Array) element[i] = BigInt(value);
    else element[i] = value;
  }

  private isWithin(x: ArrayLike<unknown>): boolean {
    if (x.length !== this.size) return false;
    for (let i = 0; i < this.size; i++) {
      const value = x[i];
      if (typeof value !== "bigint" && !Number.isInteger(value)) return false;
      const least = this.start[i] as number;
      if (!((value as number) >= least && (value as number) < least + (this.nvec[i] as number))) return false;
    }
    return true;
  }

  private requireVariable(i: number, n: number, start: number): void {
    if (!Number.isSafeInteger(n) || n < 1)
      throw invalid(`nvec has ${n} at flat index ${i}, expected integers of at least 1`);
    requireIntegers(this.type, this.dtype, start, start + n - 1);
    if (!this.wide && (start < -(2 ** 31) || start + n > 2 ** 31)) {
      throw invalid(
        `variable ${i} goes from ${start} to ${start + n - 1}, beyond 32 bits; give { wide: true }`,
      );
    }
  }

  /** One list of weights per variable, in flat order. */
  private weights(nested: NestedWeights): Weights[] {
    let level: unknown[] = [nested];
    for (const extent of this.shape) {
      for (const lists of level) {
        if (!isList(lists))
          throw wrong(this.type, "mask or probability must have one list of weights per variable");
        requireLength(lists, extent, this.type);
      }
      level = level.flatMap((lists) => Array.from(lists as ArrayLike<unknown>));
    }
    for (const [i, weights] of level.entries()) {
      if (!isList(weights))
        throw wrong(this.type, "mask or probability must have one list of weights per variable");
      requireLength(weights, this.nvec[i] as number, this.type);
    }
    return level as Weights[];
  }
}

function startOf(start: NestedNumbers | undefined, shape: readonly number[]): number[] {
  if (start === undefined) return new Array<number>(sizeOf(shape)).fill(0);
  const own = nestedShape(start);
  if (own === null || !sameShape(own, shape)) {
    throw invalid(
      `start has shape [${own?.join(", ") ?? "ragged"}], expected that of nvec, [${shape.join(", ")}]`,
    );
  }
  return flattenNested(start) as number[];
}

function normalised(probabilities: Weights, space: string): number[] {
  requireProbabilities(probabilities, space);
  const values = Array.from(probabilities);
  const sum = values.reduce((total, value) => total + value, 0);
  return values.map((value) => value / sum);
}

function invalid(problem: string): GymnasiumError {
  return new GymnasiumError("invalid-space", `MultiDiscrete: ${problem}.`);
}

/**
 * A MultiDiscrete space: `multiDiscrete([5, 2, 2])`; `multiDiscrete([[3, 4], [2, 2]], { start: [[1, 1], [0, 0]] })`.
 *
 * @throws GymnasiumError `invalid-space` for counts below 1, shapes that differ, values outside the dtype
 */
export function multiDiscrete(nvec: NestedNumbers, options?: MultiDiscreteOptions): MultiDiscrete;
export function multiDiscrete(nvec: NestedNumbers, options: WideOptions): MultiDiscrete<BigInt64Array>;
export function multiDiscrete(
  nvec: NestedNumbers,
  options: MultiDiscreteOptions = {},
): MultiDiscrete<Int32Array> | MultiDiscrete<BigInt64Array> {
  return new MultiDiscrete<Int32Array>(nvec, options);
}
