import type { Preset } from "./preset.js";

/** DQN on CartPole: a small net, three-step returns, and a target that follows slowly. */
export const cartPole: readonly Preset[] = [
  {
    name: "dqn",
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
];
