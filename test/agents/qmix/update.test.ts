import { Generator } from "gymnasium-js";
import { beforeAll, describe, expect, test } from "vitest";
import {
  createAgent,
  type QmixConfigInput,
  type TeamAgent,
  type VdnConfigInput,
} from "../../../src/agents/index.js";
import type { ReplayBatch } from "../../../src/replay/types.js";
import { type NamedArrays, useEngine } from "../../../src/tensors/index.js";
import { localEngines } from "../../engines.js";
import { batchOf, layout, randomBatch, small, spacesOf } from "./teams.js";

/*
 * Two agents that see one number o, a state s of one number, and a linear utility net with two actions:
 *
 * online u(o) = [o, -o], target u(o) = [2, 3 o]
 * observations 1 and 2, actions 0 and 1: utilities 1 and -2
 * next observations -1 and 3: online [-1, 1] and [3, -3], target [2, -3] and [2, 9]
 */
const pair = { agents: 2, observationShape: [1], stateSize: 1, actions: 2 };

const batch = batchOf({
  observations: Float32Array.of(1, 2, 1),
  actions: Int32Array.of(0, 1),
  rewards: Float32Array.of(4),
  discounts: Float32Array.of(0.5),
  nextObservations: Float32Array.of(-1, 3, 1),
});

const linear: VdnConfigInput = {
  net: { type: "mlp", hidden: [] },
  agentId: false,
  optimizer: { name: "sgd", learningRate: 0.1 },
  target: { type: "hard", every: 1000 },
};

/** Shape and values of each array. */
type Given = Record<string, [shape: number[], values: number[]]>;

function arraysOf(given: Given): NamedArrays {
  const named = Object.entries(given).map(([name, [shape, values]]) => [
    name,
    { shape, dtype: "float32", data: Float32Array.from(values) },
  ]);
  return Object.fromEntries(named) as NamedArrays;
}

const onlineUtility: Given = {
  "utility.q.weights": [
    [1, 2],
    [1, -1],
  ],
  "utility.q.bias": [[2], [0, 0]],
};
const targetUtility: Given = {
  "utility.q.weights": [
    [1, 2],
    [0, 3],
  ],
  "utility.q.bias": [[2], [2, 0]],
};

/** Qtot = |w2| (|W1| . q + 10) + v as long as |W1| . q is above -10, whatever the state. */
function linearMixer(weights1: [number, number], weights2: number, value: number): Given {
  return {
    "mixer.weights1.output.weights": [
      [1, 2],
      [0, 0],
    ],
    "mixer.weights1.output.bias": [[2], weights1],
    "mixer.bias1.output.weights": [[1, 1], [0]],
    "mixer.bias1.output.bias": [[1], [10]],
    "mixer.weights2.output.weights": [[1, 1], [0]],
    "mixer.weights2.output.bias": [[1], [weights2]],
    "mixer.value.dense1.weights": [[1, 1], [0]],
    "mixer.value.dense1.bias": [[1], [0]],
    "mixer.value.output.weights": [[1, 1], [0]],
    "mixer.value.output.bias": [[1], [value]],
  };
}

function withWeights(agent: TeamAgent, online: Given, target: Given): TeamAgent {
  agent.restore({ ...agent.save(), weights: arraysOf(online), target: arraysOf(target) });
  return agent;
}

function linearVdn(config: VdnConfigInput = {}): TeamAgent {
  const options = { ...spacesOf(pair), layout: pair, numEnvs: 1, seed: 0 };
  const agent = createAgent("vdn", { ...options, config: { ...linear, ...config } });
  return withWeights(agent, onlineUtility, targetUtility);
}

/** One update; everything that it did, as plain numbers. */
function update(agent: TeamAgent, change: Partial<ReplayBatch> = {}) {
  const { tdErrors, ...metrics } = agent.learn({ ...batch, ...change });
  const { weights } = agent.save();
  agent.dispose();
  const found = (name: string) => [...weights[name]!.data];
  return {
    ...metrics,
    tdErrors: [...tdErrors],
    weights: [...found("utility.q.weights"), ...found("utility.q.bias")],
  };
}

function expectClose(found: readonly number[], expected: readonly number[]): void {
  expect(found.length).toBe(expected.length);
  for (const [i, value] of found.entries()) expect(value).toBeCloseTo(expected[i]!, 5);
}

