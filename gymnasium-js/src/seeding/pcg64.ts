import { GymnasiumError } from "../errors.js";
import { SeedSequence } from "./seed-sequence.js";

/** A generator's whole state as plain JSON; `state` and `inc` are 128-bit integers in decimal. */
export interface GeneratorState {
  readonly state: string;
  readonly inc: string;
  /** Whether the upper half of an output waits in `uinteger` for the next 32-bit draw. */
  readonly hasUint32: 0 | 1;
  readonly uinteger: number;
}

// The multiplier 0x2360ed051fc65da44385df649fccf645 in 32-bit limbs, lowest first.
const MULTIPLIER_0 = 0x9fccf645;
const MULTIPLIER_1 = 0x4385df64;
const MULTIPLIER_2 = 0x1fc65da4;
const MULTIPLIER_3 = 0x2360ed05;
const MULTIPLIER = 0x2360ed051fc65da44385df649fccf645n;
/** One jump, in steps: 2^128 divided by the golden ratio. */
const JUMP = 0x9e3779b97f4a7c15f39cc0605cedc835n;
const MASK_128 = (1n << 128n) - 1n;

const UNIT_32 = 2 ** -32;
const UNIT_53 = 2 ** -53;
const UNIT_24 = 2 ** -24;

/**
 * O'Neill's PCG64 (XSL-RR 128/64), with NumPy's seeding and its buffer for 32-bit draws.
 *
 * The state and the increment are four 32-bit limbs each, lowest first, kept as int32 so that V8 stores them
 * without boxing. Where a product of limbs a * b needs its upper half, it is (a * b - low) / 2^32 in doubles:
 * `low` is exact by `Math.imul`, both roundings err by at most 2^11, so adding 0.5 and cutting gives the exact
 * integer.
 */
export class PCG64 {
  private s0 = 0;
  private s1 = 0;
  private s2 = 0;
  private s3 = 0;
  private i0 = 0;
  private i1 = 0;
  private i2 = 0;
  private i3 = 0;
  private hasUint32: 0 | 1 = 0;
  private uinteger = 0;
  /** Upper and lower half of the last output, as int32. */
  high = 0;
  low = 0;
  /** The last output as a double: uniform on [0, 1), a multiple of 2^-53. */
  readonly drawn = new Float64Array(1);

  /** Seeded as NumPy does; or at exactly the `state` that another had. */
  constructor(source: SeedSequence | GeneratorState) {
    if (!(source instanceof SeedSequence)) {
      this.setState(source);
      return;
    }
    const words = source.generateState(8, "uint32");
    const read = (i: number): bigint => (read64(words, i) << 64n) | read64(words, i + 2);
    const inc = ((read(4) << 1n) | 1n) & MASK_128;
    // From state 0 a step gives `inc`; then the seed is added, and one more step taken.
    this.write(((read(0) + inc) * MULTIPLIER + inc) & MASK_128, inc);
  }

