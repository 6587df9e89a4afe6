import type { Preset } from "./preset.js";

/** DQN on the slippery FrozenLake, whose best policy reaches the goal in 74 % of episodes of 100 steps. */
export const frozenLake: readonly Preset[] = [
  {
    name: "dqn",
    agent: "dqn",
    env: "FrozenLake-v1",
    summary: "finds a best policy of the slippery lake, in seconds",
    config: {
      steps: 60_000,
      numEnvs: 8,
      learn: { startAt: 1000, every: 4, batchSize: 64 },
      dqn: {
        net: { type: "mlp", hidden: [64] },
        target: { type: "soft", tau: 0.01 },
        exploration: { type: "linear", start: 1, end: 0.1, steps: 20_000 },
        optimizer: { name: "adam", learningRate: 1e-3 },
      },
      evaluation: { every: 10_000, episodes: 200 },
    },
    measured: { engine: "wasm", steps: 60_000, returnMeans: { 1: 0.75, 2: 0.7, 3: 0.76, 4: 0.75, 5: 0.75 } },
  },
];
