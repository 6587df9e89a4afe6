import type { PCG64 } from "./pcg64.js";
import { EXPONENTIAL_ACCEPT, EXPONENTIAL_WIDTH, NORMAL_ACCEPT, NORMAL_WIDTH } from "./ziggurat-tables.js";

/** Where the tails begin. */
const NORMAL_TAIL = 3.654152885361009;
const NORMAL_TAIL_INVERSE = 0.2736612373297583;
const EXPONENTIAL_TAIL = 7.69711747013105;

// Height of the density at the edge of layer i; layer 0 is the top.
const NORMAL_HEIGHT = NORMAL_WIDTH.map((width, i) => (i === 0 ? 1 : Math.exp(-0.5 * (width * 2 ** 52) ** 2)));
const EXPONENTIAL_HEIGHT = EXPONENTIAL_WIDTH.map((width, i) => (i === 0 ? 1 : Math.exp(-width * 2 ** 53)));

/**
 * One draw from the normal distribution of mean 0 and standard deviation 1.
 * Marsaglia and Tsang 2000, "The Ziggurat Method", in NumPy's order of draws. Values from the tail and decisions
 * in a wedge rest on the engine's `Math.log1p` and `Math.exp`, which may differ from C's in the last bit.
 */
export function standardNormal(bits: PCG64): number {
  for (;;) {
    bits.next64();
    // Of the 64 bits: 0..7 the layer, 8 the sign, 9..60 the draw.
    const low = bits.low;
    const layer = low & 255;
    const draw = (bits.high & 0x1fffffff) * 8388608 + (low >>> 9);
    const magnitude = draw * NORMAL_WIDTH[layer]!;
    const x = (low & 256) === 0 ? magnitude : -magnitude;
    if (draw < NORMAL_ACCEPT[layer]!) return x;
    if (layer === 0) return normalTail(bits, low);
    const below = NORMAL_HEIGHT[layer]!;
    const height = (NORMAL_HEIGHT[layer - 1]! - below) * bits.nextDouble() + below;
    if (height < Math.exp(-0.5 * x * x)) return x;
  }
}

/** @param low the lower half of the output that led here: its bit 17 is the sign */
function normalTail(bits: PCG64, low: number): number {
  for (;;) {
    const beyond = -NORMAL_TAIL_INVERSE * Math.log1p(-bits.nextDouble());
    const y = -Math.log1p(-bits.nextDouble());
    if (y + y > beyond * beyond) {
      return (low & 0x20000) === 0 ? NORMAL_TAIL + beyond : -(NORMAL_TAIL + beyond);
    }
  }
}

/** One draw from the exponential distribution of mean 1, with the same caution as `standardNormal`. */
export function standardExponential(bits: PCG64): number {
  for (;;) {
    bits.next64();
    // Of the 64 bits: 3..10 the layer, 11..63 the draw.
    const layer = (bits.low >>> 3) & 255;
    const draw = (bits.high >>> 0) * 2097152 + (bits.low >>> 11);
    const x = draw * EXPONENTIAL_WIDTH[layer]!;
    if (draw < EXPONENTIAL_ACCEPT[layer]!) return x;
    if (layer === 0) return EXPONENTIAL_TAIL - Math.log1p(-bits.nextDouble());
    const below = EXPONENTIAL_HEIGHT[layer]!;
    const height = (EXPONENTIAL_HEIGHT[layer - 1]! - below) * bits.nextDouble() + below;
    if (height < Math.exp(-x)) return x;
  }
}
