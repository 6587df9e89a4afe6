// Steps of an Atari agent per second on one core, four game frames each, from the joystick to the replay: pixel
// Breakout as preprocessed rules in a native vector of 8, and as a chain of wrappers around the single game.
import {
  AtariPreprocessing,
  defaultRng,
  type Env,
  FrameStackObservation,
  make,
  makeVec,
  type TypedArray,
} from "gymnasium-js";
import { createReplay, type ElementSpec } from "ludus";
import {
  type Bench,
  type BenchOptions,
  type BenchRecord,
  type Candidate,
  compare,
  scaled,
} from "./harness/bench.js";

const numEnvs = 8;
const frameSkip = 4;
const steps = 20_000;
/** Random actions drawn beforehand, used over and over; a power of two. */
const actionCycle = 1024;

const element: ElementSpec = {
  observation: { shape: [84, 84], dtype: "uint8" },
  action: { shape: [], dtype: "int32" },
  actionMask: 0,
};

async function* run(options: BenchOptions): AsyncIterable<BenchRecord> {
  const measured = await compare([vector(options), chain(options)]);
  for (const [index, { name, perSecond }] of measured.entries()) {
    yield {
      env: "Ludus/BreakoutAtari-v0",
      mode: name,
      numEnvs: index === 0 ? numEnvs : 1,
      stepsPerSecond: Math.round(perSecond),
      framesPerSecond: Math.round(perSecond * frameSkip),
    };
  }
}

/** What a training run does without the learning: steps, and `replay.add`. */
function vector(options: BenchOptions): Candidate {
  const envs = makeVec("Ludus/BreakoutAtari-v0", { numEnvs, autoresetMode: "same-step" });
  const replay = createReplay({
    element,
    numEnvs,
    capacity: scaled(steps, options),
    nStep: 1,
    gamma: 0.99,
    stack: 4,
  });
  const batches = Array.from({ length: actionCycle }, (_, index) => randomActions(numEnvs, index));
  let { observations } = envs.reset({ seed: 1 });
  return {
    name: "rules, replay",
    iterations: scaled(steps, options),
    work(iterations) {
      let used = 0;
      for (let step = 0; step < iterations / numEnvs; step++) {
        const actions = batches[step & (actionCycle - 1)]!;
        const next = envs.step(actions);
        replay.add({ observations, actions, next });
        observations = next.observations;
        used += next.rewards[step % numEnvs]! + (observations[step] as number);
      }
      return used;
    },
  };
}

function chain(options: BenchOptions): Candidate {
  const game = make("Ludus/BreakoutNoFrameskip-v0", {
    repeatActionProbability: 0.25,
    maxEpisodeSteps: null,
  }) as Env<Uint8Array, number>;
  const env = new FrameStackObservation(new AtariPreprocessing(game, { frameSkip, fireOnReset: true }), 4);
  const actions = randomActions(actionCycle, 7);
  env.reset({ seed: 1 });
  return {
    name: "wrappers",
    iterations: scaled(steps, options),
    work(iterations) {
      let used = 0;
      for (let step = 0; step < iterations; step++) {
        const { observation, reward, terminated } = env.step(actions[step & (actionCycle - 1)]!);
        used += reward + (observation as TypedArray)[step % 84]!;
        if (terminated) env.reset();
      }
      return used;
    },
  };
}

function randomActions(count: number, seed: number): Int32Array {
  const rng = defaultRng(seed);
  return Int32Array.from({ length: count }, () => rng.integers(0, 4));
}

export default {
  name: "atari",
  describe: "steps of an Atari agent per second, from the game to the replay, and by a chain of wrappers",
  run,
} satisfies Bench;
