import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import "./class-env.js";
import {
  evaluateStored,
  openActing,
  openPolicy,
  openRun,
  type PartialConfig,
  resolveConfig,
  resume,
  train,
} from "../../src/training/index.js";
import { bytesOf, inFolder } from "./tiny-runs.js";

/** Every part of a run of a DRQN, small; its memory is so small that it is overwritten many times. */
function tinyDrqn(...overrides: readonly PartialConfig[]) {
  const tiny = {
    ...{ agent: "drqn", env: "CartPole-v1", seed: 3, steps: 2000, numEnvs: 4 },
    learn: { startAt: 100, every: 20, batchSize: 8 },
    replay: { capacity: 300 },
    drqn: {
      net: { type: "mlp", hidden: [8] },
      lstm: { units: 6 },
      sequence: { length: 6, burnIn: 4 },
      exploration: { steps: 1000 },
    },
    evaluation: { every: 1000, episodes: 3, finalEpisodes: 4, maxSteps: 200 },
    checkpoint: { every: 700 },
    metrics: { every: 100 },
  };
  return resolveConfig(tiny, ...overrides);
}

test("a DRQN's run makes its updates when they are due, and keeps its sequences as its replay", () =>
  inFolder(async (runs) => {
    const done = await train({ config: tinyDrqn({ steps: 400 }), runs });
    expect(done).toMatchObject({ agent: "drqn", steps: 400, updates: 15, evalEpisodes: 4 });
    expect(readdirSync(join(done.run, "checkpoints", "step-400")).sort()).toEqual([
      "checksums.json",
      "optimizer.safetensors",
      "replay.bin",
      "state.json",
      "target.safetensors",
      "weights.safetensors",
    ]);
  }));

const variants: Record<string, PartialConfig> = {
  CartPole: {},
  "all switches": {
    numEnvs: 3,
    drqn: {
      ...{ dueling: true, double: false, storedState: false, loss: "mse", rewardScale: 0.1 },
      target: { type: "hard", every: 7 },
      learningRate: { type: "cosine", steps: 2000 },
    },
  },
  // Its limit of 30 steps cuts most episodes.
  "a class in a sync vector": { env: "Test/Line-v0" },
  "masks of legal actions": { env: "Taxi-v4" },
  "a partial view, and Boltzmann": {
    env: "Ludus/TMaze-v0",
    drqn: { exploration: { type: "boltzmann" } },
  },
};

test.each(Object.entries(variants))("%s: the same bytes in one go, again, and in legs", (_, variant) =>
  inFolder(async (runs) => {
    const config = tinyDrqn(variant);
    const whole = await train({ config, runs });
    const again = await train({ config, runs, onEvent: () => {}, onProgress: () => {} });
    expect(bytesOf(again.run)).toEqual(bytesOf(whole.run));
    let leg = await train({ config, runs, stopAfter: 1 });
    for (const stopAfter of [517, 1250]) leg = await resume(openRun(leg.run), { stopAfter });
    expect(leg.interrupted).toBe(true);
    const resumed = await resume(openRun(leg.run));
    const { seconds: _s, stepsPerSecond: _r, run: _run, ...figures } = whole;
    expect(resumed).toMatchObject(figures);
    expect(bytesOf(resumed.run)).toEqual(bytesOf(whole.run));
  }),
);

test("what a DRQN has learnt is played as it was in the run, and remembered until a restart", () =>
  inFolder(async (runs) => {
    const config = tinyDrqn({ steps: 800 });
    const done = await train({ config, runs });
    const run = openRun(done.run);
    const stored = await openPolicy(run, { checkpoint: "best" });
    const { returnMean } = await evaluateStored(stored, { episodes: 4, seed: config.seed + 2_000_000_000 });
    stored.dispose();
    expect(returnMean).toBe(done.evalReturnMean);
    const acting = await openActing(run, "last");
    const observation = Float32Array.of(0.1, -0.2, 0.3, 0.4);
    acting.restart();
    expect(acting.insight()).toBeNull();
    const first = acting.choose(observation).values!.slice();
    expect(first).toHaveLength(2);
    const second = acting.choose(observation).values!.slice();
    expect(second).not.toEqual(first);
    const inside = acting.insight();
    expect(inside!.saliency!.shape).toEqual([4]);
    acting.restart();
    expect(acting.choose(observation).values).toEqual(first);
    const atFirst = acting.insight();
    expect(atFirst!.saliency!.data).not.toEqual(inside!.saliency!.data);
    expect(acting.choose(observation).values).toEqual(second);
    expect(acting.insight()).toEqual(inside);
    acting.dispose();
  }));

test("sequences that do not fit into the replay are refused before the run begins", () =>
  inFolder(async (runs) => {
    const config = tinyDrqn({ replay: { capacity: 40 } });
    await expect(train({ config, runs })).rejects.toThrow(/A capacity of 40 steps is too small/);
    expect(() => tinyDrqn({ replay: { stack: 4 } })).toThrow(/replay.stack/);
  }));

test("action values that diverge end the run, which names the checkpoint from before", () =>
  inFolder(async (runs) => {
    const drqn = { loss: "mse", optimizer: { name: "sgd", learningRate: 1e12 } };
    const config = tinyDrqn({ drqn, checkpoint: { every: 20 } });
    const error = await train({ config, runs }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "diverged", exitCode: 1 });
    expect((error as Error).message).toMatch(
      /loss or gradient of .* The checkpoint of step \d+, from before, is whole/,
    );
  }));
