import type { Preset } from "./preset.js";

/** Schedules of PQN's run. */
function forSteps(steps: number) {
  return {
    steps,
    pqn: {
      exploration: { type: "linear", start: 1, end: 0.05, steps: Math.ceil(steps / 5) },
      learningRate: { type: "linear", end: 0, steps },
    },
    evaluation: { every: Math.ceil(steps / 10) },
  };
}

/** PQN on CartPole: what follows counts for much of a return, since rewards say nothing before the end. */
const fast: Preset = {
  name: "fast",
  agent: "pqn",
  env: "CartPole-v1",
  summary: "balances for the whole 500 steps, in a few seconds",
  config: {
    ...forSteps(100_000),
    numEnvs: 32,
    rollout: { length: 32, epochs: 4, minibatches: 16 },
    pqn: {
      ...forSteps(100_000).pqn,
      net: { type: "mlp", hidden: [128, 128], norm: "layer" },
      lambda: 0.95,
      rewardScale: 0.1,
      optimizer: { name: "radam", learningRate: 1e-3, clipNorm: 10 },
    },
  },
  forSteps,
  measured: {
    engine: "native",
    steps: 100_000,
    returnMeans: { 1: 500, 2: 500, 3: 500, 4: 500, 5: 500, 6: 500, 7: 500, 8: 500, 9: 500, 10: 500 },
  },
};

/** DQN on CartPole: a small net, three-step returns, and a target that follows slowly. */
export const cartPole: readonly Preset[] = [
  {
    name: "default",
    agent: "dqn",
    env: "CartPole-v1",
    summary: "balances for the whole 500 steps, in under a minute",
    config: {
      steps: 60_000,
      numEnvs: 8,
      learn: { startAt: 1000, every: 2, batchSize: 64 },
      dqn: {
        net: { type: "mlp", hidden: [128, 128] },
        double: true,
        nStep: 3,
        target: { type: "soft", tau: 0.01 },
        exploration: { type: "linear", start: 1, end: 0.05, steps: 10_000 },
        optimizer: { name: "adam", learningRate: 5e-4 },
      },
      evaluation: { every: 5000 },
    },
    measured: { engine: "wasm", steps: 60_000, returnMeans: { 1: 500, 2: 500, 3: 500, 4: 495.23, 5: 500 } },
  },
  fast,
];
