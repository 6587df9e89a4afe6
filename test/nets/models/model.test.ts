// Models as functions: what goes in and out, weights, and what is refused.
import { Generator } from "gymnasium-js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildModel, input, layers, type Model, modelSpec, sequential } from "../../../src/nets/index.js";
import { initialBias, initialWeights } from "../../../src/nets/initializers.js";
import { tf, useEngine } from "../../../src/tensors/index.js";
import { localEngines } from "../../engines.js";
import { busy, translator } from "./busy-models.js";
import { drawn } from "./drawn.js";

function bitsOf(tensors: Record<string, tf.Tensor>): Record<string, number[]> {
  return Object.fromEntries(Object.entries(tensors).map(([name, x]) => [name, [...x.dataSync()]]));
}

afterAll(() => useEngine("cpu"));

describe.each(localEngines)("on %s", (engine) => {
  beforeAll(() => useEngine(engine));

  test("inner nodes can be given, and then need none of their inputs", () => {
    const model = buildModel(translator, new Generator(1));
    tf.tidy(() => {
      const feeds = { written: drawn([2, 3, 2]), read1: drawn([2, 4, 2], 2), read2: drawn([2, 4, 2], 3) };
      const whole = model.apply(feeds, { outputs: ["words", "decoder", "encoder1:1", "encoder2:2"] });
      const states = { "encoder1:1": whole["encoder1:1"]!, "encoder2:2": whole["encoder2:2"]! };
      const goesOn = model.apply({ written: feeds.written, ...states });
      expect(bitsOf(goesOn)).toEqual({ words: bitsOf(whole).words });
      const head = model.apply({ decoder: whole.decoder! });
      expect(bitsOf(head)).toEqual({ words: bitsOf(whole).words });
    });
    model.dispose();
  });

  test("what is given is what comes out, though the rest of its node is computed", () => {
    const spec = modelSpec({ y: layers.gru({ units: 2, name: "g" })(input("x", [null, 2])) });
    const model = buildModel(spec, new Generator(1));
    tf.tidy(() => {
      const feeds = { x: drawn([1, 3, 2]), "g:1": tf.tensor2d([[7, 8]]) };
      const outputs = model.apply(feeds, { outputs: ["g:0", "g:1", "x"] });
      expect([...outputs["g:1"]!.dataSync()]).toEqual([7, 8]);
      expect([...outputs.x!.dataSync()]).toEqual([...feeds.x.dataSync()]);
      expect(outputs["g:0"]!.shape).toEqual([1, 3, 2]);
    });
    model.dispose();
  });

  test("each output is a tensor of its own; feeds stay the caller's, and nothing leaks", () => {
    const x = input("x", [3]);
    const kept = layers.dropout({ name: "dropout" })(x);
    const model = buildModel(
      modelSpec({ a: x, b: kept, c: kept, d: layers.softmax()(kept) }),
      new Generator(1),
    );
    const feed = drawn([2, 3]);
    const before = tf.memory().numTensors;
    const outputs = model.apply({ x: feed }, { outputs: ["a", "b", "c", "d", "dropout", "x", "a"] });
    const tensors = Object.values(outputs);
    expect(tf.memory().numTensors).toBe(before + tensors.length);
    expect(new Set([feed, ...tensors]).size).toBe(7);
    for (const tensor of tensors) {
      tensor.dispose();
      expect(feed.isDisposed).toBe(false);
    }
    expect(tensors.every((tensor) => tensor.isDisposed)).toBe(true);
    expect(tf.memory().numTensors).toBe(before);
    expect(feed.dataSync()).toHaveLength(6);
    feed.dispose();
    model.dispose();
  });

  test("save, restore and copyFrom keep every bit, buffers included", () => {
    const before = tf.memory().numTensors;
    const [model, restored, copied] = [1, 2, 3].map((seed) => buildModel(busy, new Generator(seed))) as [
      Model,
      Model,
      Model,
    ];
    const x = drawn([6, 3]);
    for (let pass = 0; pass < 3; pass++) tf.dispose(model.apply({ input: x }, { training: true }));
    const saved = model.save();
    expect(Object.keys(saved)).toEqual([...model.parameters.keys(), ...model.buffers.keys()]);
    expect(Object.keys(saved)).toEqual(
      ["dense.weights", "dense.bias", "norm.scale", "norm.offset", "head.weights", "head.bias"].concat([
        "dense.spectral",
        "norm.mean",
        "norm.variance",
      ]),
    );
    restored.restore(saved);
    copied.copyFrom(model);
    const outputsOf = (one: Model) => tf.tidy(() => bitsOf(one.apply({ input: x })));
    for (const other of [restored, copied]) {
      expect(other.save()).toEqual(saved);
      expect(outputsOf(other)).toEqual(outputsOf(model));
    }
    // They share no memory.
    const bits = outputsOf(model);
    tf.dispose(restored.apply({ input: x }, { training: true }));
    tf.tidy(() => copied.parameters.get("head.bias")!.assign(tf.zeros([2])));
    saved["head.bias"]!.data.fill(0);
    expect(outputsOf(model)).toEqual(bits);
    for (const one of [model, restored, copied]) one.dispose();
    x.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test("one seed gives the same bits through training, another seed others", () => {
    const x = drawn([6, 3]);
    const passes = (seed: number) => {
      const model = buildModel(busy, new Generator(seed));
      const outputs = [1, 2].map(() => tf.tidy(() => bitsOf(model.apply({ input: x }, { training: true }))));
      const saved = model.save();
      model.dispose();
      return { outputs, saved };
    };
    expect(passes(5)).toEqual(passes(5));
    expect(passes(5)).not.toEqual(passes(6));
    x.dispose();
  });
});

describe("draws", () => {
  test("are those of weights in the order of the nodes, then a seed for masks and noise", () => {
    const spec = sequential(
      [3],
      [layers.dense({ units: 4, name: "a" }), layers.dense({ units: 2, name: "b" })],
    );
    const model = buildModel(spec, new Generator(9));
    const rng = new Generator(9);
    const expected = [
      { inputs: 3, outputs: 4, gain: 1 },
      { inputs: 4, outputs: 2, gain: 1 },
    ].flatMap((fan) => [
      initialWeights("pytorch-uniform", fan, rng),
      initialBias("pytorch-uniform", fan, rng),
    ]);
    expect(Object.entries(model.save()).map(([, { data }]) => data)).toEqual(expected);
    expect([...model.parameters.keys()]).toEqual(["a.weights", "a.bias", "b.weights", "b.bias"]);
    expect(model.random.state).toEqual(new Generator([rng.nextUint32(), rng.nextUint32()]).state);
    model.dispose();
  });

  test("are none in inference", () => {
    const model = buildModel(busy, new Generator(1));
    const { state } = model.random;
    tf.tidy(() => void model.apply({ input: drawn([2, 3]) }));
    expect(model.random.state).toEqual(state);
    tf.tidy(() => void model.apply({ input: drawn([2, 3]) }, { training: true }));
    expect(model.random.state).not.toEqual(state);
    model.dispose();
  });
});
