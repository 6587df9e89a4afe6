import { rainbowConfig } from "../../agents/index.js";
import type { Preset } from "./preset.js";

const quick = {
  steps: 100_000,
  numEnvs: 8,
  learn: { startAt: 1000, every: 2, batchSize: 32 },
  replay: { capacity: 100_000 },
  dqn: {
    nStep: 3,
    double: true,
    dueling: true,
    gamma: 0.99,
    optimizer: { name: "adam", learningRate: 5e-4 },
    net: { type: "minatar" },
    exploration: { type: "linear", start: 1, end: 0.02, steps: 20_000 },
    target: { type: "hard", every: 500 },
  },
  evaluation: { every: 10_000, episodes: 20 },
};

/** A larger step size than the paper's, for a run of minutes, and returns as high as they get. */
const rainbow = {
  steps: 500_000,
  numEnvs: 8,
  learn: { startAt: 2000, every: 4, batchSize: 32 },
  replay: { capacity: 100_000 },
  dqn: {
    ...rainbowConfig,
    target: { type: "hard", every: 500 },
    distribution: { type: "c51", atoms: 51, vMin: -1, vMax: 20 },
    optimizer: { name: "adam", learningRate: 2.5e-4, epsilon: 1.5e-4 },
    sampling: { type: "prioritised", alpha: 0.5, betaStart: 0.4, betaEnd: 1, betaUpdates: 125_000 },
  },
  evaluation: { every: 50_000, episodes: 20, maxSteps: 1000 },
  checkpoint: { every: 50_000 },
};

/** DQN on MinAtar Breakout: the paper's net with dueling streams, double Q-learning and three-step returns. */
export const minatarBreakout: readonly Preset[] = [
  {
    name: "quick",
    agent: "dqn",
    env: "MinAtar/Breakout-v1",
    summary: "plays well after two to four minutes on one core",
    config: quick,
    measured: { engine: "wasm", steps: 100_000, returnMeans: { 1: 9.2, 2: 6.38, 3: 7.17 } },
  },
  {
    name: "quick",
    agent: "dqn",
    env: "MinAtar/Breakout-v0",
    summary: "the settings of Breakout-v1, with all six actions",
    config: quick,
    measured: null,
  },
  {
    name: "rainbow",
    agent: "dqn",
    env: "MinAtar/Breakout-v1",
    summary: "DQN with all of Rainbow's parts, for comparisons: five minutes on one core",
    config: rainbow,
    measured: { engine: "native", steps: 500_000, returnMeans: { 1: 11.21 } },
  },
];
