import { box, discrete, Generator } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import { Forward } from "../../src/agents/evolution/forward.js";
import { type AgentName, createAgent, planPolicy, searchPolicy } from "../../src/agents/index.js";
import { netSpecSchema } from "../../src/nets/index.js";
import { tf, useEngine } from "../../src/tensors/index.js";
import { localEngines } from "../engines.js";

const shape = [5, 4, 2] as const;
const size = 40;
const image = box({ low: 0, high: 1, shape: [...shape] });
const conv = {
  type: "layers",
  layers: [
    { type: "conv2d", filters: 3, size: 2, stride: 1, activation: "tanh" },
    { type: "conv2d", filters: 2, size: 2, stride: 1, activation: "relu" },
    { type: "flatten" },
    { type: "dense", units: 8, activation: "tanh" },
  ],
};

function agentOf(name: AgentName, config: object, observationSpace = image) {
  const options = { observationSpace, actionSpace: discrete(3), numEnvs: 1, seed: 4, config };
  return createAgent(name, options as Parameters<typeof createAgent>[1]);
}

function observation(count = size, seed = 8): Float32Array {
  const rng = new Generator(seed);
  return Float32Array.from({ length: count }, () => rng.random());
}

/** How much a score moves with each place of `[5, 4, 2]`: central differences by 2h, summed over the two channels. */
function movesOf(score: (x: Float32Array) => number, x: Float32Array, h: number): number[] {
  const moveOf = (i: number) => {
    const [less, more] = [x.slice(), x.slice()];
    less[i]! -= h;
    more[i]! += h;
    return Math.abs(score(more) - score(less)) / (2 * h);
  };
  return Array.from({ length: size / 2 }, (_, place) => moveOf(2 * place) + moveOf(2 * place + 1));
}

function expectClose(found: ArrayLike<number>, expected: readonly number[]): void {
  expect(found).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) expect(found[i]).toBeCloseTo(value, 3);
}

