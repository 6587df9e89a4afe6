import type { Preset } from "./preset.js";

const steps = 5_000_000;

/** Exploration falls over a tenth of the run, the step size over all of it, and ten evaluations are made on the way. */
function forSteps(total: number) {
  const tenth = Math.ceil(total / 10);
  return {
    steps: total,
    pqn: { exploration: { steps: tenth }, learningRate: { type: "linear", end: 0, steps: total } },
    evaluation: { every: tenth },
    checkpoint: { every: tenth },
    metrics: { every: Math.ceil(total / 100) },
  };
}

/**
 * The paper's batches. The step size is twice the paper's, since the run is half as long; and hardly any action is random
 * at last, for in Breakout one of them can cost the ball.
 * @param maxSteps of an episode that is evaluated
 */
function config(maxSteps: number): Preset["config"] {
  const { pqn, evaluation, ...rest } = forSteps(steps);
  return {
    ...rest,
    numEnvs: 128,
    rollout: { length: 32, epochs: 2, minibatches: 32 },
    pqn: {
      ...pqn,
      net: { type: "minatar", norm: "layer" },
      gamma: 0.99,
      lambda: 0.65,
      exploration: { type: "linear", start: 1, end: 0.01, ...pqn.exploration },
      optimizer: { name: "radam", learningRate: 1e-3, clipNorm: 10 },
    },
    evaluation: { ...evaluation, episodes: 50, maxSteps },
  };
}

const tuned: readonly Preset[] = [
  {
    name: "fast",
    agent: "pqn",
    env: "MinAtar/Breakout-v1",
    summary: "the best there is: plays for hundreds of steps, after two to three minutes on one core",
    config: config(1000),
    forSteps,
    measured: { engine: "native", steps, returnMeans: { 1: 57.55, 2: 47.67, 3: 44.15, 4: 59.74 } },
  },
  {
    name: "fast",
    agent: "pqn",
    env: "MinAtar/Asterix-v1",
    summary: "several times the score of MinAtar's own DQN, after two to three minutes on one core",
    config: config(5000),
    forSteps,
    measured: { engine: "native", steps, returnMeans: { 1: 64.69 } },
  },
  {
    name: "fast",
    agent: "pqn",
    env: "MinAtar/Freeway-v1",
    summary: "a third more than MinAtar's own DQN, after two to three minutes on one core",
    config: config(5000),
    forSteps,
    measured: { engine: "native", steps, returnMeans: { 1: 66.12 } },
  },
  {
    name: "fast",
    agent: "pqn",
    env: "MinAtar/Seaquest-v1",
    summary: "several times the score of MinAtar's own DQN, after two to three minutes on one core",
    config: config(5000),
    forSteps,
    measured: { engine: "native", steps, returnMeans: { 1: 138.31 } },
  },
  {
    name: "fast",
    agent: "pqn",
    env: "MinAtar/SpaceInvaders-v1",
    summary: "several times the score of MinAtar's own DQN, after two to three minutes on one core",
    config: config(5000),
    forSteps,
    measured: { engine: "native", steps, returnMeans: { 1: 444.88 } },
  },
];

/** PQN on the MinAtar games: millions of frames in minutes. Tuned where only actions that do something are to be had. */
export const minatarFast: readonly Preset[] = [
  ...tuned,
  ...tuned.map(({ env, ...preset }) => ({
    ...preset,
    env: env.replace("-v1", "-v0"),
    summary: `the settings of ${env}, with all six actions`,
    measured: null,
  })),
];
