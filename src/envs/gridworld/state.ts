import type { RandomSource } from "gymnasium-js";
import { occupant } from "./legend.js";
import type { Grid } from "./map.js";

/** A gridworld in play; cells are numbered row after row. */
export interface GridState {
  /** Ground code of each cell: taken keys and opened doors are floor. */
  ground: Uint8Array;
  /** Occupant code of each cell. */
  occupant: Uint8Array;
  /** Cell of each agent. */
  agents: Int32Array;
  /** Direction that each agent faces; 0 (up) throughout where actions are absolute. */
  headings: Uint8Array;
  /** Cell of each hazard. */
  hazards: Int32Array;
  /** Two cells for each digit from 1 to 9. */
  teleports: Int32Array;
  /** Keys that the team holds: bit c for colour c. */
  held: number;
  /** Targets without a box. */
  openTargets: number;
  /** Whether there is a goal to stand on, and a target to push a box onto. */
  hasGoal: boolean;
  hasTarget: boolean;
  /** Each agent's last action, -1 after a reset. */
  lastActions: Int8Array;
  /** Each agent's share of the last reward. One object per episode, so that a step makes none. */
  info: { agentRewards: Float64Array };
  /** The full view as observed, kept up to date cell by cell; empty where the view is partial. */
  picture: Uint8Array;
}

export function newState(grid: Grid, pictureSize: number): GridState {
  const numAgents = grid.agents.length;
  return {
    ground: grid.ground.slice(),
    occupant: grid.occupant.slice(),
    agents: grid.agents.slice(),
    headings: new Uint8Array(numAgents),
    hazards: grid.hazards.slice(),
    teleports: grid.teleports.slice(),
    held: 0,
    openTargets: grid.openTargets,
    hasGoal: grid.hasGoal,
    hasTarget: grid.hasTarget,
    lastActions: new Int8Array(numAgents).fill(-1),
    info: { agentRewards: new Float64Array(numAgents) },
    picture: new Uint8Array(pictureSize),
  };
}

/** Back to the start of `grid`, whose numbers of cells, agents and hazards are those of the state; all but the picture. */
export function resetState(state: GridState, grid: Grid): void {
  state.ground.set(grid.ground);
  state.occupant.set(grid.occupant);
  state.hazards.set(grid.hazards);
  state.teleports.set(grid.teleports);
  for (let agent = 0; agent < grid.agents.length; agent++) {
    state.agents[agent] = grid.agents[agent]!;
    state.headings[agent] = 0;
    state.lastActions[agent] = -1;
  }
  state.held = 0;
  state.openTargets = grid.openTargets;
  state.hasGoal = grid.hasGoal;
  state.hasTarget = grid.hasTarget;
  // What was handed out as the last episode's info stays as it is; that of one agent is not handed out.
  if (grid.agents.length > 1) state.info = { agentRewards: new Float64Array(grid.agents.length) };
  else state.info.agentRewards[0] = 0;
}

/**
 * Puts the agents, one after the other, on start cells that are still free, all alike: one `integers` each, and
 * one more for the heading if agents turn.
 */
export function scatterAgents(
  state: GridState,
  startCells: Int32Array,
  turns: boolean,
  rng: RandomSource,
): void {
  const { agents, headings, occupant: occupants } = state;
  for (const cell of agents) occupants[cell] = occupant.none;
  for (let agent = 0; agent < agents.length; agent++) {
    let left = rng.integers(0, startCells.length - agent);
    let place = 0;
    while (occupants[startCells[place]!] !== occupant.none || left-- > 0) place++;
    const heading = turns ? rng.integers(0, 4) : 0;
    agents[agent] = startCells[place]!;
    headings[agent] = heading;
    occupants[startCells[place]!] = occupant.agent + 4 * agent + heading;
  }
}