describe.each(localEngines)("insight on %s", (engine) => {
  test.each([
    ["plain", "dqn", {}],
    ["dueling, noisy", "dqn", { dueling: true, noise: { type: "factorised" } }],
    ["C51", "dqn", { distribution: { type: "c51", atoms: 11, vMin: -2, vMax: 2 } }],
    ["quantiles", "dqn", { distribution: { type: "qr", quantiles: 7 } }],
    ["plain", "pqn", {}],
  ] as const)("saliency is how much the best score moves: %s %s", async (_, name, config) => {
    await useEngine(engine);
    const agent = agentOf(name, { net: conv, ...config });
    const x = observation();
    const before = tf.memory().numTensors;
    const { saliency } = agent.insight!(x)!;
    expect(tf.memory().numTensors).toBe(before);
    expect(saliency!.shape).toEqual([5, 4]);
    // Float32 leaves some five digits.
    expectClose(
      saliency!.data,
      movesOf((near) => Math.max(...agent.qValues!(near, 1)), x, 2e-3),
    );
    agent.dispose();
  });

  test("activations and filters are those of the convolutions", async () => {
    await useEngine(engine);
    const agent = agentOf("dqn", { net: conv });
    const { weights } = agent.save();
    const { activations, filters, distribution } = agent.insight!(observation());
    expect(distribution).toBeNull();
    expect(activations.map(({ name, height, width, channels }) => [name, height, width, channels])).toEqual([
      ["conv2d1", 4, 3, 3],
      ["conv2d2", 3, 2, 2],
    ]);
    const filter = weights["conv2d1.weights"]!;
    expect(filters).toMatchObject({ height: 2, width: 2, inputs: 2, outputs: 3 });
    expect([...filters!.data]).toEqual([...filter.data]);
    // The first layer by hand, at every place and for every filter.
    const x = observation();
    const bias = weights["conv2d1.bias"]!.data;
    const expected: number[] = [];
    for (let row = 0; row < 4; row++)
      for (let column = 0; column < 3; column++)
        for (let out = 0; out < 3; out++) {
          let sum = bias[out]!;
          for (let i = 0; i < 2; i++)
            for (let j = 0; j < 2; j++)
              for (let c = 0; c < 2; c++)
                sum +=
                  x[((row + i) * 4 + column + j) * 2 + c]! * filter.data[((i * 2 + j) * 2 + c) * 3 + out]!;
          expected.push(Math.max(0, Math.tanh(sum)));
        }
    const [first] = activations;
    expect(first!.max).toBeCloseTo(Math.max(...expected), 5);
    expected.forEach((value, i) => {
      // 255ths are cut, not rounded.
      expect(Math.abs(first!.data[i]! - (value / first!.max) * 255)).toBeLessThan(1.001);
    });
    agent.dispose();
  });

  test("distributions: shares of a whole whose mean is the value, or returns that rise", async () => {
    await useEngine(engine);
    const c51 = agentOf("dqn", { net: conv, distribution: { type: "c51", atoms: 11, vMin: -2, vMax: 3 } });
    const { distribution } = c51.insight!(observation());
    expect(distribution).toMatchObject({ kind: "atoms", low: -2, high: 3 });
    const values = c51.qValues!(observation(), 1);
    for (let action = 0; action < 3; action++) {
      const row = [...distribution!.data.subarray(action * 11, (action + 1) * 11)];
      expect(row.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5);
      expect(row.reduce((sum, p, i) => sum + p * (-2 + i * 0.5), 0)).toBeCloseTo(values[action]!, 4);
    }
    c51.dispose();
    const qr = agentOf("dqn", { net: conv, distribution: { type: "qr", quantiles: 7 } });
    const quantiles = qr.insight!(observation()).distribution!;
    expect(quantiles.kind).toBe("quantiles");
    expect(quantiles.low).toBe(Math.min(...quantiles.data));
    const mean = quantiles.data.subarray(7, 14).reduce((sum, value) => sum + value / 7, 0);
    expect(mean).toBeCloseTo(qr.qValues!(observation(), 1)[1]!, 4);
    qr.dispose();
  });

  test("vectors have a saliency per value, numbered states none", async () => {
    await useEngine(engine);
    const vector = agentOf(
      "dqn",
      { net: { type: "mlp", hidden: [8] } },
      box({ low: -1, high: 1, shape: [4] }),
    );
    const seen = vector.insight!(observation(4));
    expect(seen.saliency!.shape).toEqual([4]);
    expect(seen.saliency!.data.every((value) => value > 0)).toBe(true);
    expect(seen.activations).toEqual([]);
    expect(seen.filters).toBeNull();
    vector.dispose();
    const states = agentOf("dqn", { net: { type: "mlp", hidden: [8] } }, discrete(6) as never);
    expect(states.insight!(Int32Array.of(2)).saliency).toBeNull();
    states.dispose();
  });

  describe("of a recurrent net", () => {
    const make = (config: object = {}) => {
      const agent = agentOf("drqn", { net: conv, lstm: { units: 6 }, ...config });
      // Greater weights, by which what is remembered weighs more.
      const { weights } = agent.save();
      for (const { data } of Object.values(weights)) for (let i = 0; i < data.length; i++) data[i]! *= 3;
      agent.restoreWeights(weights);
      return agent;
    };
    const episode = Array.from({ length: 3 }, (_, step) => observation(size, 20 + step));

    test.each([{}, { dueling: true }])("saliency is by what it remembered: %j", async (config) => {
      await useEngine(engine);
      const agent = make(config);
      const policy = agent.greedyPolicy();
      const bestAfter = (before: readonly Float32Array[]) => (x: Float32Array) => {
        const again = agent.greedyPolicy();
        for (const seen of before) again(seen, null);
        again(x, null);
        return Math.max(...again.values!);
      };
      for (const [step, x] of episode.entries()) {
        policy(x, null);
        const { saliency } = policy.insight!(x);
        expect(saliency!.shape).toEqual([5, 4]);
        expectClose(saliency!.data, movesOf(bestAfter(episode.slice(0, step)), x, 2e-3));
      }
      // The same observation without a memory is another matter.
      const remembering = policy.insight!(episode[2]!).saliency!.data;
      policy.restart!();
      policy(episode[2]!, null);
      const first = policy.insight!(episode[2]!).saliency!.data;
      expect(Math.max(...first.map((value, i) => Math.abs(value - remembering[i]!)))).toBeGreaterThan(0.01);
      agent.dispose();
    });

    test("is seen, and nothing is changed by it", async () => {
      await useEngine(engine);
      const agent = make();
      const play = (look: boolean) => {
        const policy = agent.greedyPolicy();
        return [...episode, ...episode].map((x, step) => {
          if (step === 4)
            policy.endEpisodes!({ terminations: Uint8Array.of(1), truncations: Uint8Array.of(0) });
          const actions = [...(policy(x, null) as Int32Array)];
          const values = policy.values!.slice();
          const insights = look ? [policy.insight!(x), policy.insight!(x)] : [];
          expect(insights[1]).toEqual(insights[0]);
          expect(policy.values).toEqual(values);
          return { actions, values };
        });
      };
      const state = agent.save();
      play(true);
      const before = tf.memory().numTensors;
      expect(play(true)).toEqual(play(false));
      expect(tf.memory().numTensors).toBe(before);
      expect(agent.save()).toEqual(state);
      agent.dispose();
    });

    test("is that of the first of several rows, and of the step before an end that has been told", async () => {
      await useEngine(engine);
      const agent = make();
      const [alone, rows] = [agent.greedyPolicy(), agent.greedyPolicy()];
      for (const [step, x] of episode.entries()) {
        const two = Float32Array.of(...x, ...observation(size, 90 + step));
        alone(x, null);
        rows(two, null);
        const { data } = rows.insight!(two).saliency!;
        expectClose(data, [...alone.insight!(x).saliency!.data]);
      }
      const last = alone.insight!(episode[2]!);
      alone.endEpisodes!({ terminations: Uint8Array.of(1), truncations: Uint8Array.of(0) });
      expect(alone.insight!(episode[2]!)).toEqual(last);
      agent.dispose();
    });

    test("has the filters and activations of the convolutions below its memory", async () => {
      await useEngine(engine);
      const [agent, feedForward] = [make(), agentOf("dqn", { net: conv })];
      const { weights } = agent.save();
      const own = Object.entries(weights).filter(([name]) => name.startsWith("conv2d"));
      feedForward.restoreWeights({ ...feedForward.save().weights, ...Object.fromEntries(own) });
      const policy = agent.greedyPolicy();
      for (const x of episode) policy(x, null);
      const { activations, filters, distribution } = policy.insight!(episode[2]!);
      const expected = feedForward.insight!(episode[2]!);
      expect(activations).toHaveLength(2);
      expect({ activations, filters }).toEqual({
        activations: expected.activations,
        filters: expected.filters,
      });
      expect(distribution).toBeNull();
      agent.dispose();
      feedForward.dispose();
    });
  });

  describe("of a net that was searched for", () => {
    const spec = netSpecSchema.parse({ ...conv, inputScale: 0.5 });
    const planOf = (
      actionSpace: Parameters<typeof planPolicy>[0]["actionSpace"] = discrete(3, { start: 2 }),
    ) => {
      // Each value has bounds of its own, so that a scale in a wrong place is found.
      const high = Float32Array.from({ length: size }, (_, i) => 1 + i / 8);
      const observationSpace = box({ low: high.map((bound) => -bound), high, shape: [...shape] });
      return planPolicy({ observationSpace, actionSpace, net: spec, observations: "bounds" });
    };

    test("saliency is how much the greatest output moves with what the net takes in", async () => {
      await useEngine(engine);
      const { plan, initial, named } = planOf();
      const parameters = initial(new Generator(5)).map((value) => 2 * value);
      const policy = searchPolicy(plan, parameters);
      const x = observation();
      const actions = [...(policy(x, null) as Int32Array)];
      policy.insight!(x);
      const before = tf.memory().numTensors;
      const { saliency, activations, filters, distribution } = policy.insight!(x);
      expect(tf.memory().numTensors).toBe(before);
      expect(policy(x, null)).toEqual(Int32Array.from(actions));
      const forward = new Forward(plan.net);
      const scale = plan.net.input.scale as Float64Array;
      // By the numbers after they are scaled, which is what saliency is about.
      const bestOf = (scaled: Float32Array) =>
        Math.max(
          ...forward.run(
            parameters,
            Float64Array.from(scaled, (value, i) => value / scale[i]!),
            0,
          ),
        );
      const scaled = x.map((value, i) => value * scale[i]!);
      expect(saliency!.shape).toEqual([5, 4]);
      expectClose(saliency!.data, movesOf(bestOf, scaled, 2e-3));
      expect(activations.map(({ name, channels }) => [name, channels])).toEqual([
        ["conv2d1", 3],
        ["conv2d2", 2],
      ]);
      expect(filters!.data).toEqual(named(parameters)["conv2d1.weights"]!.data);
      expect(distribution).toBeNull();
    });

    test("has none of numbers of a Box, and no saliency of numbered states", async () => {
      await useEngine(engine);
      const continuous = planOf(box({ low: -1, high: 1, shape: [2] }));
      expect(searchPolicy(continuous.plan, continuous.initial(new Generator(1))).insight).toBeUndefined();
      const { plan, initial } = planPolicy({
        ...{ observationSpace: discrete(6, { start: 4 }), actionSpace: discrete(3), observations: "bounds" },
        net: netSpecSchema.parse({ type: "mlp", hidden: [8] }),
      });
      const policy = searchPolicy(plan, initial(new Generator(1)));
      expect(policy.insight!(Int32Array.of(7))).toEqual({
        ...{ saliency: null, distribution: null, activations: [], filters: null },
      });
    });
  });

  test("a policy gradient's are of its logits, and it has no distribution", async () => {
    await useEngine(engine);
    const agent = agentOf("ppo", { net: conv });
    const { saliency, activations, distribution } = agent.insight!(observation());
    expect(saliency!.data.some((value) => value > 0)).toBe(true);
    expect(activations).toHaveLength(2);
    expect(distribution).toBeNull();
    agent.dispose();
  });
});
