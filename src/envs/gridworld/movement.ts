import { ground, isDoor, isKey, isOneWay, numGrounds, occupant } from "./legend.js";
import { otherEnd } from "./map.js";
import type { GridState } from "./state.js";

/** What became of an agent. */
export const fate = { alive: 0, lava: 1, hazard: 2, decoy: 3 } as const;

/** What movement needs beside the state. */
export interface Surroundings {
  /** See `neighbourTable`. */
  readonly neighbours: Int32Array;
  /** Called after a cell has changed. */
  readonly paint: (state: GridState, cell: number) => void;
}

/** 1 for ground on which boxes and hazards may be: floor, ice, targets, signs. */
const isOpen = new Uint8Array(numGrounds);
for (const code of [ground.floor, ground.ice, ground.target, ground.sign, ground.sign + 1]) isOpen[code] = 1;

/**
 * Moves an agent one cell, and on over ice until something stops it. Boxes in the way are pushed, keys taken, doors
 * opened if the team holds the key; what cannot be entered stops the agent where it is.
 */
export function moveAgent(world: Surroundings, state: GridState, agent: number, direction: number): number {
  const { ground: grounds, occupant: occupants, agents } = state;
  const from = agents[agent]!;
  const self = occupants[from]!;
  occupants[from] = occupant.none;
  let at = from;
  let code: number = ground.ice;
  do {
    const to = entered(world, state, at, direction);
    if (to < 0) break;
    at = to;
    code = grounds[at]!;
  } while (code === ground.ice && occupants[at] === occupant.none);
  agents[agent] = at;
  if (occupants[at] !== occupant.none) {
    // A hazard, which stays to be seen in the agent's place.
    world.paint(state, from);
    return fate.hazard;
  }
  occupants[at] = self;
  if (at === from) return fate.alive;
  if (isKey(code)) takeKey(world, state, at, code);
  else if (isDoor(code)) grounds[at] = ground.floor;
  world.paint(state, from);
  world.paint(state, at);
  return code === ground.lava ? fate.lava : code === ground.decoy ? fate.decoy : fate.alive;
}

/** The cell that a move from `at` ends on, with boxes pushed out of the way; -1 if it is barred. */
function entered(world: Surroundings, state: GridState, at: number, direction: number): number {
  const { ground: grounds, occupant: occupants } = state;
  const to = world.neighbours[4 * at + direction]!;
  if (to < 0) return -1;
  const code = grounds[to]!;
  if (code === ground.wall) return -1;
  if (code >= ground.oneWay) {
    if (isOneWay(code) && code !== ground.oneWay + direction) return -1;
    if (isDoor(code) && ((state.held >> (code - ground.door)) & 1) === 0) return -1;
  }
  const there = occupants[to]!;
  if (there >= occupant.agent) return -1;
  if (there === occupant.box && !pushBox(world, state, to, direction)) return -1;
  if (code < ground.teleport) return to;
  const end = otherEnd(state.teleports, code, to);
  return occupants[end] === occupant.none ? end : -1;
}

function takeKey(world: Surroundings, state: GridState, cell: number, code: number): void {
  state.ground[cell] = ground.floor;
  state.held |= 1 << (code - ground.key);
  // Whoever sees an agent sees the keys.
  for (let agent = 0; agent < state.agents.length; agent++) world.paint(state, state.agents[agent]!);
}

/** Pushes the box on `from` one cell, and on over ice; false if it does not move. */
function pushBox(world: Surroundings, state: GridState, from: number, direction: number): boolean {
  const { ground: grounds, occupant: occupants } = state;
  const { neighbours } = world;
  let at = from;
  do {
    const to = neighbours[4 * at + direction]!;
    if (to < 0 || isOpen[grounds[to]!] === 0 || occupants[to] !== occupant.none) break;
    at = to;
  } while (grounds[at] === ground.ice);
  if (at === from) return false;
  occupants[from] = occupant.none;
  occupants[at] = occupant.box;
  if (grounds[from] === ground.target) state.openTargets++;
  if (grounds[at] === ground.target) state.openTargets--;
  world.paint(state, from);
  world.paint(state, at);
  return true;
}

/** Whether a hazard could move to a cell. */
export function admitsHazard(state: GridState, cell: number): boolean {
  if (cell < 0 || isOpen[state.ground[cell]!] === 0) return false;
  const there = state.occupant[cell]!;
  return there === occupant.none || there >= occupant.agent;
}
