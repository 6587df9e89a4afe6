import { GymnasiumError } from "../errors.js";
import { SpaceBase } from "./base.js";
import { type Bound, boxShape, castBound, invalid } from "./box-bounds.js";
import { DrawingOrder } from "./box-draws.js";
import {
  type ArrayConstructorOf,
  type ArrayOf,
  arrayConstructor,
  canCast,
  dtypeOf,
  dtypeRange,
  dtypes,
  isFloat,
} from "./dtype.js";
import {
  flattenNested,
  jsonList,
  nest,
  nestedShape,
  sameShape,
  sizeOf,
  toJsonNumber,
  visibleShape,
} from "./nested.js";
import type { Dtype, SampleOptions } from "./space.js";

export interface BoxOptions<D extends Dtype> {
  /** Least values, inclusive: one for all entries, or an array (nested, or flat in C order); -Infinity for none. */
  readonly low: Bound;
  /** Greatest values, inclusive. */
  readonly high: Bound;
  /** That of the bounds unless given; [1] where both are single numbers. */
  readonly shape?: readonly number[] | undefined;
  /** float32 unless given. */
  readonly dtype?: D | undefined;
}

/**
 * Arrays of one shape and dtype, each entry within its own bounds, which may be infinite. Elements are flat typed
 * arrays in C order (int64: BigInt64Array; bool: Uint8Array of 0 and 1).
 *
 * Source: `gymnasium.spaces.Box`.
 */
export class Box<D extends Dtype = Dtype> extends SpaceBase<ArrayOf<D>> {
  readonly type = "Box";
  readonly shape: readonly number[];
  readonly dtype: D;
  /** Number of values in an element. */
  readonly size: number;
  /** Bounds as the dtype stores them, `size` entries; an integer entry without bound has its dtype's limit. */
  readonly low: ArrayOf<D>;
  readonly high: ArrayOf<D>;
  /** 1 where an entry has a finite bound, `size` entries. */
  readonly boundedBelow: Uint8Array;
  readonly boundedAbove: Uint8Array;

  private readonly ArrayType: ArrayConstructorOf<D>;
  /** The bounds that all entries share; null where they differ. */
  private readonly sharedLow: number | bigint | null;
  private readonly sharedHigh: number | bigint | null;
  /** The bits that values may have, where the bounds are 0 and 2^k - 1 (planes of zeros and ones, pictures); else null. */
  private readonly bits: number | null;
  private drawingOrder: DrawingOrder | null = null;

  constructor({ low, high, shape, dtype = "float32" as D }: BoxOptions<D>) {
    super();
    if (!dtypes.includes(dtype)) throw invalid(`dtype ${dtype} is unknown; use one of ${dtypes.join(", ")}`);
    this.dtype = dtype;
    this.shape = boxShape(shape, low, high);
    this.size = sizeOf(this.shape);
    ({ values: this.low, bounded: this.boundedBelow } = castBound("low", low, this));
    ({ values: this.high, bounded: this.boundedAbove } = castBound("high", high, this));
    for (let i = 0; i < this.size; i++) {
      const [from, to] = [this.low[i] as number, this.high[i] as number];
      if (from > to) throw invalid(`low ${from} is greater than high ${to} at flat index ${i}`);
    }
    this.ArrayType = arrayConstructor(dtype);
    this.sharedLow = sharedValue(this.low);
    this.sharedHigh = sharedValue(this.high);
    this.bits = isFloat(dtype) ? null : bitsBetween(this.sharedLow, this.sharedHigh);
  }

  /**
   * Typed arrays must have `size` values within the bounds and a dtype that casts safely to the space's (float64
   * does not to float32). Nested lists of the space's shape, and a number for the shape [], are cast first.
   */
  contains(x: unknown): x is ArrayOf<D> {
    if (!(x instanceof this.ArrayType)) return this.containsAfterCast(x);
    return this.bits === null ? this.isWithin(x as Values) : this.hasOnlyBits(x as Values, this.bits);
  }

