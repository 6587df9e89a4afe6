import { expect, test } from "vitest";
import "../../src/envs/index.js";
import {
  evaluateStored,
  openPolicy,
  openRun,
  type PartialConfig,
  resolveConfig,
  train,
} from "../../src/training/index.js";
import { inFolder } from "../training/tiny-runs.js";

/** Trains, and plays what was learnt and what there was before from the same seeds. */
async function lesson(...layers: readonly PartialConfig[]) {
  return inFolder(async (runs) => {
    const config = resolveConfig({ agent: "pqn" }, ...layers);
    const done = await train({ config, runs });
    const beginner = await openPolicy(openRun(done.run), { checkpoint: 0 });
    const { returnMean: untrained } = await evaluateStored(beginner, {
      episodes: config.evaluation.finalEpisodes,
      seed: config.seed + 2_000_000_000,
    });
    beginner.dispose();
    console.log(`${done.env} seed ${done.seed}: ${untrained} -> ${done.evalReturnMean}`);
    return { done, untrained };
  });
}

test.each([1, 2, 3])("PQN finds the way over the frozen lake, seed %i", async (seed) => {
  const { done, untrained } = await lesson({
    env: "FrozenLake-v1",
    envOptions: { isSlippery: false },
    seed,
    steps: 16_000,
    numEnvs: 16,
    rollout: { length: 8, epochs: 2, minibatches: 4 },
    pqn: {
      gamma: 0.9,
      net: { type: "mlp", hidden: [32], norm: "layer" },
      exploration: { steps: 10_000, end: 0.1 },
      optimizer: { learningRate: 2e-3 },
    },
    evaluation: { every: 4000, episodes: 20, finalEpisodes: 20 },
  });
  expect(untrained).toBe(0);
  expect(done.evalReturnMean).toBe(1);
});

test("PQN balances the pole much longer than a beginner within 20,000 steps", async () => {
  const { done, untrained } = await lesson({
    env: "CartPole-v1",
    seed: 3,
    steps: 20_000,
    numEnvs: 16,
    rollout: { length: 32, epochs: 4, minibatches: 8 },
    pqn: {
      net: { type: "mlp", hidden: [64], norm: "layer" },
      lambda: 0.95,
      rewardScale: 0.1,
      exploration: { steps: 8000, end: 0.05 },
      optimizer: { learningRate: 2e-3 },
    },
    evaluation: { every: 5000, episodes: 10, finalEpisodes: 30 },
  });
  expect(untrained).toBeLessThan(60);
  expect(done.evalReturnMean).toBeGreaterThan(180);
});

test("PQN walks a line in an environment that is a class, most of whose first episodes a limit cuts", async () => {
  await import("../training/class-env.js");
  const { done, untrained } = await lesson({
    env: "Test/Line-v0",
    seed: 1,
    steps: 20_000,
    numEnvs: 16,
    rollout: { length: 16, epochs: 4, minibatches: 4 },
    pqn: {
      gamma: 0.9,
      net: { type: "mlp", hidden: [32], norm: "layer" },
      exploration: { steps: 15_000, end: 0.1 },
      optimizer: { learningRate: 2e-3 },
    },
    evaluation: { every: 5000, episodes: 20, finalEpisodes: 20 },
  });
  expect(done.evalReturnMean).toBe(1);
  expect(done.evalLengthMean).toBeLessThan(12);
  expect(untrained).toBeLessThan(1);
});