  /**
   * state = state * multiplier + increment, modulo 2^128; leaves the 64-bit output in `high` and `low`, and in `drawn`
   * as a double. One function with all of it is too long for V8 to inline, and that is why it inlines `nextDouble`.
   */
  next64(): void {
    const s0 = this.s0 >>> 0;
    const s1 = this.s1 >>> 0;
    const s2 = this.s2 >>> 0;
    const low00 = Math.imul(s0, MULTIPLIER_0) >>> 0;
    const low01 = Math.imul(s0, MULTIPLIER_1) >>> 0;
    const low10 = Math.imul(s1, MULTIPLIER_0) >>> 0;
    const low02 = Math.imul(s0, MULTIPLIER_2) >>> 0;
    const low11 = Math.imul(s1, MULTIPLIER_1) >>> 0;
    const low20 = Math.imul(s2, MULTIPLIER_0) >>> 0;
    const high00 = ((s0 * MULTIPLIER_0 - low00) * UNIT_32 + 0.5) >>> 0;
    const high01 = ((s0 * MULTIPLIER_1 - low01) * UNIT_32 + 0.5) >>> 0;
    const high10 = ((s1 * MULTIPLIER_0 - low10) * UNIT_32 + 0.5) >>> 0;
    const high02 = ((s0 * MULTIPLIER_2 - low02) * UNIT_32 + 0.5) >>> 0;
    const high11 = ((s1 * MULTIPLIER_1 - low11) * UNIT_32 + 0.5) >>> 0;
    const high20 = ((s2 * MULTIPLIER_0 - low20) * UNIT_32 + 0.5) >>> 0;
    const limb0 = low00 + (this.i0 >>> 0);
    const limb1 = high00 + low01 + low10 + (this.i1 >>> 0) + ((limb0 * UNIT_32) >>> 0);
    const limb2 = high01 + high10 + low02 + low11 + low20 + (this.i2 >>> 0) + ((limb1 * UNIT_32) >>> 0);
    const top = Math.imul(s0, MULTIPLIER_3) + Math.imul(s1, MULTIPLIER_2) + Math.imul(s2, MULTIPLIER_1);
    const limb3 = high02 + high11 + high20 + top + Math.imul(this.s3, MULTIPLIER_0) + this.i3;
    const new0 = limb0 | 0;
    const new1 = limb1 | 0;
    const new2 = limb2 | 0;
    const new3 = (limb3 + ((limb2 * UNIT_32) >>> 0)) | 0;
    this.s0 = new0;
    this.s1 = new1;
    this.s2 = new2;
    this.s3 = new3;
    let high = new3 ^ new1;
    let low = new2 ^ new0;
    // Rotate right by the state's top six bits: halves swap from 32 on, without a branch that would mispredict.
    const swap = (high ^ low) & -(new3 >>> 31);
    high ^= swap;
    low ^= swap;
    const shift = (new3 >>> 26) & 31;
    const rotatedHigh = (high >>> shift) | ((low << 1) << (31 - shift));
    const rotatedLow = (low >>> shift) | ((high << 1) << (31 - shift));
    this.high = rotatedHigh;
    this.low = rotatedLow;
    this.drawn[0] = ((rotatedHigh >>> 0) * 2097152 + (rotatedLow >>> 11)) * UNIT_53;
  }

  /** The low half of a fresh output, or the high half that an earlier call left over; from 0 to 2^32 - 1. */
  next32(): number {
    return this.nextInt32() >>> 0;
  }

  /** The bits of `next32` as int32: numbers from 2^31 on are boxed where V8 does not inline the call. */
  nextInt32(): number {
    if (this.hasUint32 === 1) {
      this.hasUint32 = 0;
      return this.uinteger;
    }
    this.next64();
    this.hasUint32 = 1;
    this.uinteger = this.high;
    return this.low;
  }

  /**
   * Uniform on [0, 1), a multiple of 2^-53. So short that V8 inlines it into whatever calls it: where it does not, the
   * double that is returned is boxed.
   */
  nextDouble(): number {
    this.next64();
    return this.drawn[0]!;
  }

  /** Uniform on [0, 1), a multiple of 2^-24, from 32 bits. */
  nextFloat(): number {
    return (this.nextInt32() >>> 8) * UNIT_24;
  }

  /** The next output as one integer from 0 to 2^64 - 1. */
  nextBigUint64(): bigint {
    this.next64();
    return (BigInt(this.high >>> 0) << 32n) | BigInt(this.low >>> 0);
  }

  get state(): GeneratorState {
    return {
      state: join(this.s3, this.s2, this.s1, this.s0).toString(),
      inc: join(this.i3, this.i2, this.i1, this.i0).toString(),
      hasUint32: this.hasUint32,
      uinteger: this.uinteger >>> 0,
    };
  }

