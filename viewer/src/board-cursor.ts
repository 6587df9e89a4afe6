import type { Place } from "./scenes/scene.js";

/**
 * Which place of a board comes next by an arrow key; -1 for none.
 * @param from index of the place where the cursor is; -1 for nowhere: then it comes to the middle
 * @param direction rightwards and downwards
 */
export function nextPlace(
  places: readonly Place[],
  from: number,
  [right, down]: readonly [number, number],
): number {
  const here = places[from];
  if (here === undefined) return Math.floor((places.length - 1) / 2);
  const { x, y } = middleOf(here);
  let [best, least] = [-1, Number.POSITIVE_INFINITY];
  for (const [i, place] of places.entries()) {
    const there = middleOf(place);
    const [dx, dy] = [there.x - x, there.y - y];
    const along = dx * right + dy * down;
    // What lies in the direction at all, rather straight on than near.
    const distance = along + 4 * Math.abs(dx * down + dy * right);
    if (along <= 0.5 || distance >= least) continue;
    [best, least] = [i, distance];
  }
  return best;
}

function middleOf({ x, y, width, height }: Place): { x: number; y: number } {
  return { x: x + width / 2, y: y + height / 2 };
}
