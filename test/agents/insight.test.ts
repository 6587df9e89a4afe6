import { box, discrete, Generator } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import { type AgentName, createAgent } from "../../src/agents/index.js";
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

function observation(count = size): Float32Array {
  const rng = new Generator(8);
  return Float32Array.from({ length: count }, () => rng.random());
}

/** The best score of an observation. */
function bestOf(agent: ReturnType<typeof agentOf>, x: Float32Array): number {
  return Math.max(...agent.qValues!(x, 1));
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
    // Central differences, summed over the two channels; float32 leaves some five digits.
    const h = 2e-3;
    for (let place = 0; place < 20; place++) {
      let sum = 0;
      for (const i of [2 * place, 2 * place + 1]) {
        const [less, more] = [x.slice(), x.slice()];
        less[i]! -= h;
        more[i]! += h;
        sum += Math.abs(bestOf(agent, more) - bestOf(agent, less)) / (2 * h);
      }
      expect(saliency!.data[place]).toBeCloseTo(sum, 3);
    }
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
