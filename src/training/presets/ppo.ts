import type { PartialConfig } from "../config.js";
import type { Preset } from "./preset.js";

interface Tuned {
  env: string;
  summary: string;
  steps: number;
  numEnvs: number;
  rollout: { length: number; epochs: number; minibatches: number };
  learningRate?: number;
  /** What differs from PPO's own defaults. */
  ppo: PartialConfig;
  evaluation?: PartialConfig;
  returnMeans: Readonly<Record<number, number>>;
}

/** A step size that is great at first and ends at nothing, so that what is learnt last stays. */
function preset({ env, summary, steps, numEnvs, rollout, returnMeans, ...tuned }: Tuned): Preset {
  const forSteps = (total: number) => ({
    steps: total,
    ppo: { learningRate: { type: "linear", end: 0, steps: total } },
    evaluation: { every: Math.ceil(total / 10) },
  });
  const { ppo: schedule, evaluation } = forSteps(steps);
  const optimizer = { name: "adam", learningRate: tuned.learningRate ?? 1e-3, epsilon: 1e-5, clipNorm: 0.5 };
  return {
    ...{ name: "ppo", agent: "ppo", env, summary, forSteps },
    config: {
      ...{ steps, numEnvs, rollout },
      ppo: { ...schedule, optimizer, ...tuned.ppo },
      evaluation: { ...evaluation, ...tuned.evaluation },
    },
    measured: { engine: "native", steps, returnMeans },
  };
}

/** PPO, the reference among policy gradients, on classic control: also where actions are a force or a torque. */
export const ppo: readonly Preset[] = [
  preset({
    env: "CartPole-v1",
    summary: "balances for the whole 500 steps, in a few seconds",
    steps: 100_000,
    numEnvs: 8,
    rollout: { length: 128, epochs: 10, minibatches: 4 },
    ppo: {},
    returnMeans: { 1: 500, 2: 500, 3: 500, 4: 500, 5: 500 },
  }),
  preset({
    env: "Acrobot-v1",
    summary: "swings up in some 80 steps, after a few seconds",
    steps: 300_000,
    numEnvs: 16,
    rollout: { length: 128, epochs: 10, minibatches: 4 },
    ppo: { rewardScale: 0.1 },
    returnMeans: { 1: -82.11, 2: -79.91, 3: -84.93, 4: -81.88, 5: -83.23 },
  }),
  preset({
    env: "Pendulum-v1",
    summary: "swings up and stays there, after ten seconds",
    steps: 300_000,
    numEnvs: 8,
    rollout: { length: 256, epochs: 10, minibatches: 16 },
    ppo: { gamma: 0.95, entropyCoefficient: 0, rewardScale: 0.1 },
    returnMeans: { 1: -158.5, 2: -158.53, 3: -156.65, 4: -159.33, 5: -155.88 },
  }),
  // Only the goal, far away, is worth its fuel: great forces at first find it, and hardly any discount lets it count.
  preset({
    env: "MountainCarContinuous-v0",
    summary: "reaches the goal on little fuel, after ten seconds",
    steps: 300_000,
    numEnvs: 16,
    rollout: { length: 512, epochs: 10, minibatches: 16 },
    ppo: { gamma: 0.9999, entropyCoefficient: 0, rewardScale: 0.1, initialLogStd: 1 },
    returnMeans: { 1: 92.85, 2: 93.2, 3: 92.03, 4: 92.05, 5: 92.48 },
  }),
  preset({
    env: "MinAtar/Breakout-v1",
    summary: "twice the score of MinAtar's own DQN, after two million frames",
    steps: 2_000_000,
    numEnvs: 64,
    rollout: { length: 128, epochs: 4, minibatches: 8 },
    learningRate: 2.5e-3,
    ppo: { net: { type: "minatar", initializer: "orthogonal" } },
    evaluation: { maxSteps: 1000 },
    returnMeans: { 1: 31.71, 2: 24.17 },
  }),
];
