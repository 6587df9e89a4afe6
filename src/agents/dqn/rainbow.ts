import type { DqnConfigInput } from "./config.js";

/**
 * Rainbow (Hessel et al. 2018, https://arxiv.org/abs/1710.02298, table 1) as a config of DQN, and no agent of its own:
 * double, dueling, 3-step returns, prioritised replay, noisy nets and C51. Sized for MinAtar: its net, and a copy of the
 * online net every 1000 updates (Young & Tian 2019) where the paper has one in 8000.
 */
export const rainbowConfig = {
  net: { type: "minatar" },
  double: true,
  dueling: true,
  nStep: 3,
  gamma: 0.99,
  noise: { type: "factorised", sigma0: 0.5 },
  distribution: { type: "c51", atoms: 51, vMin: -10, vMax: 10 },
  sampling: {
    type: "prioritised",
    alpha: 0.5,
    betaStart: 0.4,
    betaEnd: 1,
    betaUpdates: 1_000_000,
    epsilon: 1e-6,
  },
  // Noise explores alone.
  exploration: { type: "constant", epsilon: 0 },
  target: { type: "hard", every: 1000 },
  optimizer: { name: "adam", learningRate: 0.0000625, epsilon: 0.00015 },
} as const satisfies DqnConfigInput;
