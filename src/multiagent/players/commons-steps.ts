import type { RandomSource } from "gymnasium-js";
import type { CommonsState } from "../arenas/commons.js";
import { cellAfter, stay } from "../arenas/commons-grid.js";

export interface Search<State> {
  readonly isGoal: (state: State, cell: number) => boolean;
  /** Whether a cell may be stepped on that is no goal; nobody can step on others. */
  readonly isOpen: (state: State, cell: number) => boolean;
}

/**
 * First move of a shortest way to the nearest goal, by breadth-first search; `stay` where there is none, or the agent is away.
 * Which one of several is chance.
 */
export function stepTowards<State extends CommonsState>(
  state: State,
  agent: number,
  { isGoal, isOpen }: Search<State>,
  rng: RandomSource,
): number {
  const { agentAt, cells } = state;
  if (cells[agent]! < 0) return stay;
  const firstMoves = new Int8Array(agentAt.length).fill(-1);
  const queue = [cells[agent]!];
  firstMoves[cells[agent]!] = stay;
  const turn = rng.integers(0, stay);
  for (const cell of queue) {
    for (let i = 0; i < stay; i++) {
      const move = (i + turn) % stay;
      const next = cellAfter(state, cell, move);
      if (next < 0 || firstMoves[next]! >= 0 || agentAt[next]! >= 0) continue;
      firstMoves[next] = firstMoves[cell] === stay ? move : firstMoves[cell]!;
      if (isGoal(state, next)) return firstMoves[next]!;
      if (isOpen(state, next)) queue.push(next);
    }
  }
  return stay;
}
