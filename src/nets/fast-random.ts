import type { Generator } from "gymnasium-js";

/**
 * Uniform numbers in [0, 1) of 32 bits: sfc32 (Chris Doty-Humphrey, PractRand), seeded by two numbers in [0, 1). For masks and
 * noise, of which an update needs thousands.
 */
export function fastUniform(one: number, other: number): () => number {
  const bits = 2 ** 32;
  // 53 bits each: the high 32, and what is left of the first.
  let a = (one * bits) | 0;
  let b = (other * bits) | 0;
  let c = (((one * bits) % 1) * bits) | 0;
  let counter = 1;
  const step = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / bits;
  };
  // As its author recommends, so that similar seeds part.
  for (let i = 0; i < 15; i++) step();
  return step;
}

/**
 * Fills `out` with f(e), e standard normal, in pairs by Box and Muller's transform. Two draws of `random()` seed a small
 * generator of its own.
 *
 * @param f by default nothing
 */
export function fillNormal(rng: Generator, out: Float32Array, f: (e: number) => number = (e) => e): void {
  const next = fastUniform(rng.random(), rng.random());
  for (let i = 0; i < out.length; i += 2) {
    // 1 - u is above 0, whose logarithm there is not.
    const radius = Math.sqrt(-2 * Math.log(1 - next()));
    const angle = 2 * Math.PI * next();
    out[i] = f(radius * Math.cos(angle));
    // Beyond an odd end, it is not kept.
    out[i + 1] = f(radius * Math.sin(angle));
  }
}

/** Fills `out` with 1 / keep where a draw is kept, with probability `keep`, and 0 elsewhere. Two draws of `random()` seed it. */
export function fillMask(rng: Generator, out: Float32Array, keep: number): void {
  const next = fastUniform(rng.random(), rng.random());
  const scale = 1 / keep;
  for (let i = 0; i < out.length; i++) out[i] = next() < keep ? scale : 0;
}
