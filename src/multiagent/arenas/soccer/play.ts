import { cellAfter, left, right, stay } from "../commons-grid.js";
import { isGoalRow, type SoccerState, teamOf } from "./state.js";

/** The action after the moves. */
export const pass = stay + 1;

/** What a player does, as its team sees it: left is backwards, right forwards. */
export function act(state: SoccerState, player: number, action: number): void {
  if (action === pass) {
    // Somebody may have taken the ball before its turn came.
    if (state.holder === player) passBall(state, player);
  } else if (action !== stay) {
    move(state, player, directionOf(teamOf(state, player), action));
  }
}

/** On the pitch, of a move as the team sees it. */
export function directionOf(team: 0 | 1, move: number): number {
  return team === 1 && (move === left || move === right) ? left + right - move : move;
}

function move(state: SoccerState, player: number, direction: number): void {
  const { cells, playerAt, holder } = state;
  const cell = cells[player]!;
  const next = cellAfter(state, cell, direction);
  if (next < 0) {
    if (holder === player && isGoal(state, player, direction)) state.scorer = teamOf(state, player);
    return;
  }
  const other = playerAt[next]!;
  if (other >= 0) {
    if (holder === player) state.holder = other;
    else if (holder === other) state.holder = player;
    return;
  }
  playerAt[cell] = -1;
  playerAt[next] = player;
  cells[player] = next;
}

/** Whether a move across the edge leads into the other team's goal. */
function isGoal(state: SoccerState, player: number, direction: number): boolean {
  return direction === directionOf(teamOf(state, player), right) && isGoalRow(state, state.cells[player]!);
}

function passBall(state: SoccerState, player: number): void {
  const { cells, playerAt, width } = state;
  const mate = nearestMate(state, player);
  const steps = flight(state, player, mate);
  const [row, column] = [Math.floor(cells[player]! / width), cells[player]! % width];
  const rows = Math.floor(cells[mate]! / width) - row;
  const columns = (cells[mate]! % width) - column;
  state.holder = mate;
  for (let step = 1; step < steps; step++) {
    const cell = (row + part(rows, step, steps)) * width + column + part(columns, step, steps);
    const other = playerAt[cell]!;
    if (other < 0 || teamOf(state, other) === teamOf(state, player)) continue;
    state.holder = other;
    return;
  }
}

function nearestMate(state: SoccerState, player: number): number {
  const first = teamOf(state, player) * state.teamSize;
  let nearest = -1;
  for (let mate = first; mate < first + state.teamSize; mate++) {
    if (mate === player) continue;
    if (nearest < 0 || flight(state, player, mate) < flight(state, player, nearest)) nearest = mate;
  }
  return nearest;
}

/** Cells that the ball comes to on its way from one player to another, that one's included. */
function flight({ cells, width }: SoccerState, from: number, to: number): number {
  const rows = Math.abs(Math.floor(cells[from]! / width) - Math.floor(cells[to]! / width));
  return Math.max(rows, Math.abs((cells[from]! % width) - (cells[to]! % width)));
}

/** How far so many steps of a way are, to a whole number, and alike in both directions. */
function part(way: number, step: number, steps: number): number {
  return Math.sign(way) * Math.floor((Math.abs(way) * step) / steps + 0.5);
}