describe.each(localEngines)("one update on %s", (engine) => {
  beforeAll(async () => {
    await useEngine(engine);
  });

  test("VDN, double: the online net chooses actions 1 and 0, worth -3 and 2 to the target net", () => {
    // Qtot = 1 - 2 = -1, y = 4 + 0.5 (-3 + 2) = 3.5, e = 4.5, L = e^2 / 2; dL/dq = -4.5 for both agents, who share the net:
    // gradients W: [1, 2] * -4.5, b: [-4.5, -4.5].
    const result = update(linearVdn());
    expect(result).toMatchObject({ loss: 10.125, meanQ: -1, tdErrors: [4.5] });
    expect(result.gradientNorm).toBeCloseTo(4.5 * Math.sqrt(7), 4);
    expectClose(result.weights, [1.45, -0.1, 0.45, 0.45]);
  });

  test("without double, each agent's best by the target net: 2 and 9", () => {
    // y = 4 + 0.5 * 11 = 9.5
    expect(update(linearVdn({ double: false })).tdErrors).toEqual([10.5]);
  });

  test("masks: the first agent's action 1 is not legal, so that it is worth 2", () => {
    // y = 4 + 0.5 (2 + 2) = 6
    const nextActionMasks = Uint8Array.of(1, 0, 1, 1);
    expect(update(linearVdn(), { nextActionMasks }).tdErrors).toEqual([7]);
    // Of an agent that has no action left, action 0 counts, which it also takes: 2, and 9 by the second agent's action 1.
    const others = { nextActionMasks: Uint8Array.of(0, 0, 0, 1) };
    expect(update(linearVdn(), others).tdErrors).toEqual([4 + 0.5 * (2 + 9) + 1]);
  });

  test("Huber, reward scale, importance weights and n-step discounts are DQN's", () => {
    const huber = update(linearVdn({ loss: "huber", huberDelta: 2 }));
    expect(huber.loss).toBeCloseTo(2 * (4.5 - 1), 6);
    expectClose(huber.weights, [1.2, -0.6, 0.2, 0.2]);
    // y = 2 - 0.5
    expect(update(linearVdn({ rewardScale: 0.5 })).tdErrors).toEqual([2.5]);
    expect(update(linearVdn(), { weights: Float32Array.of(2) }).loss).toBe(20.25);
    expect(update(linearVdn(), { discounts: Float32Array.of(0.25) }).tdErrors).toEqual([4.75]);
    // What follows the end does not count, not even if it is not finite.
    const ended = { discounts: Float32Array.of(0), nextObservations: Float32Array.of(Number.NaN, 0, 0) };
    expect(update(linearVdn(), ended).tdErrors).toEqual([5]);
  });

  test("clipNorm scales all gradients to the norm, and reports the norm before", () => {
    const optimizer = { name: "sgd", learningRate: 0.1, clipNorm: 1 } as const;
    const result = update(linearVdn({ optimizer }));
    expect(result.gradientNorm).toBeCloseTo(4.5 * Math.sqrt(7), 4);
    const step = 0.1 / Math.sqrt(7);
    expectClose(result.weights, [1 + step, -1 + 2 * step, step, step]);
  });

  test("QMIX: the online mixer values what was done, the target mixer what comes next", () => {
    const options = { ...spacesOf(pair), layout: pair, numEnvs: 1, seed: 0 };
    const mixing = { type: "monotonic", embedding: 1, hypernet: 0 } as const;
    const agent = createAgent("qmix", { ...options, config: { ...linear, mixing } });
    // Online Qtot = 2 q0 + 3 q1, target 4 (q0 + q1).
    const online = { ...onlineUtility, ...linearMixer([-2, 3], 1, -10) };
    const target = { ...targetUtility, ...linearMixer([1, 1], -4, -40) };
    // Qtot = 2 * 1 + 3 * -2 = -4; y = 4 + 0.5 * 4 (-3 + 2) = 2; e = 6. dL/dq = -6 [2, 3]: W moves by 0.1 * 6 [2 * 1, 3 * 2].
    const result = update(withWeights(agent, online, target));
    expectClose(result.tdErrors, [6]);
    expect(result.meanQ).toBeCloseTo(-4, 5);
    expectClose(result.weights, [2.2, 2.6, 1.2, 1.8]);
  });

  test("hard updates copy all nets every N updates, soft ones move tau of the way", () => {
    const options = { ...spacesOf(layout), layout, numEnvs: 1, seed: 0 };
    const rng = new Generator(0);
    const hard = createAgent("qmix", {
      ...options,
      config: { ...small, target: { type: "hard", every: 2 } },
    });
    const before = hard.save();
    expect(before.target).toEqual(before.weights);
    hard.learn(randomBatch(rng));
    for (const [name, { data }] of Object.entries(hard.save().weights))
      expect(data, name).not.toEqual(before.weights[name]!.data);
    expect(hard.save().target).toEqual(before.target);
    hard.learn(randomBatch(rng));
    expect(hard.save().target).toEqual(hard.save().weights);
    hard.dispose();
    const soft = createAgent("qmix", {
      ...options,
      config: { ...small, target: { type: "soft", tau: 0.25 } },
    });
    soft.learn(randomBatch(rng));
    const { weights, target } = soft.save();
    for (const [name, { data }] of Object.entries(target)) {
      const moved = [...before.weights[name]!.data].map(
        (old, i) => 0.75 * old + 0.25 * weights[name]!.data[i]!,
      );
      expectClose([...data], moved);
    }
    soft.dispose();
  });

  test("as captured steps and operation by operation it gives the same bits", () => {
    const states = [false, true].map((eager) => {
      const agent = createAgent("qmix", {
        ...{ ...spacesOf(layout), layout, numEnvs: 1, seed: 3, eager },
        config: { ...small, target: { type: "hard", every: 3 } },
      });
      const rng = new Generator(5);
      const metrics = Array.from({ length: 7 }, (_, i) =>
        structuredClone(agent.learn(randomBatch(rng, i === 4 ? 5 : 16))),
      );
      const observations = randomBatch(rng).observations;
      const values = [agent.qValues(observations, 16), agent.utilityValues(observations, [2, 0], 2)];
      const state = agent.save();
      agent.dispose();
      return { metrics, values, state };
    });
    expect(states[1]).toEqual(states[0]);
  });

  test.each([
    { type: "monotonic", embedding: 3, hypernet: 4 },
    { type: "monotonic", embedding: 3, hypernet: 0 },
    { type: "sum" },
  ] as const)("its gradient by every weight is that of finite differences: %o", (mixing) => {
    const rate = 1 / 128;
    const agent = createAgent("qmix", {
      ...{ ...spacesOf(layout), layout, numEnvs: 1, seed: 4 },
      config: {
        ...{ ...small, mixing, net: { type: "mlp", hidden: [3], activation: "tanh" } },
        optimizer: { name: "sgd", learningRate: rate },
      } satisfies QmixConfigInput,
    });
    // Ends of episodes, where the targets depend on no weight.
    const ends = { ...randomBatch(new Generator(6), 4), discounts: new Float32Array(4) };
    const state = agent.save();
    agent.learn(ends);
    const after = agent.save().weights;
    const lossWith = (name: string, i: number, step: number): number => {
      const weights = structuredClone(state.weights);
      weights[name]!.data[i]! += step;
      agent.restore({ ...state, weights });
      return agent.learn(ends).loss;
    };
    // So narrow that hardly any |w| or ReLU turns in between.
    const [width, errors, sizes] = [1 / 2048, [] as number[], [] as number[]];
    for (const [name, { data }] of Object.entries(state.weights)) {
      for (let i = 0; i < data.length; i++) {
        const found = (data[i]! - after[name]!.data[i]!) / rate;
        const expected = (lossWith(name, i, width) - lossWith(name, i, -width)) / (2 * width);
        errors.push(Math.abs(found - expected));
        sizes.push(Math.abs(expected));
      }
    }
    agent.dispose();
    expect(Math.max(...sizes)).toBeGreaterThan(0.05);
    expect(Math.max(...errors)).toBeLessThan(0.002);
  });
});

test("all engines learn the same", async () => {
  const learnt: number[][] = [];
  for (const engine of localEngines) {
    await useEngine(engine);
    const agent = createAgent("qmix", {
      ...{ ...spacesOf(layout), layout, numEnvs: 1, seed: 3 },
      config: { ...small, optimizer: { name: "sgd", learningRate: 0.05 } },
    });
    const rng = new Generator(7);
    for (let i = 0; i < 5; i++) agent.learn(randomBatch(rng));
    learnt.push(Object.values(agent.save().weights).flatMap(({ data }) => [...data]));
    agent.dispose();
  }
  for (const weights of learnt) expectClose(weights, learnt[0]!);
});
