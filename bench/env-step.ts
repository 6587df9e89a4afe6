// Environment steps per second on one core, with observations: singly by `make`, and in a native vector of 32.
import { defaultRng, make, makeVec, registry } from "gymnasium-js";
import "ludus";
import {
  type Bench,
  type BenchOptions,
  type BenchRecord,
  type Candidate,
  compare,
  scaled,
} from "./harness/bench.js";

const numEnvs = 32;
const singleSteps = 1_000_000;
const vectorSteps = 2_000_000;
/** Random actions drawn beforehand, used over and over; a power of two. */
const actionCycle = 4096;

async function* run(options: BenchOptions): AsyncIterable<BenchRecord> {
  for (const env of registry.keys()) {
    const candidates = [single(env, options), vector(env, options)];
    const [one, many] = await compare(candidates);
    yield { env, mode: "single", numEnvs: 1, stepsPerSecond: Math.round(one!.perSecond) };
    yield { env, mode: "vector", numEnvs, stepsPerSecond: Math.round(many!.perSecond) };
  }
}

function single(envId: string, options: BenchOptions): Candidate {
  const env = make<ArrayLike<number> | number, number>(envId);
  const actions = randomActions(env.actionSpace, actionCycle);
  env.reset({ seed: 1 });
  return {
    name: `${envId} single`,
    iterations: scaled(singleSteps, options),
    work(iterations) {
      let used = 0;
      for (let step = 0; step < iterations; step++) {
        const { observation, reward, terminated, truncated } = env.step(actions[step & (actionCycle - 1)]!);
        used += reward + (typeof observation === "number" ? observation : observation[0]!);
        if (terminated || truncated) env.reset();
      }
      return used;
    },
  };
}

function vector(envId: string, options: BenchOptions): Candidate {
  const envs = makeVec(envId, { numEnvs, autoresetMode: "same-step" });
  const actions = randomActions(envs.singleActionSpace, actionCycle * numEnvs);
  const batches = Array.from({ length: actionCycle }, (_, index) =>
    actions.subarray(index * numEnvs, (index + 1) * numEnvs),
  );
  envs.reset({ seed: 1 });
  return {
    name: `${envId} vector`,
    iterations: scaled(vectorSteps, options),
    work(iterations) {
      let used = 0;
      for (let step = 0; step < iterations / numEnvs; step++) {
        const { observations, rewards } = envs.step(batches[step & (actionCycle - 1)]!);
        used += rewards[step % numEnvs]! + (observations[0] as number);
      }
      return used;
    },
  };
}

/** @throws Error for actions other than Discrete from 0: precomputing those is not written yet */
function randomActions(space: { describe(): Record<string, unknown> }, count: number): Int32Array {
  const { type, n, start } = space.describe();
  if (type !== "Discrete" || typeof n !== "number" || (start ?? 0) !== 0) {
    throw new Error(
      `env-step can only draw actions of a Discrete space from 0 yet, not ${JSON.stringify(space.describe())}.`,
    );
  }
  const rng = defaultRng(7);
  return Int32Array.from({ length: count }, () => rng.integers(0, n));
}

export default {
  name: "env-step",
  describe: "environment steps per second, singly and in a vector of 32, for every registered environment",
  run,
} satisfies Bench;
