import type { PCG64 } from "./pcg64.js";

const UNIT_32 = 2 ** -32;
const MAX_UINT32 = 0xffffffff;
/** Products of a 32-bit draw with no more than this are exact in a double. */
const EXACT_COUNT = 2 ** 21;
const MAX_UINT64 = 0xffffffffffffffffn;

/**
 * Uniform on 0..`span` (both included) from 32-bit draws; `span` from 0, which draws nothing, to 2^32 - 1.
 * Lemire 2019, "Fast Random Integer Generation in an Interval", https://arxiv.org/abs/1805.10941
 */
export function boundedUint32(bits: PCG64, span: number): number {
  if (span === 0) return 0;
  if (span === MAX_UINT32) return bits.next32();
  const count = span + 1;
  let draw = bits.nextInt32() >>> 0;
  let leftover = Math.imul(draw, count) >>> 0;
  if (leftover < count) {
    const threshold = (MAX_UINT32 - span) % count;
    while (leftover < threshold) {
      draw = bits.nextInt32() >>> 0;
      leftover = Math.imul(draw, count) >>> 0;
    }
  }
  // The upper half of draw * count, exactly: see PCG64.
  if (count <= EXACT_COUNT) return (draw * count * UNIT_32) >>> 0;
  return ((draw * count - leftover) * UNIT_32 + 0.5) >>> 0;
}

/** As `boundedUint32`, for spans up to 2^64 - 1; those below 2^32 take 32-bit draws. */
export function boundedUint64(bits: PCG64, span: bigint): bigint {
  if (span <= MAX_UINT32) return BigInt(boundedUint32(bits, Number(span)));
  if (span === MAX_UINT64) return bits.nextBigUint64();
  const count = span + 1n;
  let product = bits.nextBigUint64() * count;
  if ((product & MAX_UINT64) < count) {
    const threshold = (MAX_UINT64 - span) % count;
    while ((product & MAX_UINT64) < threshold) product = bits.nextBigUint64() * count;
  }
  return product >> 64n;
}

/** Uniform on 0..`max` by rejecting masked 32-bit draws: what NumPy shuffles with. `max` is below 2^32. */
export function maskedUint32(bits: PCG64, max: number): number {
  if (max === 0) return 0;
  const mask = MAX_UINT32 >>> Math.clz32(max);
  let draw = (bits.nextInt32() & mask) >>> 0;
  while (draw > max) draw = (bits.nextInt32() & mask) >>> 0;
  return draw;
}

/** Bits, bytes or halfwords cut from 32-bit draws, lowest first. What is left over lasts for one call of the user's. */
export class NarrowDraws {
  private buffer = 0;
  private left = 0;

  constructor(private readonly bits: PCG64) {}

  /** Forgets what is left over: a new call begins. */
  begin(): void {
    this.left = 0;
  }

  /** Uniform on 0..`span` by Lemire's method on draws of `width` bits; `span` is below 2^width. */
  bounded(width: 1 | 8 | 16, span: number): number {
    if (span === 0) return 0;
    const max = 2 ** width - 1;
    if (span === max) return this.next(width);
    const count = span + 1;
    const threshold = (max - span) % count;
    let product = this.next(width) * count;
    while ((product & max) < threshold) product = this.next(width) * count;
    return product >>> width;
  }

  private next(width: 1 | 8 | 16): number {
    if (this.left === 0) {
      this.buffer = this.bits.nextInt32();
      this.left = 32 / width;
    } else {
      this.buffer >>>= width;
    }
    this.left--;
    return this.buffer & (2 ** width - 1);
  }
}
