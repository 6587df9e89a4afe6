import type { RandomSource } from "gymnasium-js";
import type { CommonsState } from "../commons.js";

/** Cells up and down, left and right that are within two steps of one. */
const downs = [-2, -1, -1, -1, 0, 0, 0, 0, 1, 1, 1, 2] as const;
const rights = [0, -1, 0, 1, -2, -1, 1, 2, -1, 0, 1, 0] as const;

/** An apple that has grown in this step, and does not count as one yet. */
const budding = 2;

/** Apples within two steps of a cell, without its own. */
export function applesNear({ apples, height, width }: CommonsState, cell: number): number {
  const row = Math.floor(cell / width);
  const column = cell % width;
  let count = 0;
  for (let i = 0; i < downs.length; i++) {
    const down = row + downs[i]!;
    const across = column + rights[i]!;
    const isInside = down >= 0 && down < height && across >= 0 && across < width;
    if (isInside && apples[down * width + across] === 1) count++;
  }
  return count;
}

/**
 * Lets apples grow on the empty cells of the orchard on which nobody stands, all at the same time.
 * @param chances by how many apples are near; the last one for more
 */
export function regrow(
  state: CommonsState,
  orchard: Int32Array,
  chances: readonly number[],
  rng: RandomSource,
): void {
  const { apples, agentAt } = state;
  for (let i = 0; i < orchard.length; i++) {
    const cell = orchard[i]!;
    if (apples[cell] !== 0 || agentAt[cell]! >= 0) continue;
    const chance = chances[Math.min(applesNear(state, cell), chances.length - 1)]!;
    if (chance > 0 && rng.random() < chance) apples[cell] = budding;
  }
  for (let i = 0; i < orchard.length; i++) if (apples[orchard[i]!] === budding) apples[orchard[i]!] = 1;
}
