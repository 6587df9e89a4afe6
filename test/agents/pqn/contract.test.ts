import { box, discrete } from "gymnasium-js";
import { type MakeBatch, type TestAgentOptions, testAgent } from "ludus/testing";
import { beforeAll, describe, test } from "vitest";
import { createAgent, type PqnConfigInput } from "../../../src/agents/index.js";
import { tf, useEngine } from "../../../src/tensors/index.js";
import { localEngines } from "../../engines.js";

/** Pairs and their returns, as a rollout gives them. */
const makeBatch: MakeBatch = (random, size) => ({
  size,
  observations: random.observations(size),
  actions: random.actions(size),
  returns: Float32Array.from({ length: size }, () => random.rng.normal(0, 1)),
});

interface Case extends Omit<TestAgentOptions, "test"> {
  config: PqnConfigInput;
}

const cases: Record<string, Case> = {
  plain: { config: { net: { type: "mlp", hidden: [8], norm: "layer" } } },
  "Boltzmann, cosine learning rate": {
    config: {
      net: { type: "mlp", hidden: [8], norm: "layer" },
      exploration: { type: "boltzmann" },
      learningRate: { type: "cosine", steps: 20 },
    },
  },
  "everything on, actions from 5, numbered states": {
    config: {
      net: { type: "mlp", hidden: [8], norm: "layer" },
      dueling: true,
      loss: "huber",
      rewardScale: 0.5,
      exploration: { type: "linear", steps: 20, end: 0 },
      learningRate: { type: "linear", end: 0.1, steps: 15 },
    },
    setting: {
      observationSpace: discrete(6, { start: 2 }),
      actionSpace: discrete(3, { start: 5 }),
      numEnvs: 1,
    },
  },
  "MinAtar's net on stacks of frames": {
    config: { net: { type: "minatar", norm: "layer" } },
    setting: { observationSpace: box({ low: 0, high: 1, shape: [10, 10], dtype: "uint8" }), stack: 2 },
    steps: 4,
    seeds: [0],
  },
};

describe.each(localEngines)("pqn on %s", (engine) => {
  beforeAll(async () => {
    await useEngine(engine);
  });

  // The reference engine's convolutions are slow, and are tfjs's own.
  const here = Object.entries(cases).filter(([name]) => engine !== "cpu" || !name.startsWith("MinAtar"));
  describe.each(here)("%s", (_, { config, ...options }) => {
    testAgent((setting) => createAgent("pqn", { ...setting, config }), {
      test,
      makeBatch,
      countTensors: () => tf.memory().numTensors,
      skip: { target: "a pqn has no target net" },
      ...options,
    });
  });
});
