import { box, discrete } from "gymnasium-js";
import { type MakeBatch, type TestAgentOptions, testAgent } from "ludus/testing";
import { beforeAll, describe, test } from "vitest";
import { createAgent, type DrqnConfigInput } from "../../../src/agents/index.js";
import { tf, useEngine } from "../../../src/tensors/index.js";
import { localEngines } from "../../engines.js";

const net: DrqnConfigInput["net"] = { type: "mlp", hidden: [8] };

/** Sequences of all lengths, but for the last, which is whole: what is wrong with its end has to be found. */
function makeBatch(units: number, { length, burnIn }: { length: number; burnIn: number }): MakeBatch {
  return (random, size) => {
    const { rng } = random;
    const values = (count: number, draw: () => number) => Float32Array.from({ length: count }, draw);
    const counts = (least: number, most: number) =>
      Int32Array.from({ length: size }, (_, row) =>
        row === size - 1 ? most : rng.integers(least, most + 1),
      );
    const discounts = values(length * size, () => (rng.random() < 0.2 ? 0 : 0.99));
    discounts[length * size - 1] = 0.99;
    return {
      size,
      observations: random.observations((burnIn + length + 1) * size),
      hidden: values(size * units, () => rng.uniform(-1, 1)),
      cell: values(size * units, () => rng.normal(0, 1)),
      burnInSteps: counts(0, burnIn),
      learntSteps: counts(1, length),
      actions: random.actions(length * size),
      rewards: values(length * size, () => rng.normal(0, 1)),
      discounts,
      nextActionMasks: rng.random() < 0.5 ? null : random.masks(length * size),
    };
  };
}

interface Case extends Omit<TestAgentOptions, "test"> {
  /** Default: all. */
  engines?: readonly string[];
  config: DrqnConfigInput & { lstm: { units: number }; sequence: { length: number; burnIn: number } };
}

const small = { net, lstm: { units: 5 }, sequence: { length: 3, burnIn: 2 } };

const cases: Record<string, Case> = {
  plain: { config: { ...small, target: { type: "hard", every: 3 } }, steps: 6 },
  "everything on, actions from 5, numbered states": {
    config: {
      ...small,
      dueling: true,
      double: false,
      loss: "mse",
      rewardScale: 0.5,
      target: { type: "hard", every: 3 },
      exploration: { type: "linear", steps: 20, end: 0 },
      learningRate: { type: "linear", end: 0.1, steps: 15 },
    },
    setting: {
      observationSpace: discrete(6, { start: 2 }),
      actionSpace: discrete(3, { start: 5 }),
      numEnvs: 1,
    },
    steps: 6,
  },
  "one step without burn-in, soft target, Boltzmann": {
    config: {
      ...small,
      sequence: { length: 1, burnIn: 0 },
      target: { type: "soft" },
      exploration: { type: "boltzmann" },
    },
    skip: { target: "a soft target moves in every update" },
    engines: ["cpu"],
  },
  "convolutions over frames of bytes": {
    config: {
      ...small,
      net: {
        type: "layers",
        layers: [{ type: "conv2d", filters: 2, size: 3, activation: "relu" }],
      },
      target: { type: "hard", every: 7 },
    },
    setting: { observationSpace: box({ low: 0, high: 1, shape: [6, 6, 2], dtype: "uint8" }) },
    steps: 4,
    seeds: [0],
    engines: ["native", "wasm"],
  },
};

describe.each(localEngines)("drqn on %s", (engine) => {
  beforeAll(async () => {
    await useEngine(engine);
  });

  const own = Object.entries(cases).filter(([, { engines = localEngines }]) => engines.includes(engine));
  describe.each(own)("%s", (_, { config, engines: _engines, ...options }) => {
    testAgent((setting) => createAgent("drqn", { ...setting, config }), {
      test,
      makeBatch: makeBatch(config.lstm.units, config.sequence),
      countTensors: () => tf.memory().numTensors,
      ...options,
    });
  });
});
