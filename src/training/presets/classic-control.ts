import type { Preset } from "./preset.js";

interface Tuned {
  env: string;
  summary: string;
  steps: number;
  /** Share of random actions at first and at last, and the part of the run over which it falls. */
  exploration: { start: number; end: number; share: number };
  rewardScale: number;
  returnMeans: Readonly<Record<number, number>>;
}

/** PQN with a small net: what follows counts for much of a return, since rewards say nothing before the end. */
function fast({
  env,
  summary,
  steps,
  exploration: { share, ...range },
  rewardScale,
  returnMeans,
}: Tuned): Preset {
  const forSteps = (total: number) => ({
    steps: total,
    pqn: {
      exploration: { type: "linear", ...range, steps: Math.ceil(total * share) },
      learningRate: { type: "linear", end: 0, steps: total },
    },
    evaluation: { every: Math.ceil(total / 10) },
  });
  const { pqn, ...rest } = forSteps(steps);
  return {
    ...{ name: "fast", agent: "pqn", env, summary, forSteps },
    config: {
      ...rest,
      numEnvs: 32,
      rollout: { length: 32, epochs: 4, minibatches: 16 },
      pqn: {
        ...pqn,
        net: { type: "mlp", hidden: [128, 128], norm: "layer" },
        lambda: 0.95,
        rewardScale,
        optimizer: { name: "radam", learningRate: 1e-3, clipNorm: 10 },
      },
    },
    measured: { engine: "native", steps, returnMeans },
  };
}

/** PQN on the tasks of classic control that have actions to choose from, in seconds. */
export const classicControl: readonly Preset[] = [
  fast({
    env: "CartPole-v1",
    summary: "balances for the whole 500 steps, in a few seconds",
    steps: 100_000,
    exploration: { start: 1, end: 0.05, share: 0.2 },
    rewardScale: 0.1,
    returnMeans: { 1: 500, 2: 500, 3: 500, 4: 500, 5: 500, 6: 500, 7: 500, 8: 500, 9: 500, 10: 500 },
  }),
  fast({
    env: "Acrobot-v1",
    summary: "swings up in some 80 steps, after a few seconds",
    steps: 300_000,
    exploration: { start: 1, end: 0.02, share: 0.2 },
    rewardScale: 0.1,
    returnMeans: {
      ...{ 1: -78.59, 2: -80.84, 3: -82.01, 4: -80.76, 5: -82.42 },
      ...{ 6: -81.24, 7: -81.95, 8: -83.15, 9: -85.63, 10: -77.36 },
    },
  }),
  // Nothing is earned but at the top, which chance never reaches: values that start too high, and are acted by, lead there.
  fast({
    env: "MountainCar-v0",
    summary: "reaches the top in some 100 steps, after a quarter of a minute",
    steps: 1_500_000,
    exploration: { start: 0.1, end: 0.02, share: 0.2 },
    rewardScale: 1,
    returnMeans: {
      ...{ 1: -103.01, 2: -99.04, 3: -100.43, 4: -101.38, 5: -101.11, 6: -99.96 },
      ...{ 7: -100.68, 8: -99.89, 9: -97.45, 10: -101.94, 11: -100.2, 12: -100.16 },
    },
  }),
];
