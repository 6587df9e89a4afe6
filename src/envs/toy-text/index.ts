import { blackjack } from "./blackjack.js";
import { cliffWalking, cliffWalkingSlippery } from "./cliff-walking.js";
import { frozenLake, frozenLake8x8 } from "./frozen-lake.js";
import { taxi } from "./taxi.js";

export {
  type BlackjackHand,
  type BlackjackKwargs,
  type BlackjackObservation,
  type BlackjackState,
  blackjack,
  blackjackActions,
  blackjackRules,
} from "./blackjack.js";
export {
  type CliffWalkingKwargs,
  type CliffWalkingRules,
  type CliffWalkingState,
  cliffWalking,
  cliffWalkingActions,
  cliffWalkingRules,
  cliffWalkingSlippery,
} from "./cliff-walking.js";
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
export { type TaxiKwargs, type TaxiRules, type TaxiState, taxi, taxiRules } from "./taxi.js";
export { decodeTaxi, encodeTaxi, type TaxiSituation, taxiActions } from "./taxi-table.js";

/** Gymnasium's toy text environments. */
export const toyText = [
  frozenLake,
  frozenLake8x8,
  cliffWalking,
  cliffWalkingSlippery,
  taxi,
  blackjack,
] as const;
