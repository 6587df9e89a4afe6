type AgentName = keyof typeof ofAgent;

/** Shares of a run of so many environment steps, at most so much and at least one step. */
type Share = (fraction: number, most?: number) => number;

/** DQN with the extensions that help nearly everywhere. */
function generalDqn(share: Share) {
  return {
    numEnvs: 8,
    learn: { startAt: share(0.05, 1000), every: 2, batchSize: 64 },
    dqn: {
      double: true,
      nStep: 3,
      target: { type: "soft", tau: 0.01 },
      exploration: { type: "linear", start: 1, end: 0.05, steps: share(0.2) },
      optimizer: { name: "adam", learningRate: 5e-4 },
    },
  } as const;
}

/** PQN with enough environments for batches that are diverse. */
function generalPqn(share: Share) {
  return {
    numEnvs: 32,
    rollout: { length: 32, epochs: 2, minibatches: 16 },
    pqn: {
      exploration: { type: "linear", start: 1, end: 0.05, steps: share(0.2) },
      learningRate: { type: "linear", end: 0, steps: share(1) },
    },
  } as const;
}

const ofAgent = { dqn: generalDqn, pqn: generalPqn } as const;

/**
 * What a run starts from where no preset says otherwise, with schedules that are shares of the run, so that short runs
 * explore, learn and evaluate in proportion.
 * @param steps environment steps of the run
 */
export function generalConfig(agent: AgentName, steps: number) {
  const share: Share = (fraction, most = Number.POSITIVE_INFINITY) =>
    Math.max(1, Math.min(most, Math.ceil(steps * fraction)));
  return {
    agent,
    steps,
    ...ofAgent[agent](share),
    evaluation: { every: share(0.1) },
    checkpoint: { every: share(0.1) },
    metrics: { every: share(0.01, 1000) },
  } as const;
}
