import type { RandomSource, TypedArray } from "gymnasium-js";
import type { Particles } from "./particles.js";

/** `[count, 2]` points drawn in a square, no nearer to its edges than `margin`. */
export function scatter(count: number, side: number, margin: number, rng: RandomSource): Float64Array {
  const least = Math.min(margin, side / 2);
  return Float64Array.from({ length: 2 * count }, () => rng.uniform(least, side - least));
}

/** A disc's velocity, and where it is: -1 to 1 from edge to edge. @returns where to write on */
export function writeOwn(
  { side, positions, velocities }: Particles,
  disc: number,
  out: TypedArray,
  offset: number,
): number {
  out[offset] = velocities[2 * disc]!;
  out[offset + 1] = velocities[2 * disc + 1]!;
  out[offset + 2] = fromMiddle(positions[2 * disc]!, side);
  out[offset + 3] = fromMiddle(positions[2 * disc + 1]!, side);
  return offset + 4;
}

/** All velocities and places, `[discs, 2]` each, and where others are that do not move, `[others, 2]`. */
export function writeAll(
  { side, positions, velocities }: Particles,
  others: Float64Array,
  out: TypedArray,
  offset: number,
): void {
  let at = offset;
  for (let i = 0; i < velocities.length; i++) out[at++] = velocities[i]!;
  for (let i = 0; i < positions.length; i++) out[at++] = fromMiddle(positions[i]!, side);
  for (let i = 0; i < others.length; i++) out[at++] = fromMiddle(others[i]!, side);
}

function fromMiddle(coordinate: number, side: number): number {
  return (2 * coordinate) / side - 1;
}
