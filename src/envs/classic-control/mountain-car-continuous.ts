import { box, defineEnv, type EnvRules, proceed, terminate } from "gymnasium-js";
import { type Kwargs, rejectUnknown } from "../kwargs.js";
import { mountainCarPicture, mountainCarText } from "../rendering/mountain-car.js";
import { finite, type ResetBounds, resetBounds } from "./options.js";

export interface MountainCarContinuousState {
  /** Along the ground, m. */
  position: number;
  /** m per step */
  velocity: number;
  /** Whether no step has been made since the reset: position and velocity are then doubles, later float32. */
  fresh: boolean;
}

/** See `mountainCarContinuousRules`. */
export interface MountainCarContinuousKwargs {
  goalVelocity?: number;
}

const id = "MountainCarContinuous-v0";
const minPosition = -1.2;
const maxPosition = 0.6;
/** m per step */
const maxSpeed = 0.07;
const goalPosition = 0.45;
/** m per step^2 and unit of force */
const power = 0.0015;
const gravity = 0.0025;
const goalReward = 100;
const defaultBounds: ResetBounds = { low: -0.6, high: -0.4 };
const { fround } = Math;
const roundedPower = fround(power);
/** What the first step compares with, and what the later ones do. */
const exactLimits = { speed: maxSpeed, wall: minPosition, end: maxPosition, goal: goalPosition };
const roundedLimits = {
  speed: fround(maxSpeed),
  wall: fround(minPosition),
  end: fround(maxPosition),
  goal: fround(goalPosition),
};

/**
 * Gymnasium's MountainCarContinuous-v0: MountainCar with a force from -1 to 1 (one float32; clipped to that) and a goal at
 * 0.45 m. Reward -0.1 times the square of the action as given, before it is clipped, and 100 for the goal.
 * Observation float32 `[position, velocity]`. The wall at the left takes all speed.
 *
 * The state is float32 after the first step, and rounded where NumPy 2 rounds it (NumPy 1 differs in the last digits).
 *
 * A. W. Moore, Efficient memory-based learning for robot control, PhD thesis, University of Cambridge (1990).
 *
 * Keyword `goalVelocity` (0): the least velocity, m per step, with which the goal counts.
 * Reset options `low`, `high` (-0.6, -0.4): bounds of the uniform initial position; one outside the observation space
 * is refused with `invalid-observation`.
 */
export function mountainCarContinuousRules(
  kwargs: MountainCarContinuousKwargs = {},
): EnvRules<MountainCarContinuousState, Float32Array, Float32Array> {
  rejectUnknown(id, kwargs as Kwargs, ["goalVelocity"]);
  const goalVelocity = finite(kwargs as Kwargs, "goalVelocity", 0);
  const roundedGoalVelocity = fround(goalVelocity);

  return {
    id,
    observationSpace: box({
      low: [minPosition, -maxSpeed],
      high: [maxPosition, maxSpeed],
      dtype: "float32",
    }),
    actionSpace: box({ low: -1, high: 1, shape: [1], dtype: "float32" }),
    maxEpisodeSteps: 999,
    rewardThreshold: 90,
    init(rng, options, previous) {
      const { low, high } = resetBounds(options, defaultBounds);
      // Fractions make engines store the numbers as doubles from the start.
      const state = previous ?? { position: 0.5, velocity: 0.5, fresh: true };
      state.position = rng.uniform(low, high);
      state.velocity = 0;
      state.fresh = true;
      return state;
    },
    step(state, action) {
      advance(state, action);
      const { fresh } = state;
      const { goal } = fresh ? exactLimits : roundedLimits;
      const leastVelocity = fresh ? goalVelocity : roundedGoalVelocity;
      const reached = state.position >= goal && state.velocity >= leastVelocity;
      state.position = fround(state.position);
      state.velocity = fround(state.velocity);
      state.fresh = false;
      const force = action[0] as number;
      const cost = force * force * 0.1;
      return reached ? terminate(goalReward - cost) : proceed(0 - cost);
    },
    observe(state, out, offset) {
      out[offset] = state.position;
      out[offset + 1] = state.velocity;
    },
    renderAnsi: (state) => mountainCarText(state, goalPosition),
    renderRgb: (state) => mountainCarPicture(state, goalPosition),
  };
}

export const mountainCarContinuous = defineEnv(id, mountainCarContinuousRules);

/**
 * One step of the car. A number beside a float32 is rounded to float32 first; a force within its bounds is a float32, a
 * clipped one a plain number. No calls with numbers, for which engines allocate where they do not inline them.
 */
function advance(state: MountainCarContinuousState, action: Float32Array): void {
  const { fresh } = state;
  const { speed, wall, end } = fresh ? exactLimits : roundedLimits;
  const force = action[0] as number;
  const phase = 3 * state.position;
  const slope = gravity * Math.cos(fresh ? phase : fround(phase));
  let pull = fround(fround(force * roundedPower) - fround(slope));
  if (force > 1) pull = power - slope;
  else if (force < -1) pull = -power - slope;

  let velocity = fresh ? state.velocity + pull : fround(state.velocity + fround(pull));
  velocity = Math.min(Math.max(velocity, -speed), speed);
  let position = state.position + velocity;
  position = Math.min(Math.max(fresh ? position : fround(position), wall), end);
  state.position = position;
  state.velocity = position === wall && velocity < 0 ? 0 : velocity;
}
