import { box, discrete, Generator } from "gymnasium-js";
import { beforeAll, describe, expect, test } from "vitest";
import {
  createAgent,
  type PqnAgent,
  type PqnConfigInput,
  pqnConfigSchema,
  type ReturnBatch,
} from "../../../src/agents/index.js";
import { tf, useEngine } from "../../../src/tensors/index.js";
import { localEngines } from "../../engines.js";

const small = {
  observationSpace: box({ low: -1, high: 1, shape: [3] }),
  actionSpace: discrete(4),
  numEnvs: 2,
};

function makePqn(config: PqnConfigInput = {}, eager = false): PqnAgent {
  const net = { type: "mlp" as const, hidden: [8], norm: "layer" as const };
  return createAgent("pqn", { ...small, config: { net, ...config }, seed: 1, eager });
}

function randomBatch(rng: Generator, size = 16): ReturnBatch {
  const values = (count: number) => Float32Array.from({ length: count }, () => rng.uniform(-1, 1));
  return {
    size,
    observations: values(size * 3),
    actions: Int32Array.from({ length: size }, () => rng.integers(0, 4)),
    returns: values(size),
  };
}

describe.each(localEngines)("a pqn agent on %s", (engine) => {
  beforeAll(async () => {
    await useEngine(engine);
  });

  test("one step of sgd is what the formula says", () => {
    // A linear net: Q(s, a) = s W_a + b_a, so dL/dW_a = -1/n sum over rows with a of (G - Q) s.
    const net = { type: "mlp" as const, hidden: [] };
    const agent = makePqn({ net, optimizer: { name: "sgd", learningRate: 0.5 } });
    const batch = randomBatch(new Generator(3), 6);
    const q = agent.qValues(batch.observations, 6);
    const { weights } = agent.save();
    const expected = [...weights["q.weights"]!.data];
    const errors: number[] = [];
    let loss = 0;
    for (let row = 0; row < 6; row++) {
      const action = batch.actions[row]!;
      const error = batch.returns[row]! - q[4 * row + action]!;
      errors.push(error);
      loss += (0.5 * error ** 2) / 6;
      for (let i = 0; i < 3; i++) {
        expected[4 * i + action]! += (0.5 * error * (batch.observations[3 * row + i] as number)) / 6;
      }
    }
    const metrics = agent.learn(batch);
    expect(metrics.loss).toBeCloseTo(loss, 6);
    [...metrics.tdErrors].forEach((error, row) => {
      expect(error).toBeCloseTo(errors[row]!, 6);
    });
    [...agent.save().weights["q.weights"]!.data].forEach((weight, i) => {
      expect(weight).toBeCloseTo(expected[i]!, 6);
    });
    agent.dispose();
  });

  test("captured steps give the bits of eager ones", () => {
    const config: PqnConfigInput = { loss: "huber", learningRate: { type: "linear", steps: 100 } };
    const agents = [false, true].map((eager) => makePqn(config, eager));
    const [captured, eager] = agents.map((agent) => {
      const rng = new Generator(5);
      const events: unknown[] = [];
      for (let round = 0; round < 20; round++) {
        const observations = Float32Array.from({ length: 6 }, () => rng.uniform(-1, 1));
        events.push([...(agent.policy(observations, null) as Int32Array)], [...agent.acted.values]);
        events.push(structuredClone(agent.learn(randomBatch(rng))));
      }
      return { events, state: agent.save() };
    });
    expect(captured).toEqual(eager);
    for (const agent of agents) agent.dispose();
  });

  test("200 rounds of acting and learning keep no tensors and no memory of the engine", () => {
    const before = tf.memory().numTensors;
    const agent = makePqn();
    const rng = new Generator(0);
    const observations = new Float32Array(6);
    const round = () => {
      agent.policy(observations, null);
      agent.stateValues(observations, 2);
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

describe("what a pqn agent says of its acting", () => {
  beforeAll(async () => {
    await useEngine("cpu");
  });

  test("the values are those of the best legal actions, also where it explores", () => {
    const agent = makePqn({ exploration: { type: "constant", epsilon: 1 } });
    const observations = Float32Array.of(0.1, 0.2, 0.3, -0.5, 0.5, 0.9);
    const q = agent.qValues(observations, 2);
    agent.policy(observations, null);
    expect(agent.acted.observations).toBe(observations);
    expect([...agent.acted.values]).toEqual([Math.max(...q.slice(0, 4)), Math.max(...q.slice(4))]);
    expect([...agent.stateValues(observations, 2)]).toEqual([...agent.acted.values]);
    agent.policy(observations, Uint8Array.of(0, 1, 0, 1, 0, 0, 0, 0));
    expect([...agent.acted.values]).toEqual([Math.max(q[1]!, q[3]!), 0]);
    agent.dispose();
  });

  test("the step size falls over env steps, and no further than to its end", () => {
    const agent = makePqn({
      net: { type: "mlp", hidden: [] },
      optimizer: { name: "sgd", learningRate: 1 },
      learningRate: { type: "linear", end: 0.25, steps: 8 },
    });
    const batch = randomBatch(new Generator(0));
    const changeOf = (): number => {
      const state = agent.save();
      agent.learn(batch);
      const change = agent.save().weights["q.bias"]!.data[0]! - (state.weights["q.bias"]!.data[0] as number);
      agent.restore(state);
      return change;
    };
    const first = changeOf();
    const shares = Array.from({ length: 5 }, () => {
      agent.policy(new Float32Array(6), null);
      agent.policy(new Float32Array(6), null);
      return changeOf() / first;
    });
    // Two environments, so 4, 8, 12 ... steps: 1 - 0.75 * 4/8, then 0.25.
    [0.625, 0.25, 0.25, 0.25, 0.25].forEach((share, i) => {
      expect(shares[i]).toBeCloseTo(share, 4);
    });
    agent.dispose();
  });

  test("the config fills itself in with the paper's, and refuses what it does not know", () => {
    expect(pqnConfigSchema.parse({})).toMatchObject({
      gamma: 0.99,
      lambda: 0.65,
      loss: "mse",
      net: { type: "mlp", norm: "layer" },
      optimizer: { name: "radam", learningRate: 0.0005, clipNorm: 10 },
    });
    const refused = (config: object, message: RegExp) =>
      expect(() => makePqn(config as PqnConfigInput)).toThrow(message);
    refused({ lamda: 0.5 }, /The config pqn is wrong: Unrecognized key: "lamda"/);
    refused({ lambda: 1.5 }, /The config pqn.lambda is wrong/);
    refused({ learningRate: { type: "linear", end: 2 } }, /The config pqn.learningRate.end is wrong/);
  });

  test("a state of another kind of agent is refused", () => {
    const agent = makePqn();
    expect(() => agent.restore({ ...agent.save(), counters: { updates: 1 } })).toThrow(
      /counters are not those of a pqn agent/,
    );
    expect(() => agent.policy(new Float32Array(9), null)).toThrow(/acts in 2 environments, on 6 values/);
    agent.dispose();
  });

  test("a return that is no number is named with its row", () => {
    const agent = makePqn();
    const batch = randomBatch(new Generator(0), 4);
    batch.returns[2] = Number.NaN;
    expect(() => agent.learn(batch)).toThrow(/Update 1 .*row 2 of the batch has a return of NaN/);
    agent.dispose();
  });
});
