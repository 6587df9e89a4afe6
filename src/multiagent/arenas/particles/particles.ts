import { CellGrid } from "./cell-grid.js";

/** Discs of the same mass in a square: x to the right, y upwards from its lower left corner. */
export interface Particles {
  /** Of the square, in units of length. */
  side: number;
  /** `[discs]` units of length */
  radii: Float64Array;
  /** `[discs, 2]` x and y of the middles. */
  positions: Float64Array;
  /** `[discs, 2]` units of length per second */
  velocities: Float64Array;
}

/** What a disc may be told to do, by action. */
export const thrustNames = ["stay", "left", "right", "down", "up"] as const;

/** Seconds of a step. */
const interval = 0.1;
/** Share of its velocity that a disc loses in a step. */
const drag = 0.25;
/** Speed at which things part, as a share of that at which they met. */
const restitution = 0.5;
/** Distance to which things part, as a share of that at which they touch: if nobody pushes, they soon touch no more. */
const clearance = 1.01;

/** The acceleration by which a disc comes to a speed, if it is thrust for long: units of length per second squared. */
export function accelerationTo(speed: number): number {
  return (speed * drag) / interval;
}

/** How far a disc goes on by itself, in units of length, for each unit of length per second. */
export const coasting = (interval * (1 - drag)) / drag;

/**
 * Thrusts and moves every disc, by semi-implicit Euler steps.
 * @param actions of disc i at `offset + i`, an index of `thrustNames`
 * @param accelerations `[discs]` by a thrust, in units of length per second squared
 */
export function thrustAndMove(
  { positions, velocities }: Particles,
  actions: ArrayLike<number>,
  offset: number,
  accelerations: Float64Array,
): void {
  for (let i = 0; i < accelerations.length; i++) {
    const action = actions[offset + i]!;
    const change = ((action & 1) === 1 ? -1 : 1) * accelerations[i]! * interval;
    const x = 2 * i;
    const y = x + 1;
    velocities[x] = velocities[x]! * (1 - drag) + (action === 1 || action === 2 ? change : 0);
    velocities[y] = velocities[y]! * (1 - drag) + (action > 2 ? change : 0);
    positions[x]! += velocities[x]! * interval;
    positions[y]! += velocities[y]! * interval;
  }
}

/** Keeps discs in the square: at a wall, they bounce. */
export function holdIn({ side, radii, positions, velocities }: Particles): void {
  for (let i = 0; i < positions.length; i++) {
    const least = radii[i >> 1]!;
    const most = side - least;
    const position = positions[i]!;
    if (position >= least && position <= most) continue;
    const isLow = position < least;
    positions[i] = isLow ? least : most;
    const velocity = velocities[i]!;
    if (velocity < 0 === isLow) velocities[i] = -restitution * velocity;
  }
}

/** Lets discs bump into each other. Made once for all that are of these radii, in squares of this side. */
export class Collisions {
  private readonly grid: CellGrid;
  private readonly near: Int32Array;
  /** `[discs, 2]` where all were when they were looked at. */
  private readonly before: Float64Array;
  /** `[discs]` as far as any other may touch it. */
  private readonly reaches: Float64Array;

  /**
   * @param radii `[discs]`
   * @param counts whether it is a touch to be counted when two overlap, the one of the lower index first
   */
  constructor(
    side: number,
    private readonly radii: Float64Array,
    private readonly counts: (one: number, other: number) => boolean,
  ) {
    this.grid = new CellGrid(side, radii.length);
    this.near = new Int32Array(radii.length);
    this.before = new Float64Array(2 * radii.length);
    const largest = Math.max(...radii);
    this.reaches = radii.map((radius) => radius + largest);
  }

  /** @param touches `[discs]` written: how many others each has touched */
  resolve(particles: Particles, touches: Int32Array): void {
    const { grid, near, before, radii, reaches, counts } = this;
    const { positions, velocities } = particles;
    before.set(positions);
    grid.fill(positions, 0, radii.length);
    touches.fill(0);
    for (let i = 0; i < radii.length; i++) {
      const found = grid.within(before, i, reaches, near);
      for (let n = 0; n < found; n++) {
        const j = near[n]!;
        if (j <= i) continue;
        const dx = before[2 * j]! - before[2 * i]!;
        const dy = before[2 * j + 1]! - before[2 * i + 1]!;
        const reach = radii[i]! + radii[j]!;
        if (dx * dx + dy * dy >= reach * reach) continue;
        if (counts(i, j)) {
          touches[i]!++;
          touches[j]!++;
        }
        bump(particles, i, positions, velocities, radii, j);
      }
    }
  }
}

/** Obstacles into which discs bump, and which stay where they are. Made once, as `Collisions` are. */
export class Obstacles {
  private readonly near: Int32Array;
  private readonly obstacleRadii: Float64Array;
  private readonly reaches: Float64Array;

  /**
   * @param radii `[discs]`
   * @param radius of each obstacle
   * @param grid for as many as there are
   */
  constructor(
    radii: Float64Array,
    private readonly count: number,
    radius: number,
    private readonly grid: CellGrid,
  ) {
    this.near = new Int32Array(count);
    this.obstacleRadii = new Float64Array(count).fill(radius);
    this.reaches = radii.map((own) => own + radius);
  }

  /** @param middles `[obstacles, 2]` */
  resolve(particles: Particles, middles: Float64Array): void {
    const { grid, near, obstacleRadii, reaches, count } = this;
    grid.fill(middles, 0, count);
    for (let i = 0; i < reaches.length; i++) {
      const found = grid.within(particles.positions, i, reaches, near);
      for (let n = 0; n < found; n++) bump(particles, i, middles, null, obstacleRadii, near[n]!);
    }
  }

  /** Whether a disc touches none of the obstacles that `grid` is filled with. */
  isClear(positions: Float64Array, disc: number): boolean {
    return this.grid.within(positions, disc, this.reaches, this.near) === 0;
  }
}

/**
 * Two that overlap part: they exchange an impulse along the line between their middles, and each gives way as far.
 * What has no velocity does neither.
 * @param middles `[others, 2]`
 * @param otherRadii `[others]`
 */
function bump(
  { radii, positions, velocities }: Particles,
  i: number,
  middles: Float64Array,
  otherVelocities: Float64Array | null,
  otherRadii: Float64Array,
  j: number,
): void {
  const ix = 2 * i;
  const iy = ix + 1;
  const jx = 2 * j;
  const jy = jx + 1;
  const reach = radii[i]! + otherRadii[j]!;
  const dx = middles[jx]! - positions[ix]!;
  const dy = middles[jy]! - positions[iy]!;
  const distance = Math.sqrt(dx * dx + dy * dy);
  if (distance >= reach) return;
  const nx = distance > 0 ? dx / distance : 1;
  const ny = distance > 0 ? dy / distance : 0;
  const share = otherVelocities === null ? 1 : 0.5;
  const way = share * (clearance * reach - distance);
  positions[ix]! -= way * nx;
  positions[iy]! -= way * ny;
  let approach = velocities[ix]! * nx + velocities[iy]! * ny;
  if (otherVelocities !== null) {
    middles[jx]! += way * nx;
    middles[jy]! += way * ny;
    approach -= otherVelocities[jx]! * nx + otherVelocities[jy]! * ny;
  }
  if (approach <= 0) return;
  const impulse = share * (1 + restitution) * approach;
  velocities[ix]! -= impulse * nx;
  velocities[iy]! -= impulse * ny;
  if (otherVelocities === null) return;
  otherVelocities[jx]! += impulse * nx;
  otherVelocities[jy]! += impulse * ny;
}
