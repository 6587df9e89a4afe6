import { boundedUint32, boundedUint64, NarrowDraws } from "./bounded-integers.js";
import type { PCG64 } from "./pcg64.js";

/** Integer types by NumPy's names. Which one is asked for decides how many random bits a value takes. */
export type IntegerDtype =
  | "int8"
  | "int16"
  | "int32"
  | "int64"
  | "uint8"
  | "uint16"
  | "uint32"
  | "uint64"
  | "bool";

export interface IntegersOptions {
  /** Default int64. */
  readonly dtype?: IntegerDtype;
  /** Whether `high` itself may be drawn; default false. */
  readonly endpoint?: boolean;
}

/** Arrays that integers may be written into. */
export type IntegerArray =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;

/** One bound for all values, or one for each. */
export type IntegerBound = number | bigint | ArrayLike<number | bigint>;

type Width = 1 | 8 | 16 | 32 | 64;

/** Random bits per value, and the dtype's smallest and largest value. */
const DTYPES: Record<IntegerDtype, readonly [Width, bigint, bigint]> = {
  bool: [1, 0n, 1n],
  int8: [8, -(1n << 7n), (1n << 7n) - 1n],
  uint8: [8, 0n, (1n << 8n) - 1n],
  int16: [16, -(1n << 15n), (1n << 15n) - 1n],
  uint16: [16, 0n, (1n << 16n) - 1n],
  int32: [32, -(1n << 31n), (1n << 31n) - 1n],
  uint32: [32, 0n, (1n << 32n) - 1n],
  int64: [64, -(1n << 63n), (1n << 63n) - 1n],
  uint64: [64, 0n, (1n << 64n) - 1n],
};

/** Values to draw: `low`, `low` + 1 ... `low` + `span`, from words of `width` bits. */
interface IntegerRange {
  readonly width: Width;
  readonly low: bigint;
  readonly span: bigint;
  /** The same as numbers; exact unless `wide`. */
  readonly lowNumber: number;
  readonly spanNumber: number;
  /** Whether values or spans need more than doubles and 32-bit draws. */
  readonly wide: boolean;
}

/** Checks the bounds, and throws a RangeError naming what is wrong. */
function rangeOf(low: number | bigint, high: number | bigint, options: IntegersOptions): IntegerRange {
  const { dtype = "int64", endpoint = false } = options;
  const limits = DTYPES[dtype];
  if (limits === undefined) {
    throw new RangeError(
      `integers: dtype must be one of ${Object.keys(DTYPES).join(", ")}, but got ${dtype}.`,
    );
  }
  const [width, smallest, largest] = limits;
  const first = wholeNumber("low", low);
  const last = wholeNumber("high", high) - (endpoint ? 0n : 1n);
  if (first < smallest || last > largest) {
    const bound = first < smallest ? `low ${low}` : `high ${high}`;
    throw new RangeError(
      `integers: ${bound} does not fit ${dtype}, which goes from ${smallest} to ${largest}.`,
    );
  }
  if (last < first) {
    const expected = endpoint
      ? "high must not be below low"
      : "high must be above low (it is itself never drawn)";
    throw new RangeError(`integers: ${expected}, but got low ${low} and high ${high}.`);
  }
  const span = last - first;
  const safe = first >= Number.MIN_SAFE_INTEGER && last <= Number.MAX_SAFE_INTEGER;
  const wide = !safe || span > 0xffffffffn;
  return { width, low: first, span, lowNumber: Number(first), spanNumber: Number(span), wide };
}

function wholeNumber(name: string, value: number | bigint): bigint {
  if (typeof value === "bigint") return value;
  if (!Number.isInteger(value)) {
    throw new RangeError(`integers: ${name} must be a whole number, but got ${value}.`);
  }
  if (!Number.isSafeInteger(value)) {
    throw new RangeError(`integers: ${name} ${value} is beyond 2^53 - 1; give it as a bigint.`);
  }
  return BigInt(value);
}

/** The general case of `Generator.integers`: every dtype, endpoints, bounds beyond 32 bits, and arrays. */
export class IntegerDraws {
  private readonly narrow: NarrowDraws;

  constructor(private readonly bits: PCG64) {
    this.narrow = new NarrowDraws(bits);
  }

  /** One value; a bigint exactly if a bound is one. */
  one(low: number | bigint, high: number | bigint, options: IntegersOptions): number | bigint {
    const range = rangeOf(low, high, options);
    this.narrow.begin();
    const asBigint = typeof low === "bigint" || typeof high === "bigint";
    return asBigint ? this.drawBigint(range) : this.drawNumber(range);
  }

  /** Fills `out` as one NumPy call of that size would. */
  fill(out: IntegerArray, low: IntegerBound, high: IntegerBound, options: IntegersOptions): void {
    checkBoundLength("low", low, out.length);
    checkBoundLength("high", high, out.length);
    // All bounds are checked before the first draw, so that an error leaves the generator where it was.
    const ranges: IntegerRange[] = [];
    const perValue = typeof low === "object" || typeof high === "object";
    for (let i = 0; i < (perValue ? out.length : 1); i++)
      ranges.push(rangeOf(at(low, i), at(high, i), options));
    this.narrow.begin();
    if (out instanceof BigInt64Array || out instanceof BigUint64Array) {
      for (let i = 0; i < out.length; i++) out[i] = this.drawBigint(ranges[perValue ? i : 0]!);
    } else {
      for (let i = 0; i < out.length; i++) out[i] = this.drawNumber(ranges[perValue ? i : 0]!);
    }
  }

  private drawNumber(range: IntegerRange): number {
    return range.wide ? Number(this.drawBigint(range)) : range.lowNumber + this.draw(range);
  }

  private drawBigint(range: IntegerRange): bigint {
    if (!range.wide) return BigInt(range.lowNumber + this.draw(range));
    return range.low + boundedUint64(this.bits, range.span);
  }

  /** A value above `low`, for ranges that are not wide. */
  private draw(range: IntegerRange): number {
    const { width, spanNumber } = range;
    if (width === 32 || width === 64) return boundedUint32(this.bits, spanNumber);
    return this.narrow.bounded(width, spanNumber);
  }
}

function checkBoundLength(name: string, bound: IntegerBound, length: number): void {
  if (typeof bound === "object" && bound.length !== length) {
    throw new RangeError(
      `integers: ${name} has ${bound.length} bounds for ${length} values; give one, or one for each.`,
    );
  }
}

function at(bound: IntegerBound, i: number): number | bigint {
  return typeof bound === "object" ? bound[i]! : bound;
}
