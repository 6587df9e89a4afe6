import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import "./class-env.js";
import type { DoneEvent, Listeners, PartialConfig, RunConfig, TrainEvent } from "../../src/training/index.js";
import { openRun, resume, train } from "../../src/training/index.js";
import { bytesOf, inFolder, tinyConfig, tinyPqnConfig } from "./tiny-runs.js";

/** Trains to the end, going on after every interruption. `interrupt` says what ends each leg of the way. */
async function inLegs(config: RunConfig, runs: string, interrupts: readonly Listeners[]): Promise<DoneEvent> {
  let done = await train({ config, runs, ...interrupts[0] });
  for (const listeners of interrupts.slice(1)) {
    expect(done.interrupted).toBe(true);
    done = await resume(openRun(done.run), listeners);
  }
  expect(done.interrupted).toBe(true);
  return resume(openRun(done.run));
}

/** Aborts from within the run, once so many environment steps are made. */
function abortAt(step: number): Listeners {
  const controller = new AbortController();
  return {
    signal: controller.signal,
    onProgress: (progress) => {
      if (progress.step >= step) controller.abort();
    },
  };
}

const minatarOf = (agent: "dqn" | "pqn"): PartialConfig => ({
  env: "MinAtar/Breakout-v1",
  steps: 1200,
  [agent]: { net: { type: "mlp", hidden: [8] } },
  evaluation: { every: 500 },
});

const variants: Record<string, PartialConfig> = {
  "CartPole, plain": {
    dqn: { nStep: 1, double: false, target: { type: "hard", every: 50 } },
  },
  "three steps, soft targets, dueling, double": {
    dqn: { nStep: 3, double: true, dueling: true, target: { type: "soft", tau: 0.01 } },
  },
  "prioritised replay": { dqn: { sampling: { type: "prioritised", betaUpdates: 300 } }, steps: 2000 },
  "two frames stacked": { replay: { stack: 2 }, numEnvs: 3, dqn: { nStep: 3 } },
  "Boltzmann, cosine learning rate with a warm-up": {
    dqn: {
      exploration: { type: "boltzmann", temperature: { type: "linear", steps: 2000 } },
      learningRate: { type: "cosine", steps: 3000, warmup: 500 },
    },
  },
  "MinAtar with sticky actions, stacked": { ...minatarOf("dqn"), replay: { stack: 2 } },
  "one environment": { numEnvs: 1, steps: 1500 },
  "a class in a sync vector": { env: "Test/Line-v0", steps: 2000 },
  "FrozenLake, centred RMSProp, clipped": {
    env: "FrozenLake-v1",
    dqn: { optimizer: { name: "rmsprop", learningRate: 1e-3, centered: true, clipNorm: 1 } },
  },
};

const pqnVariants: Record<string, PartialConfig> = {
  // Its limit of 30 steps cuts most episodes.
  "PQN on a class in a sync vector": { env: "Test/Line-v0", steps: 2000 },
  "PQN on CartPole": { steps: 3000 },
  "PQN, two frames stacked, dueling, Huber": {
    numEnvs: 3,
    rollout: { stack: 2 },
    pqn: { dueling: true, loss: "huber", learningRate: { type: "linear", steps: 3000 } },
    steps: 3000,
  },
  "PQN, Boltzmann, exponential learning rate": {
    pqn: {
      exploration: { type: "boltzmann", temperature: { type: "exponential" } },
      learningRate: { type: "exponential", timeConstant: 2000 },
    },
    steps: 2000,
  },
  "PQN on MinAtar with sticky actions": { ...minatarOf("pqn"), rollout: { length: 16 } },
};

const configs: [string, RunConfig][] = [
  ...Object.entries(variants).map(([name, variant]): [string, RunConfig] => [name, tinyConfig(variant)]),
  ...Object.entries(pqnVariants).map(([name, variant]): [string, RunConfig] => [
    name,
    tinyPqnConfig(variant),
  ]),
];

