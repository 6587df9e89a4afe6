import { Generator } from "gymnasium-js";
import { beforeAll, describe, expect, test } from "vitest";
import { buildModel, input, layers, modelSpec, type Node } from "../../../src/nets/models/index.js";
import { capture, tf, useEngine } from "../../../src/tensors/index.js";
import { localEngines } from "../../engines.js";

const build = (y: Node) => buildModel(modelSpec({ y }), new Generator(1));
const sequence = input("x", [4, 3]);
const image = input("image", [5, 5, 2]);
const longMask = input("mask", [5]);
const masked = { masked: true } as const;

describe("what does not fit is refused when a model is built", () => {
  const refusals: [string, Node, string][] = [
    [
      "a mask of an LSTM's other steps",
      layers.lstm({ units: 2, ...masked })(sequence, longMask),
      '"lstm1" has a mask [5] for a sequence of 4 steps; make it [4].',
    ],
    [
      "a mask of attention's other steps",
      layers.attention(masked)(input("q", [1, 3]), sequence, longMask),
      '"attention1" has a mask [5] for a sequence of 4 steps; make it [4].',
    ],
    [
      "a mask of a mean's other steps",
      layers.globalAvgPool(masked)(sequence, longMask),
      '"globalAvgPool1" has a mask [5] for a sequence of 4 steps; make it [4].',
    ],
    [
      "a mask of a maximum's other steps",
      layers.globalMaxPool(masked)(sequence, longMask),
      '"globalMaxPool1" has a mask [5] for a sequence of 4 steps; make it [4].',
    ],
    [
      "queries of another width",
      layers.attention()(sequence, input("z", [4, 2])),
      '"attention1" multiplies queries of 3 features by steps of 2; make them equal, or use the score "general".',
    ],
    [
      "an initial state of another width",
      layers.gru({ units: 2, initialState: true })(sequence, input("h", [5])),
      '"gru1" has 2 units, but its initial states are [5]; make them [2].',
    ],
    [
      "a dilated window larger than an image",
      layers.conv2d({ filters: 1, size: [2, 3], dilation: 3 })(image),
      '"conv2d1" has a window of 4x7, but its input is only 5x5; use smaller windows or padding "same".',
    ],
    [
      "a dilated window longer than a sequence",
      layers.conv1d({ filters: 1, size: 2, dilation: 4 })(sequence),
      '"conv1d1" has a window of 5, but its input is only 4; use smaller windows or padding "same".',
    ],
    [
      "pools beside an image",
      layers.maxPool({ size: [3, 2], padding: 2 })(image),
      '"maxPool1" pools 3x2 windows with padding 2, so that some lie outside the image; pad by less than a window\'s sides.',
    ],
    [
      "a reshape to another size",
      layers.reshape({ shape: [5] })(sequence),
      '"reshape1" cannot make [5] of [4, 3]: they hold different numbers of values.',
    ],
    [
      "a dense layer of single numbers",
      layers.dense({ units: 1 })(input("x", [])),
      '"dense1" needs one input of shape [..., features], but gets [].',
    ],
    [
      "probabilities of single numbers, which would be over the batch",
      layers.softmax()(input("x", [])),
      '"softmax1" needs one input of shape [..., classes], but gets [].',
    ],
    [
      "a table that no memory holds",
      layers.embedding({ count: 1e12, size: 3 })(input("ids", [2], "int32")),
      '"embedding1.weights" would be [1000000000000, 3], which is more than 2147483647 values; make the layer or its input smaller.',
    ],
    [
      "dropped steps of a vector, which would be its rows",
      layers.dropout({ whole: "steps" })(input("x", [6])),
      '"dropout1" drops whole steps, of which its input [6] has none; use the whole "none".',
    ],
    [
      "a reshape of an open time",
      layers.reshape({ shape: [3] })(input("x", [null, 3])),
      '"reshape1" has to know all dimensions beforehand, but it is left open (null).',
    ],
  ];

  test.each(refusals)("%s", (_, y, sentence) => {
    const before = tf.memory().numTensors;
    expect(() => build(y)).toThrow(expect.objectContaining({ code: "invalid-net", message: sentence }));
    expect(tf.memory().numTensors).toBe(before);
  });

  test("but an open time fits any", () => {
    build(layers.gru({ units: 2, ...masked })(sequence, input("mask", [null]))).dispose();
    build(layers.gru({ units: 2, ...masked })(input("x", [null, 3]), longMask)).dispose();
  });
});

