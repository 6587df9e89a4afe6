import { discrete, Generator } from "gymnasium-js";
import { expect, test } from "vitest";
import { createAgent, type DqnConfigInput } from "../../src/agents/index.js";
import type { ReplayBatch } from "../../src/replay/types.js";
import { useEngine } from "../../src/tensors/index.js";

const gamma = 0.9;
const [left, right] = [0, 1];
const states = 5;

/** Five states in a row; reaching the last pays 1 and ends the task; state 0 stays where it is on the left. */
function step(state: number, action: number) {
  const next = action === right ? state + 1 : Math.max(0, state - 1);
  const terminated = next === states - 1;
  return { next, reward: terminated ? 1 : 0, discount: terminated ? 0 : gamma };
}

/** Uniformly drawn transitions of the chain. */
function sample(rng: Generator, size: number): ReplayBatch {
  const rows = Array.from({ length: size }, () => {
    const [state, action] = [rng.integers(0, states - 1), rng.integers(0, 2)];
    return { state, action, ...step(state, action) };
  });
  return {
    size,
    observations: Int32Array.from(rows, ({ state }) => state),
    actions: Int32Array.from(rows, ({ action }) => action),
    rewards: Float32Array.from(rows, ({ reward }) => reward),
    discounts: Float32Array.from(rows, ({ discount }) => discount),
    nextObservations: Int32Array.from(rows, ({ next }) => next),
    nextActionMasks: null,
    weights: new Float32Array(size).fill(1),
    indices: new Int32Array(size),
  };
}

const variants: Record<string, DqnConfigInput> = {
  plain: { target: { type: "hard", every: 20 } },
  "double, dueling, soft": { double: true, dueling: true, target: { type: "soft", tau: 0.05 } },
  mse: { loss: "mse", target: { type: "hard", every: 20 } },
};

test.each(Object.entries(variants))("DQN (%s) solves a chain of five states", async (_name, config) => {
  await useEngine("auto");
  const agent = createAgent("dqn", {
    observationSpace: discrete(states),
    actionSpace: discrete(2),
    numEnvs: 1,
    config: {
      net: { type: "mlp", hidden: [24] },
      optimizer: { name: "adam", learningRate: 0.005 },
      ...config,
    },
    seed: 1,
  });
  const rng = new Generator(2);
  for (let update = 0; update < 1200; update++) agent.learn(sample(rng, 32));
  const everywhere = Int32Array.of(0, 1, 2, 3);
  expect([...(agent.greedyPolicy()(everywhere, null) as Int32Array)]).toEqual([right, right, right, right]);
  const q = agent.qValues(everywhere, 4);
  for (let state = 0; state < states - 1; state++) {
    // Optimal: k more steps to the right pay gamma^k; a step to the left first loses one discount and one step.
    expect(Math.abs(q[2 * state + right]! - gamma ** (states - 2 - state))).toBeLessThan(0.02);
    const { next } = step(state, left);
    expect(Math.abs(q[2 * state + left]! - gamma * gamma ** (states - 2 - next))).toBeLessThan(0.02);
  }
  agent.dispose();
});