test.each(configs)("%s: the same config gives the same bytes, in one go or in legs", (_, config) =>
  inFolder(async (runs) => {
    const whole = await train({ config, runs });
    const again = await train({ config, runs, onEvent: () => {}, onProgress: () => {} });
    expect(bytesOf(again.run)).toEqual(bytesOf(whole.run));

    const half = config.steps / 2;
    const resumed = await inLegs(config, runs, [{ stopAfter: half }]);
    const { seconds: _s, stepsPerSecond: _r, run: _run, ...figures } = whole;
    expect(resumed).toMatchObject(figures);
    expect(bytesOf(resumed.run)).toEqual(bytesOf(whole.run));

    const odd = await inLegs(config, runs, [
      { stopAfter: 1 },
      abortAt(Math.floor(half / 3) + 5),
      { stopAfter: half - 7 },
      abortAt(half + 11),
    ]);
    expect(odd).toMatchObject(figures);
    expect(bytesOf(odd.run)).toEqual(bytesOf(whole.run));
  }),
);

test("another seed gives another run", () =>
  inFolder(async (runs) => {
    const [a, b] = [3, 4].map((seed) => train({ config: tinyConfig({ seed, steps: 1000 }), runs }));
    const [one, other] = [bytesOf((await a!).run), bytesOf((await b!).run)];
    for (const file of Object.keys(one)) expect(one[file]).not.toBe(other[file]);
  }));

test.each(["eval", "checkpoint"] as const)("stopping within an event of kind %s changes nothing", (kind) =>
  inFolder(async (runs) => {
    const config = tinyConfig({ steps: 2000 });
    const whole = await train({ config, runs });
    const controller = new AbortController();
    const onEvent = ({ event }: TrainEvent): void => {
      if (event === kind) controller.abort();
    };
    const stopped = await inLegs(config, runs, [{ signal: controller.signal, onEvent }]);
    expect(bytesOf(stopped.run)).toEqual(bytesOf(whole.run));
    for (const pointer of ["best", "last"]) {
      expect(readFileSync(join(stopped.run, pointer), "utf8")).toBe(
        readFileSync(join(whole.run, pointer), "utf8"),
      );
    }
  }),
);

test("stopping during the last evaluation leaves a run that only has to be evaluated", () =>
  inFolder(async (runs) => {
    const config = tinyConfig({ steps: 1000, evaluation: { finalEpisodes: 50 } });
    const whole = await train({ config, runs });
    const controller = new AbortController();
    let evaluations = 0;
    const stopped = await train({
      config,
      runs,
      signal: controller.signal,
      onProgress: ({ doing }) => {
        if (doing === "evaluating" && ++evaluations === 2) controller.abort();
      },
    });
    expect(stopped).toMatchObject({ interrupted: true, steps: 1000, evalReturnMean: null });
    const resumed = await resume(openRun(stopped.run));
    expect(resumed.evalReturnMean).toBe(whole.evalReturnMean);
    expect(bytesOf(resumed.run)).toEqual(bytesOf(whole.run));
  }));

test("a run goes on for longer than it was meant to, and remembers it", () =>
  inFolder(async (runs) => {
    const settings = { steps: 1600, evaluation: { every: 400 }, checkpoint: { every: 400 } };
    const whole = await train({ config: tinyConfig(settings), runs });
    const short = await train({ config: tinyConfig(settings, { steps: 800 }), runs });
    await resume(openRun(short.run), { steps: 1600, stopAfter: 1000 });
    const longer = await resume(openRun(short.run));
    expect(longer.steps).toBe(1600);
    expect(bytesOf(longer.run)).toEqual(bytesOf(whole.run));
    await expect(resume(openRun(short.run), { steps: 1000 })).rejects.toMatchObject({
      code: "invalid-value",
    });
  }));

test("an environment that cannot be saved trains, and says that it cannot be resumed", () =>
  inFolder(async (runs) => {
    const config = tinyConfig({ env: "Test/UnsavableLine-v0", steps: 1000 });
    const whole = await train({ config, runs });
    expect(whole).toMatchObject({ resumable: false, interrupted: false, evalEpisodes: 4 });
    const again = await train({ config, runs });
    expect(bytesOf(again.run)).toEqual(bytesOf(whole.run));
    const stopped = await train({ config, runs, stopAfter: 500 });
    await expect(resume(openRun(stopped.run))).rejects.toThrow(
      /cannot be resumed, because its environment has no snapshot/,
    );
  }));

test("the event loop gets air, however close together evaluations and checkpoints are", () =>
  inFolder(async (runs) => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 100);
    const settings = { steps: 100_000, checkpoint: { every: 40 }, evaluation: { every: 40, maxSteps: 5 } };
    const done = await train({ config: tinyConfig(settings), runs, signal: controller.signal });
    expect(done.interrupted).toBe(true);
  }));