describe.each(localEngines)("layers on %s", (engine) => {
  beforeAll(async () => {
    await useEngine(engine);
  });

  const time = input("x", [null, 3]);
  const mask = input("mask", [null]);
  const window = (length: string) => `has a window of ${length}; use smaller windows or padding "same".`;
  const lateRefusals: [string, Node, Record<string, number[]>, string][] = [
    [
      "a mask of a GRU",
      layers.gru({ units: 2, ...masked })(time, mask),
      { x: [2, 4, 3], mask: [2, 2] },
      '"gru1" has a mask [2] for a sequence of 4 steps; make it [4].',
    ],
    [
      "a mask of attention",
      layers.attention(masked)(input("q", [1, 3]), time, mask),
      { q: [2, 1, 3], x: [2, 4, 3], mask: [2, 1] },
      '"attention1" has a mask [1] for a sequence of 4 steps; make it [4].',
    ],
    [
      "a mask of a mean",
      layers.globalAvgPool(masked)(time, mask),
      { x: [2, 4, 3], mask: [2, 1] },
      '"globalAvgPool1" has a mask [1] for a sequence of 4 steps; make it [4].',
    ],
    [
      "a mask of a maximum",
      layers.globalMaxPool(masked)(time, mask),
      { x: [2, 4, 3], mask: [2, 1] },
      '"globalMaxPool1" has a mask [1] for a sequence of 4 steps; make it [4].',
    ],
    [
      "a sequence shorter than a window",
      layers.conv1d({ filters: 1, size: 3 })(time),
      { x: [1, 2, 3] },
      `"conv1d1" ${window("3, but its input is only 2")}`,
    ],
    [
      "an image smaller than a window",
      layers.conv2d({ filters: 1, size: 3 })(input("x", [null, null, 2])),
      { x: [1, 3, 2, 2] },
      `"conv2d1" ${window("3x3, but its input is only 3x2")}`,
    ],
    [
      "a sum of sequences of other lengths",
      layers.add()(time, input("z", [null, 3])),
      { x: [2, 4, 3], z: [2, 5, 3] },
      '"add1" needs inputs that fit each other, but gets [4, 3] and [5, 3]; make the extents that are left open (null) equal.',
    ],
    [
      "a sum of sequences of which one would be broadcast",
      layers.add()(time, input("z", [null, 3])),
      { x: [2, 4, 3], z: [2, 1, 3] },
      '"add1" needs inputs that fit each other, but gets [4, 3] and [1, 3]; make the extents that are left open (null) equal.',
    ],
    [
      "a product of sequences of which one would be broadcast",
      layers.multiply()(time, time, input("z", [null, 3])),
      { x: [2, 1, 3], z: [2, 4, 3] },
      '"multiply1" needs inputs that fit each other, but gets [1, 3] and [1, 3] and [4, 3]; make the extents that are left open (null) equal.',
    ],
    [
      "sequences of other lengths side by side",
      layers.concat()(time, input("z", [null, 2])),
      { x: [2, 4, 3], z: [2, 1, 2] },
      '"concat1" needs inputs that fit each other, but gets [4, 3] and [1, 2]; make the extents that are left open (null) equal.',
    ],
    [
      "a sequence without steps",
      layers.globalAvgPool()(time),
      { x: [2, 0, 3] },
      '"x" is of shape [2, 0, 3]; a row has to hold something.',
    ],
    [
      "an image smaller than a pool",
      layers.maxPool({ size: 3 })(input("x", [null, null, 2])),
      { x: [1, 2, 2, 2] },
      `"maxPool1" ${window("3x3, but its input is only 2x2")}`,
    ],
  ];

  test.each(lateRefusals)("%s is refused when it comes, and leaves no tensors", (_, y, shapes, message) => {
    const model = build(y);
    const feeds = Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, tf.ones(shape)]));
    const before = tf.memory().numTensors;
    expect(() => model.apply(feeds)).toThrow(expect.objectContaining({ code: "invalid-input", message }));
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose(feeds);
    model.dispose();
  });

  test.each([3, -1])("a vector of the number %d, of which there is none, is refused", (id) => {
    const model = build(
      layers.embedding({ count: 3, size: 2, name: "words" })(input("ids", [null], "int32")),
    );
    const ids = tf.tensor2d([[0, id, 2]], [1, 3], "int32");
    const before = tf.memory().numTensors;
    const refusal = expect.objectContaining({
      code: "invalid-input",
      message: `"words" has vectors for 0 to 2, but is asked for ${id}; map what is unknown to a number of its own, or raise "count".`,
    });
    expect(() => model.apply({ ids })).toThrow(refusal);
    const step = capture((feeds: { ids: tf.Tensor }) => ({ y: model.apply(feeds).y! }));
    const stepOf = (...values: number[]) =>
      step.run({ ids: { data: Int32Array.from(values), shape: [1, 3] } });
    expect(() => stepOf(0, id, 2)).toThrow(refusal);
    expect(stepOf(0, 1, 2).y).toHaveLength(6);
    expect(tf.memory().numTensors).toBe(before);
    ids.dispose();
    model.dispose();
  });

  test("a sequence that is all padding has 0 for its mean, maximum and contexts", () => {
    const x = input("x", [2, 1]);
    const mask = input("mask", [2]);
    const context = layers.attention(masked)(input("q", [1, 1]), x, mask);
    const model = buildModel(
      modelSpec({
        mean: layers.globalAvgPool(masked)(x, mask),
        maximum: layers.globalMaxPool(masked)(x, mask),
        context,
        weights: context.output(1),
      }),
      new Generator(1),
    );
    const found = tf.tidy(() => {
      const outputs = model.apply({
        x: tf.tensor([-3, -5, -3, -5, -3, -5], [3, 2, 1]),
        mask: tf.tensor([1, 1, 0, 1, 0, 0], [3, 2]),
        q: tf.zeros([3, 1, 1]),
      });
      return Object.entries(outputs).map(([name, output]) => [name, [...output.dataSync()]]);
    });
    expect(Object.fromEntries(found)).toEqual({
      mean: [-4, -5, 0],
      maximum: [-3, -5, 0],
      context: [-4, -5, expect.closeTo(0, 12)],
      weights: [0.5, 0.5, 0, 1, 0, 0],
    });
    model.dispose();
  });
});
