import { expect, test } from "vitest";
import "../training/class-env.js";
import type { DoneEvent, PartialConfig } from "../../src/training/index.js";
import {
  evaluateStored,
  findPreset,
  openPolicy,
  openRun,
  resolveConfig,
  train,
} from "../../src/training/index.js";
import { inFolder } from "../training/tiny-runs.js";

interface Lesson {
  done: DoneEvent;
  /** Mean returns of the evaluations while training, oldest first. */
  evaluations: number[];
  /** Mean return of the same net before it had learnt anything, over as many episodes from the same seeds. */
  untrained: number;
}

async function learn(...layers: readonly PartialConfig[]): Promise<Lesson> {
  return inFolder(async (runs) => {
    const evaluations: number[] = [];
    const config = resolveConfig(...layers);
    const done = await train({
      config,
      runs,
      onEvent: (event) => {
        if (event.event === "eval") evaluations.push(event.returnMean);
      },
    });
    const beginner = await openPolicy(openRun(done.run), { checkpoint: 0 });
    const { returnMean } = await evaluateStored(beginner, {
      episodes: config.evaluation.finalEpisodes,
      seed: config.seed + 2_000_000_000,
    });
    beginner.dispose();
    console.log(
      `${done.env} seed ${done.seed}: ${returnMean} -> ${done.evalReturnMean}, ${evaluations.join(" ")}`,
    );
    return { done, evaluations, untrained: returnMean };
  });
}

/** Small worlds with one best way: a discount that makes detours cost something, three-step returns. */
const smallWorld: PartialConfig = {
  steps: 8000,
  learn: { startAt: 500, every: 2, batchSize: 32 },
  dqn: {
    gamma: 0.9,
    nStep: 3,
    net: { type: "mlp", hidden: [32] },
    target: { type: "soft", tau: 0.02 },
    exploration: { steps: 5000, end: 0.1 },
    optimizer: { learningRate: 2e-3 },
  },
  evaluation: { every: 2000, episodes: 20, finalEpisodes: 20 },
};

test.each([1, 2, 3])("DQN finds the way over the frozen lake, seed %i", async (seed) => {
  const lake = { env: "FrozenLake-v1", envOptions: { isSlippery: false } };
  const { done, evaluations, untrained } = await learn(smallWorld, lake, { seed });
  expect(untrained).toBe(0);
  // The last net, and not only the best one.
  expect(evaluations.at(-1)).toBe(1);
  expect(done.evalReturnMean).toBe(1);
});

test("DQN walks a line in an environment that is a class", async () => {
  const { done, untrained } = await learn(smallWorld, { env: "Test/Line-v0", seed: 1, steps: 4000 });
  expect(done.evalReturnMean).toBe(1);
  // From the middle to the end in eight steps at most, a few more where the wind holds it back.
  expect(done.evalLengthMean).toBeLessThan(12);
  expect(untrained).toBeLessThan(1);
});

test("DQN balances the pole much longer than a beginner within 12,000 steps", async () => {
  const { done, untrained } = await learn(
    findPreset("CartPole-v1", "dqn")?.config ?? {},
    { env: "CartPole-v1", seed: 3, steps: 12_000 },
    { evaluation: { every: 3000, episodes: 10, finalEpisodes: 30 } },
  );
  expect(untrained).toBeLessThan(60);
  expect(done.evalReturnMean).toBeGreaterThan(180);
});
