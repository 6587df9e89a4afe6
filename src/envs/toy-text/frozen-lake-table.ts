import type { Transition, TransitionTable } from "gymnasium-js";
import type { LakeMap } from "./frozen-lake-maps.js";

/** Left, down, right, up. */
export const frozenLakeActions = ["Left", "Down", "Right", "Up"] as const;

/** What the table follows from. */
export interface Lake {
  desc: LakeMap;
  isSlippery: boolean;
  successRate: number;
  /** Reward for entering a goal, a hole, a frozen cell. */
  rewardSchedule: readonly [goal: number, hole: number, frozen: number];
}

/** All outcomes of all actions in all cells; goals and holes keep whoever is in them. */
export function transitionTable({ desc, isSlippery, successRate, rewardSchedule }: Lake): TransitionTable {
  const [goalReward, holeReward, frozenReward] = rewardSchedule;
  const columns = desc[0]!.length;
  const failRate = (1 - successRate) / 2;

  const move = (state: number, direction: number, probability: number): Transition => {
    const nextState = neighbour(desc, state, direction);
    const letter = desc[Math.floor(nextState / columns)]![nextState % columns]!;
    const reward = letter === "G" ? goalReward : letter === "H" ? holeReward : frozenReward;
    return { probability, nextState, reward, terminated: letter === "G" || letter === "H" };
  };
  const outcomes = (state: number, letter: string, action: number): Transition[] => {
    if (letter === "G" || letter === "H")
      return [{ probability: 1, nextState: state, reward: 0, terminated: true }];
    if (!isSlippery) return [move(state, action, 1)];
    return [(action + 3) % 4, action, (action + 1) % 4].map((direction) =>
      move(state, direction, direction === action ? successRate : failRate),
    );
  };
  return [...desc.join("")].map((letter, state) =>
    frozenLakeActions.map((_, action) => outcomes(state, letter, action)),
  );
}

function neighbour(desc: LakeMap, state: number, direction: number): number {
  const columns = desc[0]!.length;
  const row = Math.floor(state / columns);
  const column = state % columns;
  if (direction === 0) return row * columns + Math.max(column - 1, 0);
  if (direction === 1) return Math.min(row + 1, desc.length - 1) * columns + column;
  if (direction === 2) return row * columns + Math.min(column + 1, columns - 1);
  return Math.max(row - 1, 0) * columns + column;
}
