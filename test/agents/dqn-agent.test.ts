import { box, discrete, Generator, multiDiscrete } from "gymnasium-js";
import { beforeAll, describe, expect, test } from "vitest";
import { agents, createAgent, type DqnConfigInput, dqnConfigSchema } from "../../src/agents/index.js";
import { tf, useEngine } from "../../src/tensors/index.js";
import { localEngines } from "../engines.js";
import { randomBatch, small, smallAgent } from "./batches.js";

/** Every kind of optimiser and target update, with the extensions. */
const variants: Record<string, DqnConfigInput> = {
  "adam, hard": { target: { type: "hard", every: 3 } },
  "rmsprop, soft, double": { optimizer: { name: "rmsprop" }, target: { type: "soft" }, double: true },
  "sgd, dueling, linear epsilon": {
    optimizer: { name: "sgd", momentum: 0.9, clipNorm: 1 },
    dueling: true,
    loss: "mse",
    exploration: { type: "linear", steps: 20, end: 0 },
  },
};

describe.each(localEngines)("a dqn agent on %s", (engine) => {
  beforeAll(async () => {
    await useEngine(engine);
  });

  describe.each(Object.entries(variants))("with %s", (_name, config) => {
    test("200 updates leak nothing", () => {
      const before = tf.memory().numTensors;
      const agent = smallAgent(config);
      const greedy = agent.greedyPolicy(0.1, new Generator(0));
      const observations = new Float32Array(6);
      const rng = new Generator(0);
      const round = () => {
        agent.policy(observations, null);
        greedy(observations, null);
        agent.learn(randomBatch(rng, 4));
      };
      round();
      const { numTensors, numBytes, numDataBuffers } = tf.memory();
      for (let i = 0; i < 200; i++) round();
      expect(tf.memory()).toMatchObject({ numTensors, numBytes, numDataBuffers });
      agent.dispose();
      expect(tf.memory().numTensors).toBe(before);
    });
  });

  test("the target begins as the online net, of which one update moves every array", () => {
    const agent = smallAgent();
    const before = agent.save();
    expect(before.target).toEqual(before.weights);
    agent.learn(randomBatch(new Generator(0)));
    for (const [name, { data }] of Object.entries(agent.save().weights))
      expect(data).not.toEqual(before.weights[name]!.data);
    agent.dispose();
  });
});

describe("policies", () => {
  beforeAll(async () => {
    await useEngine("cpu");
  });

  test("the behaviour policy follows its schedule in env steps, and reuses its actions", () => {
    const agent = smallAgent({ exploration: { type: "linear", start: 1, end: 0, steps: 8 } });
    const observations = new Float32Array(6);
    const epsilons: number[] = [];
    const batches = new Set<unknown>();
    for (let i = 0; i < 5; i++) {
      epsilons.push(agent.epsilon);
      batches.add(agent.policy(observations, null));
    }
    expect(epsilons).toEqual([1, 0.75, 0.5, 0.25, 0]);
    expect(agent.envSteps).toBe(10);
    expect(batches.size).toBe(1);
    agent.dispose();
  });

  test("the greedy policy takes the best legal action, for any number of rows, and counts nothing", () => {
    const agent = smallAgent();
    const before = agent.save();
    const rng = new Generator(3);
    for (const rows of [1, 3, 7]) {
      const observations = Float32Array.from({ length: rows * 3 }, () => rng.uniform(-1, 1));
      const q = agent.qValues(observations, rows);
      expect(q.length).toBe(rows * 4);
      const masks = Uint8Array.from({ length: rows * 4 }, (_, i) => (i % 4 === i % 3 ? 0 : 1));
      const best = (row: number, legal: (action: number) => boolean) =>
        [0, 1, 2, 3].filter(legal).reduce((a, b) => (q[row * 4 + b]! > q[row * 4 + a]! ? b : a));
      const rowsOf = (legal: (row: number, action: number) => boolean) =>
        Array.from({ length: rows }, (_, row) => best(row, (action) => legal(row, action)));
      const greedy = agent.greedyPolicy();
      expect([...(greedy(observations, null) as Int32Array)]).toEqual(rowsOf(() => true));
      expect([...(greedy(observations, masks) as Int32Array)]).toEqual(
        rowsOf((row, a) => masks[row * 4 + a] === 1),
      );
    }
    expect(agent.save()).toEqual(before);
    agent.dispose();
  });

  test("exploring draws only legal actions", () => {
    const agent = smallAgent({ exploration: { type: "constant", epsilon: 1 } });
    const masks = Uint8Array.of(0, 1, 0, 1, 1, 0, 0, 0);
    const seen = new Set<string>();
    for (let i = 0; i < 50; i++) seen.add(String(agent.policy(new Float32Array(6), masks)));
    expect([...seen].sort()).toEqual(["1,0", "3,0"]);
    agent.dispose();
  });

  test("exploration does not depend on the weights", () => {
    const actionsOf = (config: DqnConfigInput) => {
      const agent = smallAgent({ ...config, exploration: { type: "constant", epsilon: 1 } });
      const actions = Array.from({ length: 20 }, () => [
        ...(agent.policy(new Float32Array(6), null) as Int32Array),
      ]);
      agent.dispose();
      return actions;
    };
    expect(actionsOf({ net: { type: "mlp", hidden: [3, 3] } })).toEqual(actionsOf({}));
  });

  test("actions of a space that starts at 5 start at 5", () => {
    const agent = createAgent("dqn", { ...small, actionSpace: discrete(3, { start: 5 }), seed: 0 });
    const seen = new Set<number>();
    for (let i = 0; i < 40; i++)
      for (const action of agent.policy(new Float32Array(6), null) as Int32Array) seen.add(action);
    expect([...seen].sort()).toEqual([5, 6, 7]);
    agent.dispose();
  });

  test("wrong sizes and missing generators are refused", () => {
    const agent = smallAgent();
    expect(() => agent.policy(new Float32Array(9), null)).toThrow(
      /acts in 2 environments, on 6 values, but got 9/,
    );
    expect(() =>
      agent.policy(
        [
          [1, 2, 3],
          [1, 2, 3],
        ],
        null,
      ),
    ).toThrow(/acts in 2 environments, on 6 values, but got 2/);
    expect(() => agent.qValues(["a", "b"], 2)).toThrow(/flat typed array/);
    expect(() => agent.greedyPolicy(0.1)).toThrow(/epsilon 0.1 and no generator/);
    expect(() => agent.greedyPolicy(2, new Generator(0))).toThrow(/epsilon from 0 to 1/);
    agent.dispose();
  });
});

