/**
 * What a run starts from where no preset says otherwise: DQN with the extensions that help nearly everywhere, and
 * schedules that are shares of the run, so that short runs explore, learn and evaluate in proportion.
 * @param steps environment steps of the run
 */
export function generalConfig(steps: number) {
  const share = (fraction: number, most = Number.POSITIVE_INFINITY): number =>
    Math.max(1, Math.min(most, Math.ceil(steps * fraction)));
  return {
    steps,
    numEnvs: 8,
    learn: { startAt: share(0.05, 1000), every: 2, batchSize: 64 },
    dqn: {
      double: true,
      nStep: 3,
      target: { type: "soft", tau: 0.01 },
      exploration: { type: "linear", start: 1, end: 0.05, steps: share(0.2) },
      optimizer: { name: "adam", learningRate: 5e-4 },
    },
    evaluation: { every: share(0.1) },
    checkpoint: { every: share(0.1) },
    metrics: { every: share(0.01, 1000) },
  } as const;
}
