import { register } from "gymnasium-js";
import { cartPole } from "./classic-control/cart-pole.js";
import { minatarBreakout } from "./minatar/breakout.js";
import { frozenLake, frozenLake8x8 } from "./toy-text/frozen-lake.js";

export {
  type CartPoleKwargs,
  type CartPoleState,
  cartPole,
  cartPoleRules,
} from "./classic-control/cart-pole.js";
export { type BreakoutState, breakout, minatarBreakout } from "./minatar/breakout.js";
export {
  defineMinatar,
  type MinatarGame,
  type MinatarKwargs,
  type MinatarState,
  minatarActions,
  minatarRules,
} from "./minatar/minatar.js";
export {
  type FrozenLakeKwargs,
  type FrozenLakeRules,
  type FrozenLakeState,
  frozenLake,
  frozenLake8x8,
  frozenLakeRules,
} from "./toy-text/frozen-lake.js";
export { frozenLakeMaps, generateRandomMap, type LakeMap } from "./toy-text/frozen-lake-maps.js";
export { frozenLakeActions, type Transition, type TransitionTable } from "./toy-text/frozen-lake-table.js";

/** Makes all environments of Ludus known to `make`. Importing this module does it; doing it again changes nothing. */
export function registerAll(): void {
  register(frozenLake, frozenLake8x8, cartPole, minatarBreakout.v0, minatarBreakout.v1);
}

registerAll();
