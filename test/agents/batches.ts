import { box, discrete, type Generator } from "gymnasium-js";
import { createAgent, type DqnConfigInput, type ValueAgent } from "../../src/agents/index.js";
import type { ReplayBatch } from "../../src/replay/types.js";

/** Observations of three numbers, four actions, a small net. */
export const small = {
  observationSpace: box({ low: -1, high: 1, shape: [3] }),
  actionSpace: discrete(4),
  numEnvs: 2,
};

export const smallConfig: DqnConfigInput = {
  net: { type: "mlp", hidden: [8] },
  target: { type: "hard", every: 1000 },
  optimizer: { name: "adam", learningRate: 0.01 },
  exploration: { type: "constant", epsilon: 0.5 },
};

export function smallAgent(config: DqnConfigInput = {}, seed = 1): ValueAgent {
  return createAgent("dqn", { ...small, config: { ...smallConfig, ...config }, seed });
}

/** A batch of random transitions for `small`. */
export function randomBatch(rng: Generator, size = 16): ReplayBatch {
  const values = (count: number) => Float32Array.from({ length: count }, () => rng.uniform(-1, 1));
  return {
    size,
    observations: values(size * 3),
    actions: Int32Array.from({ length: size }, () => rng.integers(0, 4)),
    rewards: values(size),
    discounts: Float32Array.from({ length: size }, () => (rng.random() < 0.2 ? 0 : 0.99)),
    nextObservations: values(size * 3),
    nextActionMasks: null,
    weights: new Float32Array(size).fill(1),
    indices: Int32Array.from({ length: size }, (_, i) => i),
  };
}
