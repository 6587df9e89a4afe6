import type { HarvestState } from "../arenas/harvest/harvest.js";
import { applesNear } from "../arenas/harvest/regrowth.js";
import { stepTowards } from "./commons-steps.js";
import type { Player } from "./player.js";

const anywhere = () => true;

/** Eats whatever apple is nearest, to the last one. */
export const harvestGreedy: Player<HarvestState> = {
  name: "greedy",
  act: (state, agent, rng) => stepTowards(state, agent, { isGoal: hasApple, isOpen: anywhere }, rng),
};

/** Eats the nearest apple that leaves enough near it, and waits while there is none. */
export const harvestRestrained: Player<HarvestState> = {
  name: "restrained",
  act: (state, agent, rng) => stepTowards(state, agent, { isGoal: isPlenty, isOpen: isEmpty }, rng),
};

function hasApple({ apples }: HarvestState, cell: number): boolean {
  return apples[cell] === 1;
}

function isEmpty(state: HarvestState, cell: number): boolean {
  return !hasApple(state, cell);
}

function isPlenty(state: HarvestState, cell: number): boolean {
  return hasApple(state, cell) && applesNear(state, cell) >= state.reserve;
}
