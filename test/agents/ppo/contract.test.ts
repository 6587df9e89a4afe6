import { box, discrete } from "gymnasium-js";
import { type MakeBatch, type TestAgentOptions, testAgent } from "ludus/testing";
import { beforeAll, describe, test } from "vitest";
import { createAgent, type PpoConfigInput } from "../../../src/agents/index.js";
import { tf, useEngine } from "../../../src/tensors/index.js";
import { localEngines } from "../../engines.js";

/** Steps and their advantages, as a rollout gives them; `start` is the first action's number. */
const batchesFrom =
  (start: number): MakeBatch =>
  (random, size) => {
    const numbers = (mean: number) => Float32Array.from({ length: size }, () => random.rng.normal(mean, 0.5));
    const actions = random.actions(size);
    const actionMasks = random.rng.random() < 0.5 ? null : random.masks(size);
    if (actionMasks !== null) {
      const n = actionMasks.length / size;
      for (let row = 0; row < size; row++) actionMasks[row * n + actions[row]! - start] = 1;
    }
    return {
      ...{ size, observations: random.observations(size), actions, actionMasks },
      ...{ logProbs: numbers(-1.4), values: numbers(0), advantages: numbers(0), returns: numbers(0) },
    };
  };

interface Case extends Omit<TestAgentOptions, "test"> {
  config: PpoConfigInput;
}

const net: PpoConfigInput["net"] = {
  type: "mlp",
  hidden: [8],
  activation: "tanh",
  initializer: "orthogonal",
};

const everything: PpoConfigInput = {
  net: { type: "mlp", hidden: [8], norm: "layer" },
  valueClip: true,
  normalizeAdvantages: false,
  clipSchedule: { type: "linear", end: 0.5, steps: 15 },
  learningRate: { type: "linear", end: 0.1, steps: 15 },
  rewardScale: 0.5,
  entropyCoefficient: 0.1,
};

const continuous = {
  learns: "only Discrete actions have a best one; test/learning has a Box",
  masks: "only Discrete actions have masks",
  values: "normal distributions are neither values nor shares of actions",
};

const cases: Record<string, Case> = {
  plain: { config: { net } },
  "everything on, actions from 5, numbered states": {
    config: everything,
    makeBatch: batchesFrom(5),
    setting: {
      observationSpace: discrete(6, { start: 2 }),
      actionSpace: discrete(3, { start: 5 }),
      numEnvs: 1,
    },
  },
  "a Box with bounds": {
    config: { net, initialLogStd: 0.5 },
    setting: { actionSpace: box({ low: [-1, -2], high: [1, 2] }) },
    skip: continuous,
  },
  "a Box of doubles without bounds, everything on": {
    config: everything,
    setting: {
      actionSpace: box({ low: -Infinity, high: Infinity, shape: [1, 3], dtype: "float64" }),
      numEnvs: 3,
    },
    skip: continuous,
  },
  "convolutions over stacks of frames": {
    config: {
      net: {
        type: "layers",
        layers: [
          { type: "conv2d", filters: 4, size: 3, activation: "relu" },
          { type: "dense", units: 8, activation: "relu" },
        ],
        initializer: "orthogonal",
      },
    },
    setting: { observationSpace: box({ low: 0, high: 1, shape: [6, 6], dtype: "uint8" }), stack: 2 },
    steps: 4,
    seeds: [0],
  },
};

describe.each(localEngines)("ppo on %s", (engine) => {
  beforeAll(async () => {
    await useEngine(engine);
  });

  describe.each(Object.entries(cases))("%s", (_, { config, skip, ...options }) => {
    testAgent((setting) => createAgent("ppo", { ...setting, config }), {
      test,
      makeBatch: batchesFrom(0),
      countTensors: () => tf.memory().numTensors,
      skip: { ...skip, target: "a ppo has no target net" },
      ...options,
    });
  });
});
