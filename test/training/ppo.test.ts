import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { BaseEnv, box, register } from "gymnasium-js";
import { expect, test } from "vitest";
import "./class-env.js";
import { pointedStep } from "../../src/training/checkpoint.js";
import {
  evaluateStored,
  listRuns,
  openActing,
  openPolicy,
  openRun,
  type PartialConfig,
  resolveConfig,
  resume,
  train,
} from "../../src/training/index.js";
import { bytesOf, inFolder } from "./tiny-runs.js";

/** Every part of a run of a PPO, small; its rollouts are no divisor of the marks, so that runs stop in the middle of one. */
function tinyPpo(...overrides: readonly PartialConfig[]) {
  const tiny = {
    ...{ agent: "ppo", env: "CartPole-v1", seed: 3, steps: 2000, numEnvs: 4 },
    rollout: { length: 9, epochs: 2, minibatches: 3 },
    ppo: { net: { type: "mlp", hidden: [16], activation: "tanh" } },
    evaluation: { every: 1000, episodes: 3, finalEpisodes: 4, maxSteps: 200 },
    checkpoint: { every: 700 },
    metrics: { every: 100 },
  };
  return resolveConfig(tiny, ...overrides);
}

test("a PPO's run makes its updates after each rollout, and keeps one instead of a replay", () =>
  inFolder(async (runs) => {
    const done = await train({ config: tinyPpo({ steps: 400 }), runs });
    // 4 environments: 100 vector steps are 11 rollouts of 9 and one more step, each 2 epochs of 3 minibatches.
    expect(done).toMatchObject({ agent: "ppo", steps: 400, updates: 11 * 6, evalEpisodes: 4 });
    expect(readdirSync(join(done.run, "checkpoints", "step-400")).sort()).toEqual([
      "checksums.json",
      "optimizer.safetensors",
      "rollout.bin",
      "state.json",
      "weights.safetensors",
    ]);
    const records = readFileSync(join(done.run, "metrics.jsonl"), "utf8").trim().split("\n");
    const metrics = records.map((line) => JSON.parse(line)).filter(({ event }) => event === "metrics");
    expect(Object.keys(metrics.at(-1).figures)).toEqual([
      "entropy",
      "approximateKl",
      "clipFraction",
      "valueLoss",
    ]);
    expect(metrics.at(-1)).toMatchObject({ step: 400, epsilon: 0 });
  }));

test.each([
  // A rate of nothing much moves the policy by nothing much, so that no epoch is cut; and a great one at once.
  { targetKl: 0.01, learningRate: 1e-7, epochsMade: 5 },
  { targetKl: 0.01, learningRate: 0.05, epochsMade: 1 },
  { targetKl: null, learningRate: 0.05, epochsMade: 5 },
])("a policy that has gone far enough learns no further: %j", ({ targetKl, learningRate, epochsMade }) =>
  inFolder(async (runs) => {
    const config = tinyPpo({
      steps: 4 * 64,
      rollout: { length: 64, epochs: 5, minibatches: 8 },
      ppo: { targetKl, optimizer: { learningRate }, learningRate: { type: "constant" } },
    });
    const { updates } = await train({ config, runs });
    expect(updates).toBe(8 * epochsMade);
  }),
);

const variants: Record<string, PartialConfig> = {
  CartPole: {},
  "two frames stacked, all switches": {
    numEnvs: 3,
    rollout: { stack: 2 },
    ppo: {
      ...{ valueClip: true, normalizeAdvantages: false, targetKl: 0.01, rewardScale: 0.1 },
      clipSchedule: { type: "linear", steps: 2000 },
      learningRate: { type: "linear", steps: 2000 },
    },
  },
  // Its limit of 30 steps cuts most episodes.
  "a class in a sync vector": { env: "Test/Line-v0" },
  "a Box of actions": { env: "Pendulum-v1" },
  "masks of legal actions": { env: "Taxi-v4" },
  "MinAtar with sticky actions": { env: "MinAtar/Breakout-v1", ppo: { net: { hidden: [8] } } },
};

test.each(Object.entries(variants))("%s: the same bytes in one go, again, and in legs", (_, variant) =>
  inFolder(async (runs) => {
    const config = tinyPpo(variant);
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

test.each(["CartPole-v1", "Pendulum-v1"])(
  "what a PPO has learnt on %s is played as it was in the run",
  (env) =>
    inFolder(async (runs) => {
      const config = tinyPpo({ env, steps: 800, rollout: { stack: 2 } });
      const done = await train({ config, runs });
      const run = openRun(done.run);
      const stored = await openPolicy(run, { checkpoint: "best" });
      const { returnMean } = await evaluateStored(stored, { episodes: 4, seed: config.seed + 2_000_000_000 });
      stored.dispose();
      expect(returnMean).toBe(done.evalReturnMean);
      const acting = await openActing(run, "last");
      const { action, values, valuesAre } = acting.choose(new Float32Array(env === "CartPole-v1" ? 4 : 3));
      expect(valuesAre).toBe("Policy");
      if (env === "CartPole-v1") {
        expect([0, 1]).toContain(action);
        expect(values!.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 6);
      } else {
        expect(action).toBeInstanceOf(Float32Array);
        expect(action).toHaveLength(1);
        expect(values).toBeNull();
      }
      acting.dispose();
    }),
);

test("a policy that diverges ends the run, which names the checkpoint from before", () =>
  inFolder(async (runs) => {
    const optimizer = { name: "sgd", learningRate: 1e20, clipNorm: null };
    const config = tinyPpo({ ppo: { optimizer, net: { activation: "relu" } }, checkpoint: { every: 20 } });
    const error = await train({ config, runs }).catch((thrown: unknown) => thrown);
    const [run] = listRuns(runs);
    const last = pointedStep(run!.path, "last")!;
    expect(error).toMatchObject({ code: "diverged", exitCode: 1 });
    expect((error as Error).message).toMatch(/^Update \d+ has a loss or gradient of /);
    expect((error as Error).message).toContain(`The checkpoint of step ${last}, from before, is whole`);
  }));

test("a space of actions that no PPO takes is refused before the run begins", () =>
  inFolder(async (runs) => {
    register({ id: "Test/Levers-v0", entryPoint: () => new Levers() });
    await expect(train({ config: tinyPpo({ env: "Test/Levers-v0" }), runs })).rejects.toThrow(
      /The agent ppo chooses among Discrete actions or acts in a Box of floats, not in Box of shape \[2\] and dtype int32/,
    );
  }));

class Levers extends BaseEnv<Float32Array, Int32Array> {
  readonly observationSpace = box({ low: 0, high: 1, shape: [1] });
  readonly actionSpace = box({ low: 0, high: 9, shape: [2], dtype: "int32" });

  override reset() {
    return { observation: Float32Array.of(0), info: {} };
  }

  override step() {
    return { observation: Float32Array.of(0), reward: 0, terminated: true, truncated: false, info: {} };
  }
}
