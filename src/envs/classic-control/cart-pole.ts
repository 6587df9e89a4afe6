import { box, defineEnv, discrete, type EnvRules, proceed, terminate } from "gymnasium-js";
import { flag, type Kwargs, rejectUnknown } from "../kwargs.js";
import { cartPolePicture, cartPoleText } from "../rendering/cart-pole.js";
import { type ResetBounds, resetBounds } from "./options.js";

export interface CartPoleState {
  /** Cart position, m. */
  x: number;
  /** m/s */
  xDot: number;
  /** Pole angle from upright, rad, positive to the right. */
  theta: number;
  /** rad/s */
  thetaDot: number;
}

/** See `cartPoleRules`. */
export interface CartPoleKwargs {
  suttonBartoReward?: boolean;
}

const id = "CartPole-v1";
/** m/s^2 */
const gravity = 9.8;
/** kg */
const cartMass = 1.0;
const poleMass = 0.1;
const totalMass = poleMass + cartMass;
/** Half of the pole, m. */
const poleLength = 0.5;
const poleMassLength = poleMass * poleLength;
/** N */
const forceMagnitude = 10.0;
/** Seconds between steps. */
const tau = 0.02;
/** rad; 12 degrees */
const thetaThreshold = (12 * 2 * Math.PI) / 360;
/** m */
const xThreshold = 2.4;
const defaultBounds: ResetBounds = { low: -0.05, high: 0.05 };

/**
 * Gymnasium's CartPole-v1: push a cart left (0) or right (1) so that the pole on it stays up. State in doubles,
 * semi-explicit Euler; only the observation is rounded to float32, `[x, x', angle, angle']`.
 *
 * A. G. Barto, R. S. Sutton, C. W. Anderson, Neuronlike adaptive elements that can solve difficult learning control
 * problems, IEEE Trans. SMC 13 (1983).
 *
 * Keyword `suttonBartoReward` (false): 0 per step and -1 for the end, in place of 1 per step.
 * Reset options `low`, `high` (-0.05, 0.05): bounds of the uniform initial values.
 */
export function cartPoleRules(kwargs: CartPoleKwargs = {}): EnvRules<CartPoleState, Float32Array, number> {
  rejectUnknown(id, kwargs as Kwargs, ["suttonBartoReward"]);
  const suttonBartoReward = flag(kwargs as Kwargs, "suttonBartoReward", false);
  const stepReward = suttonBartoReward ? 0 : 1;
  const endReward = suttonBartoReward ? -1 : 1;
  const limits = [2 * xThreshold, Infinity, 2 * thetaThreshold, Infinity];

  return {
    id,
    observationSpace: box({ low: limits.map((limit) => -limit), high: limits, dtype: "float32" }),
    actionSpace: discrete(2),
    maxEpisodeSteps: 500,
    rewardThreshold: 475,
    actionNames: ["left", "right"],
    init(rng, options, previous) {
      const { low, high } = resetBounds(options, defaultBounds);
      const state = previous ?? newState();
      state.x = rng.uniform(low, high);
      state.xDot = rng.uniform(low, high);
      state.theta = rng.uniform(low, high);
      state.thetaDot = rng.uniform(low, high);
      return state;
    },
    initBatch(rng, options, previous) {
      const { low, high } = resetBounds(options, defaultBounds);
      const states = previous.map((state) => state ?? newState());
      // One array of shape [4, states], row after row.
      for (const variable of variables) for (const state of states) state[variable] = rng.uniform(low, high);
      return states;
    },
    step(state, action) {
      advance(state, action === 1 ? forceMagnitude : -forceMagnitude);
      const { x, theta } = state;
      const fallen = x < -xThreshold || x > xThreshold || theta < -thetaThreshold || theta > thetaThreshold;
      return fallen ? terminate(endReward) : proceed(stepReward);
    },
    observe(state, out, offset) {
      out[offset] = state.x;
      out[offset + 1] = state.xDot;
      out[offset + 2] = state.theta;
      out[offset + 3] = state.thetaDot;
    },
    renderAnsi: (state) => cartPoleText(state, xThreshold),
    renderRgb: (state) => cartPolePicture(state, xThreshold),
  };
}

export const cartPole = defineEnv(id, cartPoleRules);

/** In the order of the observation. */
const variables = ["x", "xDot", "theta", "thetaDot"] as const satisfies (keyof CartPoleState)[];

/** Fractions make engines store the numbers as doubles from the start. */
function newState(): CartPoleState {
  return { x: 0.5, xDot: 0.5, theta: 0.5, thetaDot: 0.5 };
}

/** One Euler step, in Gymnasium's order of operations so that every bit agrees. */
function advance(state: CartPoleState, force: number): void {
  const { xDot, theta, thetaDot } = state;
  const cosTheta = Math.cos(theta);
  const sinTheta = Math.sin(theta);
  const pull = (force + poleMassLength * (thetaDot * thetaDot) * sinTheta) / totalMass;
  const thetaAcceleration =
    (gravity * sinTheta - cosTheta * pull) /
    (poleLength * (4.0 / 3.0 - (poleMass * (cosTheta * cosTheta)) / totalMass));
  const xAcceleration = pull - (poleMassLength * thetaAcceleration * cosTheta) / totalMass;
  state.x += tau * xDot;
  state.xDot = xDot + tau * xAcceleration;
  state.theta = theta + tau * thetaDot;
  state.thetaDot = thetaDot + tau * thetaAcceleration;
}
