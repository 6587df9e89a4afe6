import type { Preset } from "./preset.js";

/** The games of MinAtar, with how many of the six actions do something in each. */
const games = { Asterix: 5, Breakout: 3, Freeway: 3, Seaquest: 6, SpaceInvaders: 4 } as const;

/**
 * The DQN that MinAtar was published with (Young & Tian 2019, https://arxiv.org/abs/1903.03176), to the last setting.
 * @param epsilon share of random actions at last: 0.1 of all six
 */
function config(epsilon: number): Preset["config"] {
  return {
    steps: 5_000_000,
    numEnvs: 1,
    learn: { startAt: 5000, every: 1, batchSize: 32 },
    replay: { capacity: 100_000 },
    dqn: {
      net: { type: "minatar" },
      double: false,
      nStep: 1,
      gamma: 0.99,
      loss: "huber",
      target: { type: "hard", every: 1000 },
      exploration: { type: "linear", start: 1, end: epsilon, steps: 100_000, delay: 5000 },
      optimizer: { name: "rmsprop", learningRate: 0.00025, decay: 0.95, epsilon: 0.01, centered: true },
    },
    evaluation: { every: 500_000, maxSteps: 1000 },
    checkpoint: { every: 500_000 },
    metrics: { every: 10_000 },
  };
}

/**
 * `-v0` has all six actions, as published. `-v1` has those alone that do something; there fewer of the actions are random,
 * so that each of them is drawn as often as with all six.
 */
export const minatarReference: readonly Preset[] = Object.entries(games).flatMap(([game, actions]) =>
  ([0, 1] as const).map((version) => ({
    name: "reference",
    agent: "dqn" as const,
    env: `MinAtar/${game}-v${version}`,
    summary:
      "MinAtar's own DQN with its published settings, for comparisons: half an hour for five million frames",
    config: config(version === 0 ? 0.1 : Number(((0.1 * actions) / 6).toFixed(4))),
    measured: null,
  })),
);
