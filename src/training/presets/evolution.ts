import type { Preset } from "./preset.js";

/** The defaults, written out, so that they stay what was measured. */
const cmaEs = {
  algorithm: { name: "cma-es", populationSize: 32, sigma: 0.5 },
  net: { type: "mlp", hidden: [16], activation: "tanh" },
  observations: "bounds",
  episodes: 1,
} as const;

/** Search on the policy where it is at its best: a small net, and returns that tell good policies from bad ones. */
export const evolution: readonly Preset[] = [
  {
    name: "evolution",
    agent: "evolution",
    env: "CartPole-v1",
    summary: "balances for the whole 500 steps by CMA-ES, after a second",
    config: { steps: 60_000, evolution: cmaEs },
    measured: { engine: "none", steps: 60_000, returnMeans: { 1: 500, 2: 500, 3: 500, 4: 500, 5: 500 } },
  },
  {
    name: "evolution",
    agent: "evolution",
    env: "MountainCarContinuous-v0",
    summary: "reaches the goal on little fuel by CMA-ES, after a second",
    config: { steps: 300_000, evolution: cmaEs },
    measured: {
      engine: "none",
      steps: 300_000,
      returnMeans: { 1: 96.8, 2: 95.84, 3: 94.29, 4: 96.81, 5: 94.24 },
    },
  },
];
