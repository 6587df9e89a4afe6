import { box, discrete, Generator } from "gymnasium-js";
import { beforeAll, describe, expect, test } from "vitest";
import {
  type AdvantageBatch,
  createAgent,
  type PpoAgent,
  type PpoConfigInput,
  ppoConfigSchema,
} from "../../../src/agents/index.js";
import { tf, useEngine } from "../../../src/tensors/index.js";
import { localEngines } from "../../engines.js";

const small = {
  observationSpace: box({ low: -1, high: 1, shape: [3] }),
  actionSpace: discrete(4),
  numEnvs: 2,
};

const continuous = box({ low: [-1, -2], high: [1, 2] });

interface Making {
  eager?: boolean;
  actionSpace?: typeof small.actionSpace | typeof continuous;
}

function makePpo(config: PpoConfigInput = {}, making: Making = {}): PpoAgent {
  const net: PpoConfigInput["net"] = { type: "mlp", hidden: [8], activation: "tanh" };
  return createAgent("ppo", { ...small, config: { net, ...config }, seed: 1, ...making });
}

/** Steps with Discrete actions, or with those of `continuous`. */
function randomBatch(rng: Generator, size = 16, { inBox = false, masked = false } = {}): AdvantageBatch {
  const values = (count: number) => Float32Array.from({ length: count }, () => rng.uniform(-1, 1));
  const actions = Int32Array.from({ length: size }, () => rng.integers(0, 4));
  const masks = Uint8Array.from({ length: 4 * size }, () => rng.integers(0, 2));
  for (let row = 0; row < size; row++) masks[4 * row + actions[row]!] = 1;
  return {
    ...{ size, observations: values(size * 3), actions: inBox ? values(size * 2) : actions },
    actionMasks: masked ? masks : null,
    logProbs: values(size).map((value) => value / 2 - (inBox ? 2 : 1.3)),
    ...{ values: values(size), advantages: values(size), returns: values(size) },
  };
}

describe.each(localEngines)("a ppo agent on %s", (engine) => {
  beforeAll(async () => {
    await useEngine(engine);
  });

  const kinds = {
    "Discrete actions with masks": [{}, { masked: true }],
    "a Box": [{ actionSpace: continuous }, { inBox: true }],
  } as const;

  test.each(Object.entries(kinds))(
    "one step of sgd goes down the slope of the whole loss: %s",
    (_, [making, kind]) => {
      // The change of each weight by the update, and the slope of the loss that `learn` says, by central differences.
      const config: PpoConfigInput = {
        net: { type: "mlp", hidden: [2], activation: "tanh" },
        optimizer: { name: "sgd", learningRate: 1 },
        valueClip: true,
        entropyCoefficient: 0.2,
      };
      const agent = makePpo(config, making);
      const batch = randomBatch(new Generator(3), 8, kind);
      const start = agent.save();
      agent.learn(batch);
      const moved = agent.save().weights;
      const lossAt = (name: string, i: number, shift: number): number => {
        const weights = structuredClone(start.weights);
        (weights[name]!.data as Float32Array)[i]! += shift;
        agent.restore({ ...start, weights });
        return agent.learn(batch).loss;
      };
      const step = 1 / 64;
      let largest = 0;
      for (const [name, { data }] of Object.entries(start.weights)) {
        for (let i = 0; i < data.length; i++) {
          const slope = (lossAt(name, i, step) - lossAt(name, i, -step)) / (2 * step);
          const change = (moved[name]!.data[i] as number) - (data[i] as number);
          expect(Math.abs(change + slope), `${name} ${i}`).toBeLessThan(0.004);
          largest = Math.max(largest, Math.abs(change));
        }
      }
      expect(largest).toBeGreaterThan(0.05);
      agent.dispose();
    },
  );

  test.each([false, true])("captured steps give the bits of eager ones, in a Box: %s", (inBox) => {
    const config: PpoConfigInput = { valueClip: true, learningRate: { type: "linear", steps: 100 } };
    const making = inBox ? { actionSpace: continuous } : {};
    const agents = [false, true].map((eager) => makePpo(config, { eager, ...making }));
    const [captured, eager] = agents.map((agent) => {
      const rng = new Generator(5);
      const events: unknown[] = [];
      for (let round = 0; round < 20; round++) {
        const observations = Float32Array.from({ length: 6 }, () => rng.uniform(-1, 1));
        events.push(structuredClone(agent.policy(observations, null)), structuredClone(agent.acted));
        events.push(
          structuredClone(agent.learn(randomBatch(rng, 16, { inBox, masked: !inBox && round % 2 === 0 }))),
        );
      }
      return { events, state: agent.save() };
    });
    expect(captured).toEqual(eager);
    for (const agent of agents) agent.dispose();
  });

  test.each([false, true])(
    "rounds of acting and learning keep no tensors and no memory, in a Box: %s",
    (inBox) => {
      const before = tf.memory().numTensors;
      const agent = makePpo({}, inBox ? { actionSpace: continuous } : {});
      const rng = new Generator(0);
      const observations = new Float32Array(6);
      const greedy = agent.greedyPolicy();
      const round = () => {
        agent.policy(observations, null);
        greedy(observations, null);
        agent.actionProbabilities?.(observations, 2);
        agent.stateValues(observations, 2);
        agent.learn(randomBatch(rng, 4, { inBox }));
      };
      round();
      const { numTensors, numBytes, numDataBuffers } = tf.memory();
      for (let i = 0; i < 100; i++) round();
      expect(tf.memory()).toMatchObject({ numTensors, numBytes, numDataBuffers });
      agent.dispose();
      expect(tf.memory().numTensors).toBe(before);
    },
  );
});

