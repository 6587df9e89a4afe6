import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Generator } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import "./workers/envs/faulty.mjs";
import { buildNet, netSpecSchema } from "../../src/nets/index.js";
import { decodeSafetensors, useEngine } from "../../src/tensors/index.js";
import { pointedStep } from "../../src/training/checkpoint.js";
import { readMetrics } from "../../src/training/curves.js";
import {
  evaluateStored,
  listRuns,
  openActing,
  openPolicy,
  openRun,
  type PartialConfig,
  presets,
  type RunConfig,
  resolveConfig,
  resume,
  search,
  type TrainMetrics,
  train,
} from "../../src/training/index.js";
import { bytesOf, inFolder } from "./tiny-runs.js";

const faulty = fileURLToPath(new URL("./workers/envs/faulty.mjs", import.meta.url));

function tinyEvolution(...layers: readonly PartialConfig[]): RunConfig {
  const tiny = {
    agent: "evolution",
    env: "CartPole-v1",
    seed: 3,
    steps: 4000,
    evolution: { net: { type: "mlp", hidden: [4] }, algorithm: { populationSize: 8 } },
    evaluation: { every: 900, episodes: 3, finalEpisodes: 4, maxSteps: 200 },
    checkpoint: { every: 700 },
    metrics: { every: 300 },
  };
  return resolveConfig(tiny, ...layers);
}

const algorithms: Record<string, PartialConfig> = {
  ga: { evolution: { algorithm: { name: "ga", populationSize: 10 }, episodes: 2 } },
  cem: { evolution: { algorithm: { name: "cem", populationSize: 10, elites: 3 } } },
  es: { evolution: { algorithm: { name: "es", populationSize: 10 } } },
  "cma-es": {},
  "cma-es with random actions in evaluations, on a Box": {
    env: "Pendulum-v1",
    evaluation: { epsilon: 0.5 },
    steps: 6000,
  },
};

describe.each(Object.entries(algorithms))("%s", (_, layer) => {
  test("interrupted and resumed it is the same run, byte for byte", () =>
    inFolder(async (runs) => {
      const config = tinyEvolution(layer);
      const whole = await train({ config, runs });
      expect(whole.steps).toBeGreaterThanOrEqual(config.steps);
      const stopped = await train({ config, runs, stopAfter: 1500 });
      expect(stopped).toMatchObject({ interrupted: true, resumable: true });
      expect(stopped.steps).toBeLessThan(config.steps);
      const resumed = await resume(openRun(stopped.run));
      expect(bytesOf(resumed.run)).toEqual(bytesOf(whole.run));
      expect(resumed.evalReturnMean).toBe(whole.evalReturnMean);
      const other = await train({ config: { ...config, seed: 4 }, runs });
      expect(bytesOf(other.run)).not.toEqual(bytesOf(whole.run));
    }));
});

test("its generations are those of the library's search, and its metrics say so", () =>
  inFolder(async (runs) => {
    const config = tinyEvolution({ metrics: { every: 1 } });
    if (config.agent !== "evolution") throw new Error(config.agent);
    const { env, seed, steps, evolution } = config;
    const done = await train({ config, runs });
    const records = readMetrics(openRun(done.run)).filter((line) => line.event === "metrics");
    const { algorithm, net, observations, episodes } = evolution;
    const same = { env, seed, algorithm, net, observations, episodes, maxEnvSteps: steps, maxSteps: 200 };
    const generations: Partial<TrainMetrics>[] = [];
    for await (const { generation, envSteps, fitness, figures, ...rest } of search({ config: same })) {
      const { mean, std, max, min } = fitness;
      generations.push({
        step: envSteps,
        episodes: rest.episodes,
        updates: generation,
        loss: null,
        meanQ: null,
        gradientNorm: null,
        epsilon: 0,
        figures: { fitnessMean: mean, fitnessStd: std, fitnessMax: max, fitnessMin: min, ...figures },
      });
    }
    expect(records).toMatchObject(generations);
    expect(generations.at(-2)!.step).toBeLessThan(steps);
    expect(done).toMatchObject({ steps: generations.at(-1)!.step, updates: generations.length });
  }));

test("threads change no number, and a run in threads is resumed bit for bit", () =>
  inFolder(async (runs) => {
    const config = tinyEvolution({ steps: 2000 });
    const inThreads = { ...config, workers: { ...config.workers, count: 2 } };
    const alone = await train({ config, runs });
    const shared = await train({ config: inThreads, runs, stopAfter: 800 });
    expect(shared.interrupted).toBe(true);
    const resumed = await resume(openRun(shared.run));
    expect(bytesOf(resumed.run)).toEqual(bytesOf(alone.run));
    expect(resumed.evalReturnMean).toBe(alone.evalReturnMean);
  }));

test("Ctrl+C in the middle of a generation gives it up, and keeps those before", () =>
  inFolder(async (runs) => {
    const config = tinyEvolution({ steps: 4000, metrics: { every: 1 } });
    const whole = await train({ config, runs });
    const controller = new AbortController();
    let generations = 0;
    const stopped = await train({
      config: { ...config, workers: { ...config.workers, count: 1 } },
      runs,
      signal: controller.signal,
      // Threads answer in later turns of the event loop: the third generation has begun by then.
      onEvent: ({ event }) => {
        if (event === "metrics" && ++generations === 2) setTimeout(() => controller.abort(), 1);
      },
    });
    expect(stopped).toMatchObject({ interrupted: true, ended: "interrupted" });
    expect(pointedStep(stopped.run, "last")).toBe(stopped.steps);
    expect(stopped.updates).toBeLessThan(whole.updates);
    const resumed = await resume(openRun(stopped.run));
    expect(bytesOf(resumed.run)).toEqual(bytesOf(whole.run));
  }));

