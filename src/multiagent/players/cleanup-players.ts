import type { CleanupState } from "../arenas/cleanup/cleanup.js";
import { stay } from "../arenas/commons-grid.js";
import { stepTowards } from "./commons-steps.js";
import type { Player } from "./player.js";

const clean = stay + 1;
const anywhere = () => true;

/** Eats whatever apple is nearest, and never cleans. */
export const cleanupEater: Player<CleanupState> = {
  name: "eater",
  act: (state, agent, rng) => stepTowards(state, agent, { isGoal: hasApple, isOpen: anywhere }, rng),
};

/** Cleans what is around it, and else goes to the nearest waste. */
export const cleanupCleaner: Player<CleanupState> = {
  name: "cleaner",
  act(state, agent, rng) {
    if (isWasteAround(state, agent)) return clean;
    return stepTowards(state, agent, { isGoal: isPolluted, isOpen: anywhere }, rng);
  },
};

function hasApple({ apples }: CleanupState, cell: number): boolean {
  return apples[cell] === 1;
}

function isPolluted({ polluted }: CleanupState, cell: number): boolean {
  return polluted[cell] === 1;
}

function isWasteAround({ cells, width, reach, polluted }: CleanupState, agent: number): boolean {
  const row = Math.floor(cells[agent]! / width);
  const column = cells[agent]! % width;
  return polluted.some(
    (waste, cell) =>
      waste === 1 &&
      Math.abs(Math.floor(cell / width) - row) <= reach &&
      Math.abs((cell % width) - column) <= reach,
  );
}
