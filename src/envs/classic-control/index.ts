import { cartPole } from "./cart-pole.js";

export { type CartPoleKwargs, type CartPoleState, cartPole, cartPoleRules } from "./cart-pole.js";

/** Gymnasium's classic control environments. */
export const classicControl = [cartPole] as const;
