import { defineGridworld } from "./gridworld.js";
import { gridworldTasks } from "./tasks.js";

export * from "./generators/index.js";
export {
  defineGridworld,
  type GridworldRules,
  type GridworldTask,
  gridworldRules,
} from "./gridworld.js";
export type { MapGenerator } from "./levels.js";
export type { GridMap } from "./map.js";
export type { GridworldKwargs, GridworldOptions } from "./options.js";
export type { GridState } from "./state.js";
export { gridworldTasks, type RatedTask } from "./tasks.js";
export { type TabulatedGridworld, tabulate } from "./transitions.js";

/** The registered gridworlds; one counts as solved at 95 % of the optimal return. */
export const gridworlds = gridworldTasks.map((task) =>
  defineGridworld({ ...task, rewardThreshold: Number((0.95 * task.optimalReturn).toFixed(3)) }),
);
