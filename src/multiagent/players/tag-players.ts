import { nearestDisc, thrustAlong } from "../arenas/particles/steering.js";
import type { TagState } from "../arenas/tag.js";
import type { Player } from "./player.js";

/** Goes straight for the nearest of the runners. */
export function tagChaser(): Player<TagState> {
  return {
    name: "chaser",
    act(state, agent) {
      const { positions, chasers, radii } = state;
      const [x, y] = [positions[2 * agent]!, positions[2 * agent + 1]!];
      const { disc } = nearestDisc(state, x, y, chasers, radii.length);
      return thrustAlong(positions[2 * disc]! - x, positions[2 * disc + 1]! - y);
    },
  };
}

/** How far a runner thinks ahead, in units of length. */
const ahead = 0.3;
/** By action: left, right, down, up. */
const directions = [
  [-1, 0],
  [1, 0],
  [0, -1],
  [0, 1],
] as const;

/** Goes where it is farthest from the nearest of the chasers, of what lies ahead in each direction within the walls. */
export function tagRunner(): Player<TagState> {
  return {
    name: "runner",
    act(state, agent) {
      const { side, positions, chasers, radii } = state;
      const within = (coordinate: number) =>
        Math.min(Math.max(coordinate, radii[agent]!), side - radii[agent]!);
      const distances = directions.map(([dx, dy]) => {
        const x = within(positions[2 * agent]! + dx * ahead);
        const y = within(positions[2 * agent + 1]! + dy * ahead);
        return nearestDisc(state, x, y, 0, chasers).distance;
      });
      return 1 + distances.indexOf(Math.max(...distances));
    },
  };
}
