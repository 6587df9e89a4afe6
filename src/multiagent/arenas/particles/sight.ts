import type { TypedArray } from "gymnasium-js";
import { CellGrid } from "./cell-grid.js";
import type { Particles } from "./particles.js";

/** Of points in a square, those that are nearest to discs: what they see. Made once for an arena's rules. */
export class Sight {
  readonly grid: CellGrid;
  /** How many a disc sees. */
  readonly most: number;

  /**
   * @param side of the square
   * @param count of the points
   * @param most that a disc is to see
   */
  constructor(
    side: number,
    private readonly count: number,
    most: number,
  ) {
    this.grid = new CellGrid(side, count);
    this.most = Math.min(most, count);
  }

  /**
   * Finds out what every disc sees.
   * @param points x and y of each; if these are the discs themselves, none sees itself
   * @param first index of the first of them
   * @param near `[discs, most]` written: their indices, the nearest first, and -1 where there are no more. At first all have to
   * be -1, and later what was written the last time.
   */
  look({ positions }: Particles, points: Float64Array, first: number, near: Int32Array): void {
    const { grid, count, most } = this;
    grid.fill(points, first, count);
    for (let disc = 0; 2 * disc < positions.length; disc++) {
      const isAmong = points === positions && disc >= first && disc < first + count;
      const wanted = isAmong ? Math.min(most, count - 1) : most;
      grid.nearest(positions, disc, wanted, isAmong ? disc : -1, near, disc * most);
    }
  }

  /**
   * Writes what a disc sees: x and y from its middle, and velocities unless those are null.
   * @param points those that were looked at
   * @param near what `look` wrote
   * @returns where to write on
   */
  write(
    { positions }: Particles,
    disc: number,
    points: Float64Array,
    velocities: Float64Array | null,
    near: Int32Array,
    out: TypedArray,
    offset: number,
  ): number {
    const end = (disc + 1) * this.most;
    let at = offset;
    for (let i = disc * this.most; i < end && near[i]! >= 0; i++) {
      const point = 2 * near[i]!;
      out[at++] = points[point]! - positions[2 * disc]!;
      out[at++] = points[point + 1]! - positions[2 * disc + 1]!;
      if (velocities === null) continue;
      out[at++] = velocities[point]!;
      out[at++] = velocities[point + 1]!;
    }
    return at;
  }
}