  /**
   * Entries without bounds are normal, those with one bound exponential from it, those with two uniform; integers
   * are the floor of that over [low, high + 1).
   *
   * @throws GymnasiumError `invalid-options` if given a mask or probabilities
   */
  sample(options?: SampleOptions): ArrayOf<D> {
    if ((options?.mask ?? options?.probability ?? null) !== null) {
      throw new GymnasiumError(
        "invalid-options",
        "Box.sample takes no mask and no probability; leave them out.",
      );
    }
    this.drawingOrder ??= new DrawingOrder(this.boundedBelow, this.boundedAbove);
    const drawn = this.drawingOrder.draw(this.rng, this.low, this.high, isFloat(this.dtype) ? 0 : 1);
    return this.cast(drawn);
  }

  toJson(elements: readonly ArrayOf<D>[]): unknown[] {
    return elements.map((element) => nest(Array.from(element as Values, toJsonNumber), this.shape));
  }

  fromJson(json: unknown): ArrayOf<D>[] {
    return jsonList(json, "elements of Box").map((nested) => this.elementFromJson(nested));
  }

  describe(): Record<string, unknown> {
    return {
      type: this.type,
      shape: [...this.shape],
      dtype: this.dtype,
      low: Array.from(this.low as Values, toJsonNumber),
      high: Array.from(this.high as Values, toJsonNumber),
      bounded_below: [...this.boundedBelow],
      bounded_above: [...this.boundedAbove],
    };
  }

  copy(): Box<D> {
    const { low, high } = this.bounds();
    return this.withRng(new Box({ low, high, shape: this.shape, dtype: this.dtype }));
  }

  /** The bounds as the constructor takes them: infinite where there is none. */
  bounds(): { low: Bound; high: Bound } {
    const open = (values: ArrayOf<D>, bounded: Uint8Array, infinity: number) =>
      Array.from(values as Values, (value, i) => (bounded[i] === 1 ? value : infinity));
    return {
      low: open(this.low, this.boundedBelow, -Infinity),
      high: open(this.high, this.boundedAbove, Infinity),
    };
  }

  /** Flat values of any array type as an element; fractions are cut off where the space has integers. */
  fromFlat(flat: ArrayLike<number | bigint>): ArrayOf<D> {
    const element = new this.ArrayType(this.size);
    for (let i = 0; i < this.size; i++) {
      const value = flat[i] as number | bigint;
      if (!(element instanceof BigInt64Array)) (element as Values)[i] = Number(value);
      else element[i] = typeof value === "bigint" ? value : BigInt(Math.trunc(value));
    }
    return element;
  }

  private isWithin(x: Values): boolean {
    const { size, sharedLow, sharedHigh, low, high } = this;
    if (x.length !== size) return false;
    if (sharedLow !== null && sharedHigh !== null) {
      for (let i = 0; i < size; i++) {
        const value = x[i] as number;
        if (!(value >= sharedLow && value <= sharedHigh)) return false;
      }
      return true;
    }
    for (let i = 0; i < size; i++) {
      const value = x[i] as number;
      if (!(value >= (low[i] as number) && value <= (high[i] as number))) return false;
    }
    return true;
  }

  /** One test for all values together, which is quicker than comparing each with two bounds. */
  private hasOnlyBits(x: Values, bits: number): boolean {
    const { size } = this;
    if (x.length !== size) return false;
    let seen = 0;
    for (let i = 0; i < size; i++) seen |= x[i] as number;
    return (seen & ~bits) === 0;
  }

  private containsAfterCast(x: unknown): boolean {
    const dtype = dtypeOf(x);
    if (dtype !== null) return canCast(dtype, this.dtype) && this.isWithin(x as Values);
    const shape = nestedShape(x);
    if (shape === null || !sameShape(shape, this.shape)) return false;
    const values = flattenNested(x);
    const isNumber = (value: unknown) => typeof value === "number" || typeof value === "boolean";
    return (
      values.every(isNumber) && this.fitsDtype(values as number[]) && this.isWithin(this.castList(values))
    );
  }

