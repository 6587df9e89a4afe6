import { box, discrete } from "gymnasium-js";
import { type TestAgentOptions, testAgent } from "ludus/testing";
import { beforeAll, describe, test } from "vitest";
import { createAgent, type DqnConfigInput } from "../../src/agents/index.js";
import { tf, useEngine } from "../../src/tensors/index.js";
import { localEngines } from "../engines.js";

const net: DqnConfigInput["net"] = { type: "mlp", hidden: [8] };

const everything: DqnConfigInput = {
  net,
  double: true,
  dueling: true,
  loss: "mse",
  rewardScale: 0.5,
  optimizer: { name: "rmsprop", centered: true, momentum: 0.9, clipNorm: 1 },
  exploration: { type: "linear", steps: 20, end: 0 },
};

interface Case extends Omit<TestAgentOptions, "test"> {
  config: DqnConfigInput;
}

const cases: Record<string, Case> = {
  plain: { config: { net, target: { type: "hard", every: 3 } } },
  "everything on": { config: everything },
  "everything on, actions from 5, numbered states": {
    config: everything,
    setting: {
      observationSpace: discrete(6, { start: 2 }),
      actionSpace: discrete(3, { start: 5 }),
      numEnvs: 1,
    },
  },
  "Boltzmann, cosine learning rate": {
    config: {
      net,
      exploration: { type: "boltzmann", temperature: { type: "exponential", timeConstant: 10 } },
      learningRate: { type: "cosine", steps: 20 },
    },
  },
  "soft target, sgd": {
    config: { net, target: { type: "soft" }, optimizer: { name: "sgd", momentum: 0.9 } },
    skip: { target: "a soft target moves in every update" },
  },
  "MinAtar's net on stacks of frames": {
    config: { net: { type: "minatar" }, target: { type: "hard", every: 7 } },
    setting: { observationSpace: box({ low: 0, high: 1, shape: [10, 10], dtype: "uint8" }), stack: 2 },
    steps: 4,
    seeds: [0],
  },
};

describe.each(localEngines)("dqn on %s", (engine) => {
  beforeAll(async () => {
    await useEngine(engine);
  });

  // The reference engine's convolutions are slow, and are tfjs's own.
  const here = Object.entries(cases).filter(([name]) => engine !== "cpu" || !name.startsWith("MinAtar"));
  describe.each(here)("%s", (_, { config, ...options }) => {
    testAgent((setting) => createAgent("dqn", { ...setting, config }), {
      test,
      countTensors: () => tf.memory().numTensors,
      ...options,
    });
  });
});
