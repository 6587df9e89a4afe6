import { box, defineEnv, type EnvRules, proceed, type ResetOptions } from "gymnasium-js";
import { invalid, type Kwargs, rejectUnknown, show } from "../kwargs.js";
import { pendulumPicture, pendulumText } from "../rendering/pendulum.js";
import { finite } from "./options.js";

export interface PendulumState {
  /** From upright, rad, counter-clockwise; grows beyond a turn. */
  theta: number;
  /** rad/s */
  thetaDot: number;
  /** Last torque, N m, clipped; 0 after a reset. For drawing. */
  torque: number;
}

/** See `pendulumRules`. */
export interface PendulumKwargs {
  g?: number;
}

const id = "Pendulum-v1";
/** Seconds between steps. */
const tau = 0.05;
/** kg; m */
const mass = 1.0;
const length = 1.0;
/** rad/s */
const maxSpeed = 8;
/** N m */
const maxTorque = 2;
const { fround } = Math;
const turn = 2 * Math.PI;
const torqueCost = fround(0.001);
/** Largest angle and speed of the first state. */
const defaultLimits = { xInit: Math.PI, yInit: 1 };

/**
 * Gymnasium's Pendulum-v1: swing a rod up and keep it there by a torque from -2 to 2 N m (one float32; clipped to that).
 * Reward -(angle^2 + 0.1 angle'^2 + 0.001 torque^2), the angle within [-pi, pi) from upright; no end but the time limit.
 * State in doubles; the observation is float32 `[cos, sin, angle']`.
 *
 * Products of the torque are rounded to float32 where NumPy 2 does it (NumPy 1 differs in the last digits).
 *
 * Keyword `g` (10): gravity, m/s^2.
 * Reset options `xInit` (pi), `yInit` (1): the initial angle and speed are uniform between minus and plus these. A
 * speed outside the observation space is refused with `invalid-observation`.
 */
export function pendulumRules(
  kwargs: PendulumKwargs = {},
): EnvRules<PendulumState, Float32Array, Float32Array> {
  rejectUnknown(id, kwargs as Kwargs, ["g"]);
  const g = finite(kwargs as Kwargs, "g", 10);
  const pull = (3 * g) / (2 * length);
  const push = 3 / (mass * (length * length));
  const limits = [1, 1, maxSpeed];

  return {
    id,
    observationSpace: box({ low: limits.map((limit) => -limit), high: limits, dtype: "float32" }),
    actionSpace: box({ low: -maxTorque, high: maxTorque, shape: [1], dtype: "float32" }),
    maxEpisodeSteps: 200,
    init(rng, options, previous) {
      const { xInit, yInit } = options === undefined ? defaultLimits : resetLimits(options);
      // Fractions make engines store the numbers as doubles from the start.
      const state = previous ?? { theta: 0.5, thetaDot: 0.5, torque: 0.5 };
      state.theta = rng.uniform(-xInit, xInit);
      state.thetaDot = rng.uniform(-yInit, yInit);
      state.torque = 0;
      return state;
    },
    step(state, action) {
      const { theta, thetaDot } = state;
      const torque = Math.min(Math.max(action[0] as number, -maxTorque), maxTorque);
      // Python's modulo, with the sign of the divisor. In place, because a call that V8 does not inline boxes its doubles.
      const shifted = theta + Math.PI;
      const remainder = shifted >= 0 && shifted < turn ? shifted : shifted % turn;
      const angle = (remainder < 0 ? remainder + turn : remainder) - Math.PI;
      const cost = angle * angle + 0.1 * (thetaDot * thetaDot) + fround(torqueCost * fround(torque * torque));
      const speed = thetaDot + (pull * Math.sin(theta) + fround(push * torque)) * tau;
      state.thetaDot = Math.min(Math.max(speed, -maxSpeed), maxSpeed);
      state.theta = theta + state.thetaDot * tau;
      state.torque = torque;
      return proceed(-cost);
    },
    observe(state, out, offset) {
      out[offset] = Math.cos(state.theta);
      out[offset + 1] = Math.sin(state.theta);
      out[offset + 2] = state.thetaDot;
    },
    renderAnsi: pendulumText,
    renderRgb: pendulumPicture,
  };
}

export const pendulum = defineEnv(id, pendulumRules);

function resetLimits(options: ResetOptions): { xInit: number; yInit: number } {
  return { xInit: resetLimit(options, "xInit"), yInit: resetLimit(options, "yInit") };
}

function resetLimit(options: ResetOptions, name: keyof typeof defaultLimits): number {
  const limit = options[name] ?? defaultLimits[name];
  if (typeof limit !== "number" || !(limit >= 0 && Number.isFinite(limit))) {
    throw invalid(
      `Reset option ${name} is ${show(limit)}; give a finite number of at least 0, the largest initial ${name === "xInit" ? "angle in rad" : "speed in rad/s"}.`,
    );
  }
  return limit;
}
