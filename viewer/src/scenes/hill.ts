/** Height of MountainCar's ground, m, at a position along it, m. */
export function groundHeight(position: number): number {
  return Math.sin(3 * position) * 0.45 + 0.55;
}

/** How steep the ground is there, rad, upward to the right. */
export function groundAngle(position: number): number {
  return Math.atan(3 * 0.45 * Math.cos(3 * position));
}
