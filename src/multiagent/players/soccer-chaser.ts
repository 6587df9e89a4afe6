import type { RandomSource } from "gymnasium-js";
import { cellAfter, down, left, right, stay, up } from "../arenas/commons-grid.js";
import { directionOf } from "../arenas/soccer/play.js";
import { isGoalRow, type SoccerState, teamOf } from "../arenas/soccer/state.js";
import type { Player } from "./player.js";

/**
 * Runs to the ball if the others have it, and to their goal if its own team has. Steps aside where an opponent is in the way, and
 * hands the ball to a mate who is.
 */
export const soccerChaser: Player<SoccerState> = {
  name: "chaser",
  act(state, agent, rng) {
    const { cells, holder } = state;
    const isOurs = teamOf(state, holder) === teamOf(state, agent);
    return isOurs ? attack(state, agent, rng) : towards(state, agent, cells[holder]!, rng);
  },
};

function attack(state: SoccerState, agent: number, rng: RandomSource): number {
  const cell = state.cells[agent]!;
  const ahead = cellAfter(state, cell, directionOf(teamOf(state, agent), right));
  if (ahead < 0 && isGoalRow(state, cell)) return state.holder === agent ? right : stay;
  if (isOpen(state, agent, ahead)) return right;
  const aside = ahead < 0 ? towardsGoal(state, cell) : rng.integers(0, 2) === 0 ? up : down;
  return isOpen(state, agent, cellAfter(state, cell, aside)) ? aside : stay;
}

/** Beside the goal there is only one way to go. */
function towardsGoal({ width, goalTop }: SoccerState, cell: number): number {
  return Math.floor(cell / width) < goalTop ? down : up;
}

/** Whether it gets anywhere there: it, or the ball that it has. */
function isOpen(state: SoccerState, agent: number, cell: number): boolean {
  if (cell < 0) return false;
  const other = state.playerAt[cell]!;
  return other < 0 || (state.holder === agent && teamOf(state, other) === teamOf(state, agent));
}

/** Along one of the axes on which the cell is away, the longer one more often. */
function towards(state: SoccerState, agent: number, goal: number, rng: RandomSource): number {
  const { cells, width } = state;
  const cell = cells[agent]!;
  const rows = Math.floor(goal / width) - Math.floor(cell / width);
  const columns = (goal % width) - (cell % width);
  const isAcross = rng.integers(0, Math.abs(rows) + Math.abs(columns)) < Math.abs(columns);
  if (!isAcross) return rows < 0 ? up : down;
  return directionOf(teamOf(state, agent), columns < 0 ? left : right);
}