  /** Whether a list converts at all: NumPy refuses integers beyond the dtype, infinities and NaN. */
  private fitsDtype(values: readonly number[]): boolean {
    if (isFloat(this.dtype)) return true;
    if (this.dtype === "bool") return !values.some(Number.isNaN);
    const [least, greatest] = dtypeRange(this.dtype);
    // The double below 2^63 is 2^63 - 1024.
    const last = this.dtype === "int64" ? greatest - 1024 : greatest;
    return values.every((value) => Math.trunc(value) >= least && Math.trunc(value) <= last);
  }

  private castList(list: readonly unknown[]): Values {
    const values = new this.ArrayType(this.size) as Values;
    for (let i = 0; i < list.length; i++) {
      const value = Number(list[i]);
      if (this.dtype === "bool") values[i] = value === 0 ? 0 : 1;
      else if (this.dtype === "int64") (values as unknown as BigInt64Array)[i] = BigInt(Math.trunc(value));
      else values[i] = value;
    }
    return values;
  }

  /** Doubles as the dtype stores them: integers are floored and kept within their dtype's range. */
  private cast(drawn: Float64Array): ArrayOf<D> {
    const element = new this.ArrayType(this.size);
    if (this.dtype === "int64") {
      const [low, high] = [this.low as BigInt64Array, this.high as BigInt64Array];
      for (let i = 0; i < this.size; i++) {
        const value = BigInt(Math.floor(drawn[i] as number));
        const [from, to] = [low[i] as bigint, high[i] as bigint];
        (element as BigInt64Array)[i] = value < from ? from : value > to ? to : value;
      }
      return element;
    }
    const [least, greatest] = dtypeRange(this.dtype);
    const whole = !isFloat(this.dtype);
    for (let i = 0; i < this.size; i++) {
      const value = drawn[i] as number;
      (element as Values)[i] = whole ? Math.min(Math.max(Math.floor(value), least), greatest) : value;
    }
    return element;
  }

  private elementFromJson(nested: unknown): ArrayOf<D> {
    const shape = nestedShape(nested);
    if (shape === null || !sameShape(shape, visibleShape(this.shape))) {
      throw new GymnasiumError(
        "invalid-options",
        `An element of Box as JSON has shape [${shape?.join(", ") ?? "ragged"}], expected [${this.shape.join(", ")}].`,
      );
    }
    const element = new this.ArrayType(this.size);
    for (const [i, value] of flattenNested(nested).entries()) {
      (element as unknown as unknown[])[i] =
        this.dtype === "int64" ? BigInt(value as number | string) : Number(value);
    }
    return element;
  }
}

/** What loops over elements of any dtype read: of a BigInt64Array, comparisons alone are meant. */
type Values = Float64Array;

/** `high` where [low, high] is all that k bits hold, k at most 31. */
function bitsBetween(low: number | bigint | null, high: number | bigint | null): number | null {
  if (low !== 0 || typeof high !== "number" || high >= 2 ** 31) return null;
  return (high & (high + 1)) === 0 ? high : null;
}

function sharedValue(values: ArrayLike<number | bigint>): number | bigint | null {
  const first = values[0];
  if (first === undefined) return null;
  for (let i = 1; i < values.length; i++) if (values[i] !== first) return null;
  return first;
}

/**
 * A Box. `box({ low: -1, high: 1, shape: [2, 3] })`; `box({ low: [0, -1], high: [1, 1] })`;
 * `box({ low: 0, high: 255, shape: [84, 84], dtype: "uint8" })`.
 *
 * @throws GymnasiumError `invalid-space` for low > high, NaN, shapes that differ, bounds outside the dtype
 */
export function box<D extends Dtype = "float32">(options: BoxOptions<D>): Box<D> {
  return new Box(options);
}
