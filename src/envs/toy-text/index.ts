import { frozenLake, frozenLake8x8 } from "./frozen-lake.js";

export {
  type FrozenLakeKwargs,
  type FrozenLakeRules,
  type FrozenLakeState,
  frozenLake,
  frozenLake8x8,
  frozenLakeRules,
} from "./frozen-lake.js";
export { frozenLakeMaps, generateRandomMap, type LakeMap } from "./frozen-lake-maps.js";
export { frozenLakeActions } from "./frozen-lake-table.js";

/** Gymnasium's toy text environments. */
export const toyText = [frozenLake, frozenLake8x8] as const;
