import { thrustTo } from "../arenas/particles/steering.js";
import type { SpreadState } from "../arenas/spread.js";
import type { Player } from "./player.js";

/**
 * Goes to its own landmark: the nearest pair of an agent and a landmark belongs together, then the nearest of those that are left,
 * and so on. Who is left without one stays.
 */
export function spreadGreedy(): Player<SpreadState> {
  return {
    name: "greedy",
    act(state, agent) {
      const landmark = assignedTo(state, agent);
      const { positions, landmarks } = state;
      const goal = landmark < 0 ? positions.subarray(2 * agent) : landmarks.subarray(2 * landmark);
      return thrustTo(state, agent, goal[0]!, goal[1]!);
    },
  };
}

interface Pair {
  readonly agent: number;
  readonly landmark: number;
  readonly distance: number;
}

/** The landmark of an agent; -1 for none. */
function assignedTo({ radii, positions, landmarks }: SpreadState, agent: number): number {
  const pairs: Pair[] = [];
  for (let one = 0; one < radii.length; one++) {
    for (let landmark = 0; landmark < landmarks.length / 2; landmark++) {
      const dx = landmarks[2 * landmark]! - positions[2 * one]!;
      const dy = landmarks[2 * landmark + 1]! - positions[2 * one + 1]!;
      pairs.push({ agent: one, landmark, distance: Math.hypot(dx, dy) });
    }
  }
  pairs.sort((a, b) => a.distance - b.distance);
  const [taken, served] = [new Set<number>(), new Set<number>()];
  for (const pair of pairs) {
    if (taken.has(pair.landmark) || served.has(pair.agent)) continue;
    if (pair.agent === agent) return pair.landmark;
    taken.add(pair.landmark);
    served.add(pair.agent);
  }
  return -1;
}
