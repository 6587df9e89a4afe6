import { isClear, type SightLines } from "../../../../src/envs/gridworld/egocentric.js";
import type { GridState } from "../../../../src/envs/index.js";

/** 1 for each cell of the map that any of the agents sees. */
export function seenCells(lines: SightLines, state: GridState): Uint8Array {
  const seen = new Uint8Array(state.ground.length);
  for (const [agent, cell] of state.agents.entries())
    look(lines, state, { cell, heading: state.headings[agent]! }, seen);
  return seen;
}

/** Follows the light from an agent outward, as its observation does. */
function look(
  { cells, places, steps }: SightLines,
  { ground: grounds }: GridState,
  { cell: own, heading }: { cell: number; heading: number },
  seen: Uint8Array,
): void {
  const perHeading = steps.length / 4;
  /** Whether light passes on from each cell of the view; from beyond the last, there always comes some. */
  const light = new Uint8Array(perHeading / 4 + 1);
  light[light.length - 1] = 1;
  for (let at = heading * perHeading; at < (heading + 1) * perHeading; at += 4) {
    if ((light[steps[at + 1]!]! | light[steps[at + 2]!]!) === 0) continue;
    const cell = cells[places[own]! + steps[at + 3]!]!;
    if (cell < 0) continue;
    seen[cell] = 1;
    light[steps[at]!] = isClear[grounds[cell]!]!;
  }
}
