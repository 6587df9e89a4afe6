import { coasting, type Particles } from "./particles.js";

/** Actions, as `thrustNames` has them. */
const [stay, left, right, down, up] = [0, 1, 2, 3, 4];
/** Nearer to a place than this, another thrust leads a disc of 1.2 units per second past it: half of what it leads to. */
const closeEnough = 0.06;

/** The thrust along the longer axis of a way. */
export function thrustAlong(dx: number, dy: number): number {
  if (Math.abs(dx) >= Math.abs(dy)) return dx < 0 ? left : right;
  return dy < 0 ? down : up;
}

/** The thrust that brings a disc to a place and lets it stop there. */
export function thrustTo({ positions, velocities }: Particles, disc: number, x: number, y: number): number {
  const dx = x - positions[2 * disc]! - coasting * velocities[2 * disc]!;
  const dy = y - positions[2 * disc + 1]! - coasting * velocities[2 * disc + 1]!;
  return Math.max(Math.abs(dx), Math.abs(dy)) < closeEnough ? stay : thrustAlong(dx, dy);
}

/** The disc from `first` up to `end` that is nearest to a place. */
export function nearestDisc(
  { positions }: Particles,
  x: number,
  y: number,
  first: number,
  end: number,
): { disc: number; distance: number } {
  let [disc, distance] = [first, Number.POSITIVE_INFINITY];
  for (let i = first; i < end; i++) {
    const away = Math.hypot(positions[2 * i]! - x, positions[2 * i + 1]! - y);
    if (away < distance) [disc, distance] = [i, away];
  }
  return { disc, distance };
}
