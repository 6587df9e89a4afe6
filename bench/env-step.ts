// Environment steps per second on one core, with observations: singly by `make`, and in a native vector of 32.
import { make, makeVec, registry } from "gymnasium-js";
import { gridworldTasks } from "ludus";
import { drawActions, firstNumber } from "./harness/actions.js";
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
/** Seconds that a repetition may take: slower environments are stepped less often. */
const budget = 0.15;
/** Seconds in which an environment's speed is found out. */
const trial = 0.04;
/** Random actions or batches drawn beforehand, used over and over; a power of two. */
const actionCycle = 1024;

async function* run(options: BenchOptions): AsyncIterable<BenchRecord> {
  for (const [env, kwargs] of variants()) {
    const candidates = [single(env, kwargs, options), vector(env, kwargs, options)];
    const [one, many] = await compare(candidates);
    const settings = Object.entries(kwargs).map(([key, value]) => `${key}=${value}`);
    const about = { env, settings: settings.join(" ") || null };
    yield { ...about, mode: "single", numEnvs: 1, stepsPerSecond: Math.round(one!.perSecond) };
    yield { ...about, mode: "vector", numEnvs, stepsPerSecond: Math.round(many!.perSecond) };
  }
}

type Kwargs = Readonly<Record<string, string>>;

/** All that is registered; gridworlds that show a part of the map also with the whole of it. */
function variants(): [env: string, kwargs: Kwargs][] {
  const partial = gridworldTasks.filter(({ defaults }) => defaults?.view === "partial");
  const standard = [...registry.keys()].map((env): [string, Kwargs] => [env, {}]);
  return [...standard, ...partial.map(({ id }): [string, Kwargs] => [id, { view: "full" }])];
}

function single(envId: string, kwargs: Kwargs, options: BenchOptions): Candidate {
  const env = make<unknown, unknown>(envId, kwargs);
  const { single: actions } = drawActions(env.actionSpace, 0, actionCycle);
  env.reset({ seed: 1 });
  const work = (iterations: number) => {
    let used = 0;
    for (let step = 0; step < iterations; step++) {
      const { observation, reward, terminated, truncated } = env.step(actions[step & (actionCycle - 1)]);
      const first = typeof observation === "number" ? observation : (observation as ArrayLike<unknown>)[0];
      used += reward + (typeof first === "number" ? first : firstNumber(observation));
      if (terminated || truncated) env.reset();
    }
    return used;
  };
  return { name: `${envId} single`, iterations: affordable(work, singleSteps, options), work };
}

function vector(envId: string, kwargs: Kwargs, options: BenchOptions): Candidate {
  const envs = makeVec(envId, { numEnvs, kwargs, autoresetMode: "same-step" });
  const { batches } = drawActions(envs.singleActionSpace, numEnvs, actionCycle);
  envs.reset({ seed: 1 });
  const work = (iterations: number) => {
    let used = 0;
    for (let step = 0; step < iterations / numEnvs; step++) {
      const { observations, rewards } = envs.step(batches[step & (actionCycle - 1)]!);
      used += rewards[step % numEnvs]! + firstNumber(observations);
    }
    return used;
  };
  return { name: `${envId} vector`, iterations: affordable(work, vectorSteps, options), work };
}

/** Iterations for a repetition: `most`, or as many as the environment makes in the time there is. */
function affordable(work: (iterations: number) => number, most: number, options: BenchOptions): number {
  let [iterations, seconds] = [numEnvs / 2, 0];
  while (seconds < trial * options.effort && iterations < most) {
    iterations *= 2;
    const start = performance.now();
    work(iterations);
    seconds = (performance.now() - start) / 1000;
  }
  const whole = Math.min(most, (iterations / seconds) * budget);
  return Math.max(numEnvs, Math.ceil(scaled(whole, options) / numEnvs) * numEnvs);
}

export default {
  name: "env-step",
  describe: "environment steps per second, singly and in a vector of 32, for every registered environment",
  run,
} satisfies Bench;
