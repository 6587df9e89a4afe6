import type { Transition, TransitionTable } from "gymnasium-js";
import {
  cliffWalkingRules,
  frozenLakeRules,
  generateRandomMap,
  gridworldRules,
  tabulate,
  taxiRules,
} from "../../../src/envs/index.js";

export const to = (nextState: number, reward: number, rest: Partial<Transition> = {}): Transition => ({
  probability: 1,
  nextState,
  reward,
  terminated: false,
  ...rest,
});

/**
 * State 0: action 0 pays 1 and stays; action 1 pays nothing and leads to state 1. State 1: action 0 ends with 10, or
 * with probability 1/2 stays for nothing; action 1 goes back for nothing.
 */
export const tiny: TransitionTable = [
  [[to(0, 1)], [to(1, 0)]],
  [[to(1, 10, { probability: 0.5, terminated: true }), to(1, 0, { probability: 0.5 })], [to(0, 0)]],
];

/** By gamma, worked out: V(1) = 5 / (1 - gamma / 2) if going back is worse; V(0) = max(1 / (1 - gamma), gamma V(1)). */
export const tinyByHand: [gamma: number, V: [number, number], policy: [number, number]][] = [
  [0.5, [(0.5 * 5) / 0.75, 5 / 0.75], [1, 0]],
  [0.8, [(0.8 * 5) / 0.6, 5 / 0.6], [1, 0]],
  [0.88, [1 / 0.12, 5 / 0.56], [0, 0]],
];

/** Those of optimal.json, and gridworlds: with slips, with a key and a door, with lava and a hazard that walks at random. */
export const worlds: [string, TransitionTable][] = [
  ["FrozenLake", frozenLakeRules().P],
  ["FrozenLake, not slippery", frozenLakeRules({ isSlippery: false }).P],
  ["FrozenLake, 8x8", frozenLakeRules({ mapName: "8x8" }).P],
  ["FrozenLake, 8x8, not slippery", frozenLakeRules({ mapName: "8x8", isSlippery: false }).P],
  ["FrozenLake, costly", frozenLakeRules({ successRate: 0.8, rewardSchedule: [10, -3, -1] }).P],
  ["FrozenLake, random", frozenLakeRules({ desc: generateRandomMap(8, 0.8, 3) }).P],
  ["CliffWalking", cliffWalkingRules().P],
  ["CliffWalking, slippery", cliffWalkingRules({ isSlippery: true }).P],
  ["Taxi", taxiRules().P],
  ["Taxi, rainy", taxiRules({ isRainy: true }).P],
  ["Gridworld, slips", gridworld(["A...", ".L.#", "...G"], { slip: 0.2 })],
  ["Gridworld, key and door", gridworld(["A.r#", ".##.", "..RG"], {})],
  ["Gridworld, hazard", gridworld(["A..?", ".L..", "...G"], {})],
];

function gridworld(map: string[], kwargs: { slip?: number }): TransitionTable {
  return tabulate(gridworldRules({ id: "Test/Grid-v0", map }, kwargs)).P;
}
