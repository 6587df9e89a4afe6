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
  LayerNorm: { net: { type: "mlp", hidden: [24], norm: "layer" }, target: { type: "hard", every: 20 } },
  "noisy nets": { noise: { type: "factorised", sigma0: 0.1 }, target: { type: "hard", every: 20 } },
  C51: { distribution: { type: "c51", atoms: 21, vMin: 0, vMax: 1 }, target: { type: "hard", every: 20 } },
  "QR-DQN": { distribution: { type: "qr", quantiles: 8, kappa: 0.1 }, target: { type: "hard", every: 20 } },
  "double, dueling C51": {
    distribution: { type: "c51", atoms: 21, vMin: 0, vMax: 1 },
    double: true,
    dueling: true,
    target: { type: "hard", every: 20 },
  },
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
  // Values by mean weights are near the mean of the noisy values, but not that.
  const tolerance = config.noise ? 0.05 : 0.02;
  for (let state = 0; state < states - 1; state++) {
    // Optimal: k more steps to the right pay gamma^k; a step to the left first loses one discount and one step.
    expect(Math.abs(q[2 * state + right]! - gamma ** (states - 2 - state))).toBeLessThan(tolerance);
    const { next } = step(state, left);
    expect(Math.abs(q[2 * state + left]! - gamma * gamma ** (states - 2 - next))).toBeLessThan(tolerance);
  }
  agent.dispose();
});

test("Munchausen DQN solves the chain, and widens the gap between the actions (Vieillard et al. 2020)", async () => {
  await useEngine("auto");
  const gaps = ["off", "on"].map((type) => {
    const agent = createAgent("dqn", {
      observationSpace: discrete(states),
      actionSpace: discrete(2),
      numEnvs: 1,
      config: {
        net: { type: "mlp", hidden: [24] },
        optimizer: { name: "adam", learningRate: 0.005 },
        target: { type: "hard", every: 20 },
        munchausen: { type } as DqnConfigInput["munchausen"],
      },
      seed: 1,
    });
    const rng = new Generator(2);
    for (let update = 0; update < 1200; update++) agent.learn(sample(rng, 32));
    const q = agent.qValues(Int32Array.of(0, 1, 2, 3), 4);
    agent.dispose();
    return [0, 1, 2, 3].map((state) => q[2 * state + right]! - q[2 * state + left]!);
  });
  const [plain, munchausen] = gaps as [number[], number[]];
  for (const [state, gap] of munchausen.entries()) {
    expect(gap, `state ${state}`).toBeGreaterThan(plain[state]! + 0.05);
  }
});
