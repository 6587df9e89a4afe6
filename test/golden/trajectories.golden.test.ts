import { registry } from "gymnasium-js";
import { test } from "vitest";
import "../../src/envs/index.js";
import { GoldenTally, goldenFile } from "./golden.js";
import { goldenOrStandingCopy } from "./standing-copy.js";
import {
  checkMade,
  checkResetOptions,
  checkRun,
  type Tolerance,
  type TrajectoryFile,
} from "./trajectory-case.js";

const pendulumState: Tolerance["stateOf"] = ([cos, sin, thetaDot]) => ({
  theta: Math.atan2(sin!, cos!),
  thetaDot,
});

/**
 * Two environments round float32 numbers as NumPy 2 does. Their rewards are doubles that follow from sines, whose last
 * bit is the C library's. A pendulum that is held upright shows that bit, 1e-12 or less, in a sine next to 0, and would
 * enlarge it step by step.
 */
const numpy2: Readonly<Record<string, Tolerance>> = {
  "MountainCarContinuous-v0": { observation: 0, reward: 1e-9 },
  "Pendulum-v1": { observation: 1e-8, reward: 1e-9, stateOf: pendulumState },
};

/**
 * Its sines and cosines after a reset are of float32 numbers, which NumPy computes in float32 and not always to the nearest;
 * those of its steps are doubles of the C library, and hundreds of steps enlarge a last bit up to float32 digits.
 */
const acrobot: Tolerance = { observation: 1e-6, reward: 0, exactSteps: 200, reset: 1.2e-7 };

/**
 * How far one step of NumPy 1 is from that. MountainCarContinuous: its state is float32, so that the observation is
 * all of it, and a position up to 1.2 may be rounded to the next float32, 1.2e-7 away; the rewards follow from the
 * actions alone. Pendulum: the recorded angle is known to 4e-8 and the speed to 2.4e-7, half of a float32 digit; a step
 * enlarges and adds to both (0.75 of the angle to the speed, 1.2e-8 from the torque), and so does rounding its outcome. The
 * reward changes by at most 2 pi and 1.6 times as much.
 */
const numpy1: Readonly<Record<string, Tolerance>> = {
  "Acrobot-v1": acrobot,
  "MountainCarContinuous-v0": {
    observation: 2e-7,
    reward: 1e-9,
    stateOf: ([position, velocity]) => ({ position, velocity }),
  },
  "Pendulum-v1": {
    observation: 1e-6,
    reward: 1e-6,
    stateOf: pendulumState,
  },
};

test("trajectories.json: every observation, reward, flag, info and draw of Gymnasium's runs", () => {
  const { file, label } = goldenOrStandingCopy<TrajectoryFile>("trajectories.json");
  checkFile(file, label, numpy1);
});

test("trajectories-numpy2.json: the same for the environments that differ under NumPy 2", (context) => {
  const file = goldenFile<TrajectoryFile>("trajectories-numpy2.json");
  if (file === null) context.skip("trajectories-numpy2.json is not there");
  else checkFile(file, "trajectories-numpy2.json", numpy2);
});

function checkFile(
  file: TrajectoryFile,
  label: string,
  tolerances: Readonly<Record<string, Tolerance>>,
): void {
  const tally = new GoldenTally(label);
  for (const golden of file.cases) {
    if (!registry.has(golden.env_id)) {
      for (const _ of [golden, ...golden.runs]) tally.unsupported(golden.env_id);
      continue;
    }
    tally.record(`${golden.id}: what make gives`, () => checkMade(golden));
    for (const run of golden.runs) {
      tally.record(`${golden.id}, seed ${run.seed}, ${run.policy}`, () =>
        checkRun(golden, run, tolerances[golden.env_id]),
      );
    }
  }
  for (const golden of file.reset_options ?? []) {
    if (registry.has(golden.env_id)) {
      tally.record(`${golden.env_id}: reset options`, () => checkResetOptions(golden, numpy1[golden.env_id]));
    } else tally.unsupported(golden.env_id);
  }
  tally.report();
}
