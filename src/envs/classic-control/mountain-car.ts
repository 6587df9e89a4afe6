import { box, defineEnv, discrete, type EnvRules, proceed, terminate } from "gymnasium-js";
import { type Kwargs, rejectUnknown } from "../kwargs.js";
import { mountainCarPicture, mountainCarText } from "../rendering/mountain-car.js";
import { finite, type ResetBounds, resetBounds } from "./options.js";

export interface MountainCarState {
  /** Along the ground, m. */
  position: number;
  /** m per step */
  velocity: number;
}

/** See `mountainCarRules`. */
export interface MountainCarKwargs {
  goalVelocity?: number;
}

const id = "MountainCar-v0";
const minPosition = -1.2;
const maxPosition = 0.6;
/** m per step */
const maxSpeed = 0.07;
const goalPosition = 0.5;
/** m per step^2 */
const force = 0.001;
const gravity = 0.0025;
const defaultBounds: ResetBounds = { low: -0.6, high: -0.4 };

/**
 * Gymnasium's MountainCar-v0: drive a car that is too weak for the hill on its right out of the valley, by swinging:
 * accelerate left (0), not at all (1), right (2). -1 per step. State in doubles; only the observation is rounded to
 * float32, `[position, velocity]`. The wall at the left takes all speed.
 *
 * A. W. Moore, Efficient memory-based learning for robot control, PhD thesis, University of Cambridge (1990).
 *
 * Keyword `goalVelocity` (0): the least velocity, m per step, with which the goal counts.
 * Reset options `low`, `high` (-0.6, -0.4): bounds of the uniform initial position; one outside the observation space
 * is refused with `invalid-observation`.
 */
export function mountainCarRules(
  kwargs: MountainCarKwargs = {},
): EnvRules<MountainCarState, Float32Array, number> {
  rejectUnknown(id, kwargs as Kwargs, ["goalVelocity"]);
  const goalVelocity = finite(kwargs as Kwargs, "goalVelocity", 0);

  return {
    id,
    observationSpace: box({
      low: [minPosition, -maxSpeed],
      high: [maxPosition, maxSpeed],
      dtype: "float32",
    }),
    actionSpace: discrete(3),
    maxEpisodeSteps: 200,
    rewardThreshold: -110,
    actionNames: ["left", "none", "right"],
    init(rng, options, previous) {
      const { low, high } = resetBounds(options, defaultBounds);
      // Fractions make engines store the numbers as doubles from the start.
      const state = previous ?? { position: 0.5, velocity: 0.5 };
      state.position = rng.uniform(low, high);
      state.velocity = 0;
      return state;
    },
    step(state, action) {
      const pull = (action - 1) * force + Math.cos(3 * state.position) * -gravity;
      let velocity = Math.min(Math.max(state.velocity + pull, -maxSpeed), maxSpeed);
      const position = Math.min(Math.max(state.position + velocity, minPosition), maxPosition);
      if (position === minPosition && velocity < 0) velocity = 0;
      state.position = position;
      state.velocity = velocity;
      return position >= goalPosition && velocity >= goalVelocity ? terminate(-1) : proceed(-1);
    },
    observe(state, out, offset) {
      out[offset] = state.position;
      out[offset + 1] = state.velocity;
    },
    renderAnsi: (state) => mountainCarText(state, goalPosition),
    renderRgb: (state) => mountainCarPicture(state, goalPosition),
  };
}

export const mountainCar = defineEnv(id, mountainCarRules);