  /** Throws `GymnasiumError` with code `invalid-snapshot`, and changes nothing, if `state` is not one. */
  setState(state: GeneratorState): void {
    const { hasUint32, uinteger } = state;
    if ((hasUint32 !== 0 && hasUint32 !== 1) || uinteger >>> 0 !== uinteger) {
      throw invalidState("hasUint32 0 or 1 and uinteger from 0 to 2^32 - 1", `${hasUint32} and ${uinteger}`);
    }
    const inc = parse128("inc", state.inc);
    if ((inc & 1n) === 0n) throw invalidState("an odd inc", state.inc);
    this.write(parse128("state", state.state), inc);
    this.hasUint32 = hasUint32;
    this.uinteger = uinteger | 0;
  }

  /** Moves as `delta` 64-bit draws would (back, if negative), and drops the waiting 32 bits. Takes log(delta) time. */
  advance(delta: number | bigint): void {
    if (typeof delta === "number" && !Number.isSafeInteger(delta)) {
      throw new RangeError(
        `advance takes a whole number of steps (a bigint beyond 2^53 - 1), but got ${delta}.`,
      );
    }
    const inc = join(this.i3, this.i2, this.i1, this.i0);
    let [multiplier, addend] = [MULTIPLIER, inc];
    let [totalMultiplier, totalAddend] = [1n, 0n];
    for (let rest = BigInt(delta) & MASK_128; rest > 0n; rest >>= 1n) {
      if (rest & 1n) {
        totalMultiplier = (totalMultiplier * multiplier) & MASK_128;
        totalAddend = (totalAddend * multiplier + addend) & MASK_128;
      }
      addend = ((multiplier + 1n) * addend) & MASK_128;
      multiplier = (multiplier * multiplier) & MASK_128;
    }
    const state = join(this.s3, this.s2, this.s1, this.s0);
    this.write((state * totalMultiplier + totalAddend) & MASK_128, inc);
    this.hasUint32 = 0;
    this.uinteger = 0;
  }

  /** A copy that is `jumps` * 2^128 / golden ratio steps ahead: streams that do not meet. */
  jumped(jumps = 1): PCG64 {
    if (!Number.isSafeInteger(jumps))
      throw new RangeError(`jumped takes a whole number of jumps, but got ${jumps}.`);
    const copy = this.clone();
    copy.advance(BigInt(jumps) * JUMP);
    return copy;
  }

  clone(): PCG64 {
    return new PCG64(this.state);
  }

  private write(state: bigint, inc: bigint): void {
    this.s0 = limb(state, 0n);
    this.s1 = limb(state, 32n);
    this.s2 = limb(state, 64n);
    this.s3 = limb(state, 96n);
    this.i0 = limb(inc, 0n);
    this.i1 = limb(inc, 32n);
    this.i2 = limb(inc, 64n);
    this.i3 = limb(inc, 96n);
  }
}

/** One 64-bit word of a seed sequence's output, low half first. */
function read64(words: Uint32Array, i: number): bigint {
  return BigInt(words[i]!) | (BigInt(words[i + 1]!) << 32n);
}

function limb(value: bigint, shift: bigint): number {
  return Number(BigInt.asIntN(32, value >> shift));
}

function join(w3: number, w2: number, w1: number, w0: number): bigint {
  const word = (limb: number): bigint => BigInt(limb >>> 0);
  return (word(w3) << 96n) | (word(w2) << 64n) | (word(w1) << 32n) | word(w0);
}

function parse128(name: string, text: unknown): bigint {
  if (typeof text !== "string" || !/^\d{1,39}$/.test(text) || BigInt(text) > MASK_128) {
    throw invalidState(`${name} as a string of decimal digits, below 2^128`, JSON.stringify(text) ?? "none");
  }
  return BigInt(text);
}

function invalidState(expected: string, got: string): GymnasiumError {
  return new GymnasiumError("invalid-snapshot", `A generator's state needs ${expected}, but got ${got}.`);
}