describe("making an agent", () => {
  beforeAll(async () => {
    await useEngine("cpu");
  });

  test("every agent of the registry has a config schema whose fields are all described", () => {
    for (const { configSchema } of Object.values(agents)) {
      for (const [key, field] of Object.entries(configSchema.shape)) {
        expect(field.description, key).toMatch(/default/);
      }
    }
  });

  test("the config fills itself in and refuses what it does not know", () => {
    const config = dqnConfigSchema.parse({ target: { type: "soft" } });
    expect(config).toMatchObject({
      gamma: 0.99,
      nStep: 1,
      double: false,
      target: { type: "soft", tau: 0.005 },
    });
    expect(dqnConfigSchema.parse(config)).toEqual(config);
    const refused = (change: object, message: RegExp) =>
      expect(() => createAgent("dqn", { ...small, config: change as DqnConfigInput, seed: 0 })).toThrow(
        message,
      );
    refused({ gama: 0.9 }, /The config dqn is wrong: Unrecognized key: "gama"/);
    refused({ gamma: 1.5 }, /The config dqn.gamma is wrong/);
    refused(
      { target: { type: "soft", every: 5 } },
      /The config dqn.target is wrong: Unrecognized key: "every"/,
    );
  });

  test("unknown agents and spaces that do not suit are refused in one sentence", () => {
    const make = (change: object) => () => createAgent("dqn", { ...small, seed: 0, ...change });
    const torque = box({ low: -2, high: 2, shape: [1] });
    expect(make({ actionSpace: torque })).toThrow(
      "The agent dqn chooses among Discrete actions, not from Box of shape [1] and dtype float32; wrap the environment so that its actions are Discrete.",
    );
    expect(make({ observationSpace: multiDiscrete([2, 3]) })).toThrow(
      /reads Box, MultiBinary and Discrete observations, not MultiDiscrete/,
    );
    expect(make({ observationSpace: small.observationSpace, config: { net: { type: "minatar" } } })).toThrow(
      /not shape \[3\]; use a net of type mlp/,
    );
    expect(() => createAgent("dqm" as "dqn", { ...small, seed: 0 })).toThrow(
      /^There is no agent "dqm"; there are dqn.*; did you mean "dqn"\?$/,
    );
  });

  test("observations may be whole numbers, bytes and stacks of frames", () => {
    const config: DqnConfigInput = { net: { type: "mlp", hidden: [4] } };
    const states = createAgent("dqn", { ...small, observationSpace: discrete(5), config, seed: 0 });
    expect((states.policy(Int32Array.of(0, 4), null) as Int32Array).length).toBe(2);
    const pixels = box({ low: 0, high: 255, shape: [10, 10], dtype: "uint8" });
    const frames = createAgent("dqn", {
      ...small,
      observationSpace: pixels,
      stack: 3,
      config: { net: { type: "minatar", inputScale: 1 / 255 } },
      seed: 0,
    });
    expect(frames.save().weights["conv2d1.weights"]!.shape).toEqual([3, 3, 3, 16]);
    expect((frames.policy(new Uint8Array(600), null) as Int32Array).length).toBe(2);
    states.dispose();
    frames.dispose();
  });

  test("a state of another agent is refused", () => {
    const [agent, other] = [smallAgent(), smallAgent({ net: { type: "mlp", hidden: [5] } })];
    const state = agent.save();
    expect(() => agent.restore(other.save())).toThrow(/"dense1.weights" are float32 of shape \[3,5\]/);
    expect(() => agent.restore({ ...state, counters: { updates: 1 } })).toThrow(
      /counters are not those of a dqn agent/,
    );
    agent.dispose();
    other.dispose();
  });
});