test("more steps are gone on to, with the same numbers as of one run", () =>
  inFolder(async (runs) => {
    // The same marks for both; where the shorter one ends it is evaluated once more.
    const marks = { evaluation: { every: 0 }, checkpoint: { every: 0 } };
    const short = await train({ config: tinyEvolution(marks, { steps: 1500 }), runs });
    const long = await train({ config: tinyEvolution(marks, { steps: 3500 }), runs });
    const resumed = await resume(openRun(short.run), { steps: 3500 });
    const weights = (run: string) => bytesOf(run)[`checkpoints/step-${long.steps}/weights.safetensors`];
    expect(resumed.steps).toBe(long.steps);
    expect(weights(resumed.run)).toBe(weights(long.run));
    await expect(resume(openRun(short.run), { steps: 100 })).rejects.toThrow(/cannot be resumed to 100/);
  }));

test("a checkpoint holds the arrays of the net that would be deployed, and the search's own once", () =>
  inFolder(async (runs) => {
    const done = await train({ config: tinyEvolution(), runs });
    const folders = readdirSync(join(done.run, "checkpoints"));
    expect(folders.length).toBeGreaterThan(3);
    const withSearch = folders.filter((name) =>
      readdirSync(join(done.run, "checkpoints", name)).includes("optimizer.safetensors"),
    );
    expect(withSearch).toEqual([`step-${done.steps}`]);
    const file = join(done.run, "checkpoints", `step-${done.bestStep}`, "weights.safetensors");
    const weights = decodeSafetensors(new Uint8Array(readFileSync(file)));
    await useEngine("cpu");
    const spec = netSpecSchema.parse({ type: "mlp", hidden: [4], activation: "tanh" });
    const net = buildNet(spec, { inputShape: [4], outputs: 2, rng: new Generator(0) });
    expect(Object.keys(weights).sort()).toEqual([...net.parameters.keys()].sort());
    for (const [name, { shape }] of net.parameters) expect(weights[name]!.shape).toEqual(shape);
    net.dispose();
  }));

test("what was found is played as it was in the run", () =>
  inFolder(async (runs) => {
    const config = tinyEvolution({ steps: 6000 });
    const done = await train({ config, runs });
    const run = openRun(done.run);
    const stored = await openPolicy(run, { checkpoint: "best" });
    const { returnMean } = await evaluateStored(stored, { episodes: 4, seed: config.seed + 2_000_000_000 });
    expect(returnMean).toBe(done.evalReturnMean);
    expect(stored.agent.qValues).toBeUndefined();
    expect(() => stored.agent.learn(null as never)).toThrow(/whole generations/);
    stored.dispose();
    const [first, best] = [await openActing(run, 0), await openActing(run, "best")];
    const observation = Float32Array.of(0.1, -0.2, 0.1, 0.4);
    expect(best.choose(observation)).toMatchObject({ action: expect.any(Number), values: null });
    expect(first.step).toBe(0);
    const ofBest = best.insight()!;
    expect(ofBest.saliency!.shape).toEqual([4]);
    first.choose(observation);
    expect(first.insight()!.saliency!.data).not.toEqual(ofBest.saliency!.data);
    expect(best.insight()).toEqual(ofBest);
    for (const acting of [first, best]) acting.dispose();
  }));

test("it ends early at the return that was asked for", () =>
  inFolder(async (runs) => {
    const config = tinyEvolution({ steps: 100_000, stop: { returnMean: 15 } });
    const done = await train({ config, runs });
    expect(done).toMatchObject({ ended: "return", interrupted: false });
    expect(done.steps).toBeLessThan(100_000);
    expect(done.bestReturnMean).toBeGreaterThanOrEqual(15);
  }));

test("a thread that fails ends the run with one sentence, which says what is kept", () =>
  inFolder(async (runs) => {
    const config = tinyEvolution({ env: "Faulty-v0", seed: 1, workers: { count: 1, timeoutSeconds: 120 } });
    const envModule = { path: faulty, sha256: "" };
    await expect(train({ config, runs, envModule })).rejects.toMatchObject({
      code: "env-failed",
      message: expect.stringMatching(
        /^Faulty-v0: evaluation worker 0, with candidates? .* failed: the motor is on fire\. Of the run, the checkpoint of step 0 is whole: `ludus resume .*`\.$/,
      ),
    });
    const [run] = listRuns(runs);
    expect(pointedStep(run!.path, "last")).toBe(0);
    expect(existsSync(join(run!.path, "lock"))).toBe(false);
  }));

test.each([
  [{ numEnvs: 4 }, /'numEnvs' cannot be 4: its episodes are played one at a time/],
  [{ evolution: { algorithm: { name: "es", populationSize: 7 } } }, /has to be even/],
  [{ evolution: { algoritm: { name: "es" } } }, /did you mean 'evolution.algorithm/],
])("%j is refused", (layer, sentence) => {
  expect(() => tinyEvolution(layer)).toThrow(sentence);
});

test("the presets are what a search is without one, but for their length", () => {
  const own = presets.filter(({ agent }) => agent === "evolution");
  expect(own.map(({ env }) => env)).toEqual(["CartPole-v1", "MountainCarContinuous-v0"]);
  for (const { env, config } of own) {
    const { steps } = resolveConfig(config, { env });
    expect(resolveConfig(config, { env })).toEqual(resolveConfig({ agent: "evolution", steps, env }));
  }
});
