import { Box } from "../spaces/box.js";
import { dtypeRange, isFloat } from "../spaces/dtype.js";
import type { Space } from "../spaces/space.js";

/**
 * The same answers as `space.contains`, sooner for large arrays of integers: where a dtype has no values outside the
 * space (pictures of bytes), values are not looked at; where the bounds of bytes are 0 and 2^k - 1 (channels of 0 and
 * 1), the bits of all of them together tell.
 */
export function fastContains(space: Space<unknown>): (x: unknown) => boolean {
  const contains = (x: unknown) => space.contains(x);
  if (!(space instanceof Box) || space.dtype === "bool" || isFloat(space.dtype)) return contains;
  const { size } = space;
  const [low, high] = [sharedBound(space.low), sharedBound(space.high)];
  const [least, greatest] = dtypeRange(space.dtype);
  if (low === least && high === greatest) {
    const ArrayType = space.low.constructor as new () => { length: number };
    return (x) => (x instanceof ArrayType ? x.length === size : contains(x));
  }
  if (space.dtype !== "uint8" || low !== 0 || high === null || (high & (high + 1)) !== 0) return contains;
  const bits = new ByteBits();
  return (x) => (x instanceof Uint8Array ? x.length === size && (bits.of(x) & ~high) === 0 : contains(x));
}

/** The bound that all entries have; null if they differ. */
function sharedBound(bounds: ArrayLike<number | bigint>): number | null {
  const [first] = Array.from(bounds);
  return first !== undefined && Array.from(bounds).every((bound) => bound === first) ? Number(first) : null;
}

/** All bits that any byte of an array has, read four bytes at a time. */
class ByteBits {
  /** The words of the arrays seen last: an environment mostly writes into two arrays in turns. */
  private readonly seen: { bytes: Uint8Array | null; words: Uint32Array }[] = [
    { bytes: null, words: new Uint32Array(0) },
    { bytes: null, words: new Uint32Array(0) },
  ];
  private turn = 0;

  of(bytes: Uint8Array): number {
    const words = this.wordsOf(bytes);
    let all = 0;
    for (let i = 0; i < words.length; i++) all |= words[i]!;
    for (let i = words.length * 4; i < bytes.length; i++) all |= bytes[i]!;
    return (all | (all >>> 8) | (all >>> 16) | (all >>> 24)) & 0xff;
  }

  private wordsOf(bytes: Uint8Array): Uint32Array {
    for (const entry of this.seen) if (entry.bytes === bytes) return entry.words;
    const isAligned = bytes.byteOffset % 4 === 0;
    const words = new Uint32Array(
      bytes.buffer,
      isAligned ? bytes.byteOffset : 0,
      isAligned ? bytes.length >> 2 : 0,
    );
    const entry = this.seen[this.turn]!;
    this.turn = 1 - this.turn;
    entry.bytes = bytes;
    entry.words = words;
    return words;
  }
}
