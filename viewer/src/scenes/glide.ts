/** How things move from one state to the next: plain geometry, without anything that draws. */

/** The states of two pictures; the second one twice where there is none to move on from. */
export function statesOf<State>(
  before: { state: unknown } | null,
  now: { state: unknown },
): [from: State, to: State] {
  const to = now.state as State;
  return [before === null ? to : (before.state as State), to];
}

export function between(from: number, to: number, share: number): number {
  return from + (to - from) * share;
}

/** The angle that is so far on the way, rad; the short way round. */
export function turnBetween(from: number, to: number, share: number): number {
  return from + turnOf(from, to) * share;
}

const turn = 2 * Math.PI;

/**
 * By how much an angle has changed, rad, when only its place in the circle is known.
 * @param expected what its speed makes likely: whole turns are taken off until the change is next to it
 */
export function turnOf(from: number, to: number, expected = 0): number {
  const change = to - from;
  return change - turn * Math.round((change - expected) / turn);
}

/** Radians by which a step may turn a thing otherwise than its speed makes likely. */
const surprise = 1;

/**
 * The angle of a turning thing so far on the way. One that has turned otherwise than expected has not turned but jumped, and
 * is there at once.
 * @param expected the change that its speed makes likely, rad
 */
export function spinBetween([from, to]: readonly [number, number], expected: number, share: number): number {
  const change = turnOf(from, to, expected);
  return Math.abs(change - expected) > surprise ? to : to - change * (1 - share);
}

export interface Cell {
  x: number;
  y: number;
}

/** Column and row of a cell that is numbered row after row. */
export function cellAt(cell: number, columns: number): Cell {
  return { x: cell % columns, y: Math.floor(cell / columns) };
}

/** Whether a thing can have walked from one cell to another in a step, or stayed. */
export function isStep(from: Cell, to: Cell): boolean {
  return Math.abs(from.x - to.x) + Math.abs(from.y - to.y) <= 1;
}

/** A cell so far on the way to the next; what has not walked there is there at once. */
export function cellBetween(from: Cell, to: Cell, share: number): Cell {
  if (!isStep(from, to)) return to;
  return { x: between(from.x, to.x, share), y: between(from.y, to.y, share) };
}
