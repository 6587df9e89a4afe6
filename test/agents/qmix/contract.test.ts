import { type TestAgentOptions, testAgent } from "ludus/testing";
import { beforeAll, describe, test } from "vitest";
import {
  createAgent,
  type QmixConfigInput,
  type TeamLayout,
  type VdnConfigInput,
} from "../../../src/agents/index.js";
import { tf, useEngine } from "../../../src/tensors/index.js";
import { localEngines } from "../../engines.js";
import { layout, small, spacesOf } from "./teams.js";

interface Case extends Omit<TestAgentOptions, "test"> {
  name: "qmix" | "vdn";
  config: QmixConfigInput | VdnConfigInput;
  layout?: TeamLayout;
  dtype?: "uint8" | "float32";
  /** Default: all. */
  engines?: readonly string[];
}

const { mixing: _, ...vdn } = small;

const cases: Record<string, Case> = {
  qmix: { name: "qmix", config: { ...small, target: { type: "hard", every: 3 } } },
  "qmix without state and ids, paper's hypernets, Huber": {
    ...{ name: "qmix", layout: { ...layout, stateSize: 0 }, steps: 6 },
    config: {
      ...small,
      ...{ agentId: false, double: false, loss: "huber", rewardScale: 0.5 },
      mixing: { type: "monotonic", hypernet: 0 },
      target: { type: "hard", every: 3 },
      learningRate: { type: "linear", end: 0.1, steps: 15 },
      exploration: { type: "linear", steps: 20, end: 0 },
    },
  },
  "vdn without state": {
    ...{ name: "vdn", layout: { ...layout, stateSize: 0 }, steps: 6 },
    config: { ...vdn, target: { type: "hard", every: 3 }, optimizer: { name: "rmsprop", clipNorm: 1 } },
  },
  "convolutions over frames of bytes, soft target": {
    ...{ name: "qmix", dtype: "uint8", steps: 4, seeds: [0], engines: ["native", "wasm"] },
    layout: { agents: 2, observationShape: [5, 4, 2], stateSize: 3, actions: 3 },
    config: {
      ...small,
      net: { type: "layers", layers: [{ type: "conv2d", filters: 2, size: 3, activation: "relu" }] },
      target: { type: "soft" },
    },
    skip: { target: "a soft target moves in every update" },
  },
};

describe.each(localEngines)("teams on %s", (engine) => {
  beforeAll(async () => {
    await useEngine(engine);
  });

  const own = Object.entries(cases).filter(([, { engines = localEngines }]) => engines.includes(engine));
  describe.each(own)("%s", (_name, { name, config, layout: given = layout, dtype, skip, ...options }) => {
    testAgent((setting) => createAgent(name, { ...setting, layout: given, config }), {
      ...{ test, setting: spacesOf(given, dtype), countTensors: () => tf.memory().numTensors },
      skip: {
        masks: "the contract has masks for Discrete actions only; see agent.test.ts",
        learns: "a team has no one best action; see two-step.test.ts",
        ...skip,
      },
      ...options,
    });
  });
});
