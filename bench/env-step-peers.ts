// Environment steps per second beside Python's Gymnasium, in turns on the same machine: singly and in vectors of 32. Needs a
// Python with gymnasium (LUDUS_PYTHON says which); with the package minatar, MinAtar's games are compared, too.
import { join } from "node:path";
import { make, makeVec, registry } from "gymnasium-js";
import "ludus";
import { drawActions } from "./harness/actions.js";
import {
  type Bench,
  type BenchOptions,
  type BenchRecord,
  median,
  rounded,
  takeTurns,
} from "./harness/bench.js";
import { findPython } from "./harness/python.js";
import { Respondent } from "./harness/questions.js";

const numEnvs = 32;
const actionCycle = 1024;
/** Seconds that a repetition takes, about, on either side. */
const budget = 0.2;

type Mode = "single" | "vector";

async function* run({ effort }: BenchOptions): AsyncIterable<BenchRecord> {
  const found = findPython("gymnasium");
  if ("missing" in found) {
    console.error(`No Python with gymnasium (${found.missing}): set LUDUS_PYTHON to one that has it.`);
    return;
  }
  const script = join(import.meta.dirname, "peers", "env_step.py");
  const peer = new Respondent("Gymnasium", [found.python, script, ...registry.keys()]);
  try {
    const { gymnasium, numpy, envs } = await peer.answer();
    console.error(`Gymnasium ${gymnasium}, NumPy ${numpy}`);
    for (const env of envs as string[]) {
      for (const mode of ["single", "vector"] as const) yield await compared({ env, mode, peer, effort });
    }
  } finally {
    await peer.close();
  }
}

interface Pair {
  env: string;
  mode: Mode;
  peer: Respondent;
  effort: number;
}

async function compared({ env, mode, peer, effort }: Pair): Promise<BenchRecord> {
  const count = mode === "single" ? 1 : numEnvs;
  const own = mode === "single" ? single(env) : vector(env);
  const ask = async (steps: number) =>
    Number((await peer.ask({ env, mode, numEnvs: count, steps }))["seconds"]);
  const trial = 64 * count;
  const steps = await affordable(own, trial, effort);
  const peerSteps = await affordable(ask, trial, effort);
  const seconds = await takeTurns([() => own(steps), () => ask(peerSteps)]);
  const [rate, peerRate] = [steps / median(seconds[0]!), peerSteps / median(seconds[1]!)];
  return {
    env,
    mode,
    numEnvs: count,
    stepsPerSecond: Math.round(rate),
    gymnasiumStepsPerSecond: Math.round(peerRate),
    ratio: rounded(rate / peerRate, 1),
  };
}

/** Steps for one repetition, a whole number of trials. */
async function affordable(
  work: (steps: number) => number | Promise<number>,
  trial: number,
  effort: number,
): Promise<number> {
  let steps = trial;
  let seconds = await work(steps);
  while (seconds < 0.02 * effort && steps < 2 ** 22) {
    steps *= 2;
    seconds = await work(steps);
  }
  return Math.max(1, Math.round((budget * effort * steps) / seconds / trial)) * trial;
}

/** Seconds for so many steps. */
function single(id: string): (steps: number) => number {
  const env = make<unknown, unknown>(id);
  const { single: actions } = drawActions(env.actionSpace, 0, actionCycle);
  env.reset({ seed: 1 });
  return (steps) => {
    const start = performance.now();
    for (let step = 0; step < steps; step++) {
      const { terminated, truncated } = env.step(actions[step & (actionCycle - 1)]);
      if (terminated || truncated) env.reset();
    }
    return (performance.now() - start) / 1000;
  };
}

function vector(id: string): (steps: number) => number {
  const envs = makeVec(id, { numEnvs });
  const { batches } = drawActions(envs.singleActionSpace, numEnvs, actionCycle);
  envs.reset({ seed: 1 });
  return (steps) => {
    const start = performance.now();
    for (let step = 0; step < steps / numEnvs; step++) envs.step(batches[step & (actionCycle - 1)]!);
    return (performance.now() - start) / 1000;
  };
}

export default {
  name: "env-step-peers",
  describe: "environment steps per second beside Python's Gymnasium, where that is installed",
  run,
} satisfies Bench;