describe("what a ppo agent says of its acting", () => {
  beforeAll(async () => {
    await useEngine("cpu");
  });
  const observations = Float32Array.of(0.1, 0.2, 0.3, -0.5, 0.5, 0.9);

  test("Discrete: the log-probability of what it did, of legal actions alone, and V", () => {
    const agent = makePpo();
    const shares = agent.actionProbabilities!(observations, 2);
    const actions = [...(agent.policy(observations, null) as Int32Array)];
    expect(agent.acted.observations).toBe(observations);
    actions.forEach((action, env) => {
      expect(agent.acted.logProbs[env]).toBeCloseTo(Math.log(shares[4 * env + action]!), 5);
    });
    expect([...agent.acted.values]).toEqual([...agent.stateValues(observations, 2)]);
    const masks = Uint8Array.of(0, 1, 0, 0, 1, 0, 0, 1);
    const [only, either] = agent.policy(observations, masks) as Int32Array;
    expect(only).toBe(1);
    expect([0, 3]).toContain(either);
    expect(agent.acted.actionMasks).toBe(masks);
    expect(agent.acted.logProbs[0]).toBe(0);
    expect(agent.acted.logProbs[1]).toBeCloseTo(
      Math.log(shares[4 + either!]! / (shares[4]! + shares[7]!)),
      5,
    );
    agent.dispose();
  });

  test("a Box: what it drew, though the environment gets it clipped", () => {
    const agent = makePpo({ initialLogStd: 3 }, { actionSpace: continuous });
    let outside = 0;
    for (let i = 0; i < 20; i++) {
      const clipped = agent.policy(observations, null) as Float32Array;
      [...agent.acted.actions].forEach((drawn, at) => {
        const limit = 1 + (at % 2);
        expect(clipped[at]).toBe(Math.min(limit, Math.max(-limit, drawn)));
        if (Math.abs(drawn) > limit) outside++;
      });
    }
    expect(outside).toBeGreaterThan(40);
    expect(agent.actionProbabilities).toBeUndefined();
    // The mean: small at first, since the output layer is.
    const orthogonal = createAgent("ppo", { ...small, actionSpace: continuous, seed: 2 });
    for (const mean of orthogonal.greedyPolicy()(observations, null) as Float32Array)
      expect(Math.abs(mean)).toBeLessThan(0.05);
    for (const one of [agent, orthogonal]) one.dispose();
  });

  test("at first all actions are nearly alike", () => {
    const agent = createAgent("ppo", { ...small, seed: 3 });
    for (const share of agent.actionProbabilities!(observations, 2)) expect(share).toBeCloseTo(0.25, 2);
    agent.dispose();
  });

  test("the step size and the range fall over env steps, each by its own schedule", () => {
    const config: PpoConfigInput = {
      net: { type: "mlp", hidden: [] },
      optimizer: { name: "sgd", learningRate: 1 },
      learningRate: { type: "linear", end: 0.25, steps: 8 },
    };
    const batch = randomBatch(new Generator(0));
    const changeAfter = (calls: number, settings: PpoConfigInput) => {
      const agent = makePpo({ ...config, ...settings });
      for (let i = 0; i < calls; i++) agent.policy(observations, null);
      const start = agent.save().weights["value.output.bias"]!.data[0] as number;
      const { figures } = agent.learn(batch);
      const change = (agent.save().weights["value.output.bias"]!.data[0] as number) - start;
      agent.dispose();
      return { change, clipFraction: figures.clipFraction };
    };
    const first = changeAfter(0, {});
    // Two environments, so 4 and 8 steps: 1 - 0.75 * 4/8, then 0.25.
    expect(changeAfter(2, {}).change / first.change).toBeCloseTo(0.625, 4);
    expect(changeAfter(4, {}).change / first.change).toBeCloseTo(0.25, 4);
    expect(changeAfter(4, {}).clipFraction).toBe(first.clipFraction);
    const clipSchedule = { type: "linear", end: 0.01, steps: 8 } as const;
    const narrow = changeAfter(4, { clipSchedule });
    expect(narrow.clipFraction).toBeGreaterThan(first.clipFraction);
    expect(narrow.change / first.change).toBeCloseTo(0.25, 4);
  });

  test("advantages are normalised only if asked for, by which values are learnt no differently", () => {
    const batch = randomBatch(new Generator(0));
    const learnt = [true, false].map((normalizeAdvantages) => {
      const agent = makePpo({ normalizeAdvantages, optimizer: { name: "sgd", learningRate: 0.1 } });
      const { figures } = agent.learn(batch);
      const { weights } = agent.save();
      agent.dispose();
      return { figures, weights };
    });
    const [normalised, plain] = learnt as [(typeof learnt)[0], (typeof learnt)[0]];
    expect(normalised.figures).toEqual(plain.figures);
    expect(normalised.weights["value.output.weights"]).toEqual(plain.weights["value.output.weights"]);
    expect(normalised.weights["policy.output.weights"]).not.toEqual(plain.weights["policy.output.weights"]);
  });

  test("metrics name what a person watches", () => {
    const agent = makePpo();
    const batch = randomBatch(new Generator(0));
    const v = [...agent.stateValues(batch.observations, 16)];
    const { figures, meanQ, tdErrors } = agent.learn(batch);
    expect(Object.keys(figures)).toEqual(["entropy", "approximateKl", "clipFraction", "valueLoss"]);
    expect(figures.entropy).toBeLessThanOrEqual(Math.log(4));
    expect(meanQ).toBeCloseTo(v.reduce((sum, value) => sum + value, 0) / 16, 5);
    expect([...tdErrors]).toEqual(v.map((value, row) => expect.closeTo(batch.returns[row]! - value, 5)));
    expect(figures.valueLoss).toBeCloseTo(
      tdErrors.reduce((sum, error) => sum + error ** 2 / 32, 0),
      5,
    );
    agent.dispose();
  });

  test("the config fills itself in, and refuses what it does not know", () => {
    expect(ppoConfigSchema.parse({})).toMatchObject({
      ...{ gamma: 0.99, lambda: 0.95, clip: 0.2, targetKl: null, entropyCoefficient: 0.01 },
      net: { type: "mlp", hidden: [64, 64], activation: "tanh", initializer: "orthogonal" },
      optimizer: { name: "adam", learningRate: 0.0003, epsilon: 1e-5, clipNorm: 0.5 },
    });
    const refused = (config: object, message: RegExp) =>
      expect(() => makePpo(config as PpoConfigInput)).toThrow(message);
    refused({ lamda: 0.5 }, /The config ppo is wrong: Unrecognized key: "lamda"/);
    refused({ clip: 0 }, /The config ppo.clip is wrong/);
    refused({ targetKl: -1 }, /The config ppo.targetKl is wrong/);
  });

  test("what nothing can be learnt from is named with its row, and so is a state of another agent", () => {
    const agent = makePpo();
    const batch = randomBatch(new Generator(0), 4, { masked: true });
    const spoilt = (field: "returns" | "advantages" | "values" | "logProbs") => {
      const copy = batch[field].slice();
      copy[2] = Number.NaN;
      return () => agent.learn({ ...batch, [field]: copy });
    };
    expect(spoilt("returns")).toThrow(/Update 1 .*row 2 of the batch has a return of NaN/);
    expect(spoilt("advantages")).toThrow(/row 2 of the batch has an advantage of NaN/);
    expect(spoilt("values")).toThrow(/row 2 of the batch has a value of NaN/);
    expect(spoilt("logProbs")).toThrow(/row 2 of the batch has a log-probability of NaN/);
    const forbidden = Uint8Array.from({ length: 16 }, (_, at) =>
      at % 4 === batch.actions[at >> 2]! ? 0 : 1,
    );
    expect(() => agent.learn({ ...batch, actionMasks: forbidden })).toThrow(
      /^Row 0 of the batch has action \d, which its mask \[[01,]+\] forbids\.$/,
    );
    const inBox = makePpo({}, { actionSpace: continuous });
    const drawn = randomBatch(new Generator(0), 4, { inBox: true });
    drawn.actions[3] = Number.NaN;
    expect(() => inBox.learn(drawn)).toThrow(/^Row 1 of the batch has NaN in its action/);
    expect(() => agent.restore({ ...agent.save(), counters: { updates: 1 } })).toThrow(
      /not those of a ppo agent/,
    );
    expect(() => agent.policy(new Float32Array(9), null)).toThrow(/acts in 2 environments, on 6 values/);
    expect(() => agent.greedyPolicy(2)).toThrow(/epsilon from 0 to 1/);
    for (const one of [agent, inBox]) one.dispose();
  });
});
