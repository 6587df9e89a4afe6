import type { RandomSource } from "gymnasium-js";
import { occupant } from "./legend.js";
import { admitsHazard, type Surroundings } from "./movement.js";
import type { GridState } from "./state.js";

/**
 * Moves the hazards, in reading order of the map. Patrols go on along their row or column and turn round where they
 * cannot; random walkers draw one of four directions (`integers(0, 4)`) and stay if it is blocked.
 * @returns the agent that was caught, -1 if none was; hazards after the one that caught it stay
 */
export function moveHazards(world: Surroundings, state: GridState, rng: RandomSource): number {
  const { hazards } = state;
  for (let hazard = 0; hazard < hazards.length; hazard++) {
    const caught = moveHazard(world, state, hazard, rng);
    if (caught >= 0) return caught;
  }
  return -1;
}

function moveHazard(world: Surroundings, state: GridState, hazard: number, rng: RandomSource): number {
  const { neighbours, paint } = world;
  const { hazards, occupant: occupants } = state;
  const from = hazards[hazard]!;
  let code = occupants[from]!;
  const walks = code === occupant.wanderer;
  let to = neighbours[4 * from + (walks ? rng.integers(0, 4) : code - occupant.patrol)]!;
  if (!walks && !admitsHazard(state, to)) {
    code = occupant.patrol + ((code - occupant.patrol) ^ 2);
    to = neighbours[4 * from + code - occupant.patrol]!;
  }
  if (!admitsHazard(state, to)) to = from;
  if (to === from && code === occupants[from]) return -1;
  const there = to === from ? occupant.none : occupants[to]!;
  occupants[from] = occupant.none;
  occupants[to] = code;
  hazards[hazard] = to;
  paint(state, from);
  paint(state, to);
  return there >= occupant.agent ? (there - occupant.agent) >> 2 : -1;
}
