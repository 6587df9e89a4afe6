import type { Cell } from "../glide.js";
import type { Field } from "../scene.js";

/** By heading: up, right, down, left. */
const ahead = [
  [0, -1],
  [1, 0],
  [0, 1],
  [-1, 0],
] as const;

/**
 * Where on the map the partial view of an agent lies: round its cell, or ahead of it and turned with it.
 * @param heading quarter turns clockwise from up
 */
export function viewField(
  { x, y }: Cell,
  heading: number,
  { viewSize, turns }: { viewSize: number; turns: boolean },
): Field {
  const corner = (viewSize - 1) / 2;
  const [dx, dy] = turns ? ahead[heading]! : [0, 0];
  return {
    x: x + corner * (dx - 1),
    y: y + corner * (dy - 1),
    width: viewSize,
    height: viewSize,
    quarters: turns ? heading : 0,
  };
}
