import { box, defineEnv, discrete, type EnvRules, proceed, terminate } from "gymnasium-js";
import { type Kwargs, rejectUnknown } from "../kwargs.js";
import { acrobotPicture, acrobotText } from "../rendering/acrobot.js";
import { type ResetBounds, resetBounds } from "./options.js";

export interface AcrobotState {
  /** First link from hanging down, rad, within [-pi, pi]. */
  theta1: number;
  /** Second link from the direction of the first, rad, within [-pi, pi]. */
  theta2: number;
  /** rad/s */
  theta1Dot: number;
  theta2Dot: number;
  /** Cosines and sine of the angles above: wanted for the observation, and again in the next step. */
  cos1: number;
  cos2: number;
  sin2: number;
}

const id = "Acrobot-v1";
/** Seconds between steps. */
const tau = 0.2;
/** m/s^2 */
const gravity = 9.8;
/** Of each link: length, m; mass, kg; distance of the centre of mass, m; moment of inertia, kg m^2. */
const length = 1.0;
const mass = 1.0;
const centre = 0.5;
const inertia = 1.0;
/** rad/s */
const maxSpeed1 = 4 * Math.PI;
const maxSpeed2 = 9 * Math.PI;
/** N m, by action. */
const torques = Float64Array.of(-1, 0, 1);
const quarterTurn = Math.PI / 2;
const turn = 2 * Math.PI;
/** The end of the chain has to be higher than this, m above the fixed joint. */
const targetHeight = 1.0;
const defaultBounds: ResetBounds = { low: -0.1, high: 0.1 };

const coupling = mass * length * centre;
const centreInertia = mass * (centre * centre);
const lengthsSquared = length * length + centre * centre;
const weight1 = (mass * centre + mass * length) * gravity;
const weight2 = mass * centre * gravity;

/**
 * Gymnasium's Acrobot-v1: swing the end of a chain of two links a metre above its fixed end by a torque of -1 (0), 0
 * (1) or 1 N m (2) on the joint between them. -1 per step, 0 for the last. One Runge-Kutta step of fourth order with the
 * dynamics of Sutton and Barto's book. Observation float32 `[cos 1, sin 1, cos 2, sin 2, angle 1', angle 2']`.
 *
 * R. S. Sutton, Generalization in reinforcement learning: successful examples using sparse coarse coding, NIPS 8 (1996).
 *
 * No keywords. Reset options `low`, `high` (-0.1, 0.1): bounds of the four uniform initial values; speeds outside the
 * observation space are refused with `invalid-observation`.
 */
export function acrobotRules(kwargs: object = {}): EnvRules<AcrobotState, Float32Array, number> {
  rejectUnknown(id, kwargs as Kwargs, []);
  const limits = [1, 1, 1, 1, maxSpeed1, maxSpeed2];

  return {
    id,
    observationSpace: box({ low: limits.map((limit) => -limit), high: limits, dtype: "float32" }),
    actionSpace: discrete(3),
    maxEpisodeSteps: 500,
    rewardThreshold: -100,
    actionNames: ["torque -1", "torque 0", "torque +1"],
    init(rng, options, previous) {
      const { low, high } = resetBounds(options, defaultBounds);
      const state = previous ?? newState();
      // Gymnasium rounds the state to float32 here, and never again.
      state.theta1 = Math.fround(rng.uniform(low, high));
      state.theta2 = Math.fround(rng.uniform(low, high));
      state.theta1Dot = Math.fround(rng.uniform(low, high));
      state.theta2Dot = Math.fround(rng.uniform(low, high));
      refreshTrigonometry(state);
      return state;
    },
    step(state, action) {
      integrate(state, action);
      wrapAngles(state);
      state.theta1Dot = Math.min(Math.max(state.theta1Dot, -maxSpeed1), maxSpeed1);
      state.theta2Dot = Math.min(Math.max(state.theta2Dot, -maxSpeed2), maxSpeed2);
      refreshTrigonometry(state);
      const high = -state.cos1 - Math.cos(state.theta2 + state.theta1) > targetHeight;
      return high ? terminate(0) : proceed(-1);
    },
    observe(state, out, offset) {
      out[offset] = state.cos1;
      out[offset + 1] = Math.sin(state.theta1);
      out[offset + 2] = state.cos2;
      out[offset + 3] = state.sin2;
      out[offset + 4] = state.theta1Dot;
      out[offset + 5] = state.theta2Dot;
    },
    renderAnsi: (state) => acrobotText(state, targetHeight),
    renderRgb: (state) => acrobotPicture(state, targetHeight),
  };
}

