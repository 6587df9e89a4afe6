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
    const config = resolveConfig({ agent: "ppo" }, ...layers);
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

const evaluation = { every: 0, finalEpisodes: 20 };

test.each([1, 2, 3])("PPO finds the way over the frozen lake, seed %i", async (seed) => {
  const { done, untrained } = await lesson({
    ...{
      env: "FrozenLake-v1",
      envOptions: { isSlippery: false },
      seed,
      steps: 16_000,
      numEnvs: 16,
      evaluation,
    },
    rollout: { length: 32, epochs: 4, minibatches: 4 },
    ppo: { optimizer: { learningRate: 3e-3 } },
  });
  expect(untrained).toBe(0);
  expect(done.evalReturnMean).toBe(1);
});

test("PPO balances the pole much longer than a beginner within 20,000 steps, without settings", async () => {
  const { done, untrained } = await lesson({ env: "CartPole-v1", seed: 1, steps: 20_000, evaluation });
  expect(untrained).toBeLessThan(60);
  expect(done.evalReturnMean).toBeGreaterThan(180);
});

test("PPO swings up the pendulum by a torque, a Box of one number", async () => {
  const { done, untrained } = await lesson({
    ...{ env: "Pendulum-v1", seed: 1, steps: 60_000, evaluation },
    ppo: { gamma: 0.9, entropyCoefficient: 0, rewardScale: 0.1 },
  });
  expect(untrained).toBeLessThan(-900);
  expect(done.evalReturnMean).toBeGreaterThan(-400);
});
