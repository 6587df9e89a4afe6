import { acrobot } from "./acrobot.js";
import { cartPole } from "./cart-pole.js";
import { mountainCar } from "./mountain-car.js";
import { mountainCarContinuous } from "./mountain-car-continuous.js";
import { pendulum } from "./pendulum.js";

export { type AcrobotState, acrobot, acrobotRules } from "./acrobot.js";
export { type CartPoleKwargs, type CartPoleState, cartPole, cartPoleRules } from "./cart-pole.js";
export {
  type MountainCarKwargs,
  type MountainCarState,
  mountainCar,
  mountainCarRules,
} from "./mountain-car.js";
export {
  type MountainCarContinuousKwargs,
  type MountainCarContinuousState,
  mountainCarContinuous,
  mountainCarContinuousRules,
} from "./mountain-car-continuous.js";
export { type PendulumKwargs, type PendulumState, pendulum, pendulumRules } from "./pendulum.js";

/** Gymnasium's classic control environments. */
export const classicControl = [cartPole, mountainCar, mountainCarContinuous, acrobot, pendulum] as const;