export const acrobot = defineEnv(id, acrobotRules);

/** Fractions make engines store the numbers as doubles from the start. */
function newState(): AcrobotState {
  return { theta1: 0.5, theta2: 0.5, theta1Dot: 0.5, theta2Dot: 0.5, cos1: 0.5, cos2: 0.5, sin2: 0.5 };
}

function refreshTrigonometry(state: AcrobotState): void {
  state.cos1 = Math.cos(state.theta1);
  state.cos2 = Math.cos(state.theta2);
  state.sin2 = Math.sin(state.theta2);
}

/**
 * Runge-Kutta of fourth order over `tau` seconds, in Gymnasium's order of operations so that every bit agrees. One loop
 * without calls, so that an engine keeps all numbers in registers and allocates none.
 */
function integrate(state: AcrobotState, action: number): void {
  const torque = torques[action] as number;
  const { theta1, theta2, theta1Dot, theta2Dot } = state;
  // Where slopes are taken, and their weighted sums so far.
  let angle1 = theta1;
  let angle2 = theta2;
  let speed1 = theta1Dot;
  let speed2 = theta2Dot;
  let { cos2, sin2 } = state;
  let sumSpeed1 = 0;
  let sumSpeed2 = 0;
  let sumAcceleration1 = 0;
  let sumAcceleration2 = 0;
  for (let stage = 0; ; stage++) {
    const d1 = centreInertia + mass * (lengthsSquared + 2 * length * centre * cos2) + inertia + inertia;
    const d2 = mass * (centre * centre + length * centre * cos2) + inertia;
    const phi2 = weight2 * Math.cos(angle1 + angle2 - quarterTurn);
    const phi1 =
      -coupling * (speed2 * speed2) * sin2 -
      2 * coupling * speed2 * speed1 * sin2 +
      weight1 * Math.cos(angle1 - quarterTurn) +
      phi2;
    const acceleration2 =
      (torque + (d2 / d1) * phi1 - coupling * (speed1 * speed1) * sin2 - phi2) /
      (centreInertia + inertia - (d2 * d2) / d1);
    const acceleration1 = -(d2 * acceleration2 + phi1) / d1;

    const weight = stage === 0 || stage === 3 ? 1 : 2;
    sumSpeed1 += weight * speed1;
    sumSpeed2 += weight * speed2;
    sumAcceleration1 += weight * acceleration1;
    sumAcceleration2 += weight * acceleration2;
    if (stage === 3) break;

    const ahead = stage === 2 ? tau : tau / 2;
    angle1 = theta1 + ahead * speed1;
    angle2 = theta2 + ahead * speed2;
    speed1 = theta1Dot + ahead * acceleration1;
    speed2 = theta2Dot + ahead * acceleration2;
    cos2 = Math.cos(angle2);
    sin2 = Math.sin(angle2);
  }
  state.theta1 = theta1 + (tau / 6) * sumSpeed1;
  state.theta2 = theta2 + (tau / 6) * sumSpeed2;
  state.theta1Dot = theta1Dot + (tau / 6) * sumAcceleration1;
  state.theta2Dot = theta2Dot + (tau / 6) * sumAcceleration2;
}

/** Takes whole turns off until both angles are within [-pi, pi]. */
function wrapAngles(state: AcrobotState): void {
  while (state.theta1 > Math.PI) state.theta1 -= turn;
  while (state.theta1 < -Math.PI) state.theta1 += turn;
  while (state.theta2 > Math.PI) state.theta2 -= turn;
  while (state.theta2 < -Math.PI) state.theta2 += turn;
}
