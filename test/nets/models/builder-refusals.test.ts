// Descriptions of models that are not valid, and layers that do not fit.
import { Generator } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import {
  buildModel,
  chain,
  input,
  layers,
  modelSpec,
  parseModelSpec,
  summarizeModel,
  zoo,
} from "../../../src/nets/index.js";
import { tf, useEngine } from "../../../src/tensors/index.js";

await useEngine("cpu");

function invalidNet(message: string | RegExp) {
  const text = typeof message === "string" ? message : expect.stringMatching(message);
  return expect.objectContaining({ name: "NetError", code: "invalid-net", message: text });
}

const nodes = [{ name: "head", inputs: ["x"], layer: { type: "dense", units: 3 } as unknown }];
const json = { inputs: { x: { shape: [4] } }, nodes, outputs: { y: "head" } };

function withLayer(layer: unknown) {
  return { ...json, nodes: [{ ...nodes[0], layer }] };
}

describe("parseModelSpec", () => {
  test("gives back what JSON made of a description", () => {
    for (const { build } of [zoo.lenet5, zoo["encoder-decoder"], zoo.gcn]) {
      expect(parseModelSpec(JSON.parse(JSON.stringify(build())))).toEqual(build());
    }
  });

  test.each<[string, unknown, string | RegExp]>([
    [
      "a layer that there is not",
      withLayer({ type: "desne", units: 3 }),
      'There is no layer "desne", which node "head" is to be; did you mean "dense"?',
    ],
    [
      "a layer that is like none",
      withLayer({ type: "transformerEncoder" }),
      /^There is no layer "transformerEncoder".*; there are dense, noisyDense, .*, graphConv\.$/,
    ],
    [
      "a setting that there is not",
      withLayer({ type: "dense", units: 3, activatoin: "relu" }),
      'There is no setting "activatoin" of the dense layer of node "head"; did you mean "activation"?',
    ],
    [
      "a setting of another layer",
      withLayer({ type: "softmax", momentum: 0.1 }),
      'There is no setting "momentum" of the softmax layer of node "head"; there are none.',
    ],
    [
      "a setting that is missing because it is misspelt",
      withLayer({ type: "dense", unit: 3 }),
      'There is no setting "unit" of the dense layer of node "head"; did you mean "units"?',
    ],
    [
      "a value that is not finite",
      withLayer({ type: "dense", units: Number.NaN }),
      /^"units" of the dense layer of node "head" cannot be NaN: .*\.$/,
    ],
    [
      "a value that JSON has not",
      withLayer({ type: "dense", units: 3n }),
      /^"units" of the dense layer of node "head" cannot be 3: .*bigint\.$/,
    ],
    [
      "a setting that is missing",
      withLayer({ type: "dense" }),
      'The dense layer of node "head" lacks "units".',
    ],
    [
      "a value out of range",
      withLayer({ type: "dropout", rate: 1 }),
      /^"rate" of the dropout layer of node "head" cannot be 1: .*<1\.$/,
    ],
    [
      "an extent of 0 in a pair",
      withLayer({ type: "conv2d", filters: 1, size: [3, 0] }),
      /^"size\.1" of the conv2d layer of node "head" cannot be 0: .*>=1\.$/,
    ],
    ["no layer at all", withLayer(null), /^"layer" of node "head" cannot be null: .*\.$/],
    ["a layer without a type", withLayer({ units: 3 }), 'Node "head" lacks "layer.type".'],
    [
      "a key of a node",
      { ...json, nodes: [{ ...nodes[0], input: ["x"] }] },
      'There is no setting "input" of node "head"; did you mean "inputs"?',
    ],
    ["a node without a name", { ...json, nodes: [{ inputs: ["x"], layer: {} }] }, 'Node 0 lacks "name".'],
    [
      "a name with a colon",
      { ...json, nodes: [{ ...nodes[0], name: "a:1" }] },
      /^"name" of node "a:1" cannot be "a:1": a letter, then letters, .*\.$/,
    ],
    [
      "a key of an input",
      { ...json, inputs: { x: { shape: [4], dtpye: "int32" } } },
      'There is no setting "dtpye" of the input "x"; did you mean "dtype"?',
    ],
    [
      "a negative extent",
      { ...json, inputs: { x: { shape: [-1] } } },
      /^"shape\.0" of the input "x" cannot be -1: /,
    ],
    [
      "the name of an input",
      { ...json, inputs: { "1x": { shape: [4] } } },
      /^The name "1x" of the input "1x" does not do: a letter, .*\.$/,
    ],
    [
      "the name of an output",
      { ...json, outputs: { "y z": "head" } },
      /^The name "y z" of the output "y z" does not do: a letter, .*\.$/,
    ],
    [
      "a key of the whole",
      { ...json, initialiser: "he-normal" },
      'There is no setting "initialiser" of the model\'s description; did you mean "initializer"?',
    ],
    ["a part that is missing", { ...json, nodes: undefined }, 'The model\'s description lacks "nodes".'],
    ["something else", "dense", /^The model's description cannot be "dense": .*\.$/],
  ])("says what is wrong of %s", (_, wrong, message) => {
    expect(() => parseModelSpec(wrong)).toThrow(invalidNet(message));
  });
});

describe("a description that nobody has parsed", () => {
  const raw = JSON.parse(JSON.stringify(json));

  test("is built and described with its defaults", () => {
    const model = buildModel(raw, new Generator(1));
    const parsed = buildModel(parseModelSpec(raw), new Generator(1));
    expect(model.save()).toEqual(parsed.save());
    expect(model.spec).toEqual(parseModelSpec(raw));
    for (const one of [model, parsed]) one.dispose();
    expect(summarizeModel(raw)).toEqual(summarizeModel(parseModelSpec(raw)));
  });

  test.each<[string, unknown, string | RegExp]>([
    [
      "a misspelt layer",
      { type: "desne", units: 3 },
      /^There is no layer "desne", .* did you mean "dense"\?$/,
    ],
    ["no units", { type: "dense", units: 0 }, /^"units" of the dense layer of node "head" cannot be 0: /],
  ])("is refused with %s", (_, layer, message) => {
    const wrong = JSON.parse(JSON.stringify(withLayer(layer)));
    expect(() => buildModel(wrong, new Generator(1))).toThrow(invalidNet(message));
    expect(() => summarizeModel(wrong)).toThrow(invalidNet(message));
  });
});

describe("what is no node where one is needed", () => {
  const x = input("x", [3]);
  const dense = layers.dense({ units: 3, name: "d" });
  const ending = "has to be a node, as input() and a layer with its inputs make it, but is";

  test.each<[string, () => unknown, string]>([
    [
      "an output that waits for its inputs",
      () => modelSpec({ y: dense as never }),
      `The output "y" ${ending} a layer that waits for its inputs.`,
    ],
    [
      "an input that waits for its inputs",
      () => dense(layers.flatten() as never),
      `An input of the dense layer "d" ${ending} a layer that waits for its inputs.`,
    ],
    [
      "a list of inputs",
      () => layers.add()([x, x] as never),
      `An input of the layer add ${ending} something else.`,
    ],
    [
      "a node in a chain",
      () => chain(layers.flatten(), dense(x) as never)(x),
      "Part 1 of a chain is no layer that waits for its input; give layers.dense({ units: 3 }), say, without inputs.",
    ],
    [
      "a number as a shape",
      () => input("x", 4 as never),
      'The shape of the input "x" is 4; give a list, such as [4].',
    ],
  ])("%s", (_, make, message) => {
    expect(make).toThrow(invalidNet(message));
  });
});

describe("layers that do not fit", () => {
  const x = input("x", [4]);
  const image = input("image", [5, 6, 2]);
  const words = input("words", [3], "int32");

  test.each<[string, Parameters<typeof modelSpec>[0], string | RegExp]>([
    [
      "an image to a layer of sequences",
      { y: layers.gru({ units: 2, name: "g" })(image) },
      '"g" needs a sequence [time, features], but gets [5, 6, 2].',
    ],
    [
      "a window larger than the image",
      { y: layers.conv2d({ filters: 1, size: 7, name: "c" })(image) },
      '"c" has a window of 7x7, but its input is only 5x6; use smaller windows or padding "same".',
    ],
    [
      "sums of different shapes",
      { y: layers.add({ name: "sum" })(x, input("z", [5])) },
      '"sum" needs two inputs or more that fit each other, but gets [4] and [5].',
    ],
    [
      "another number of values",
      { y: layers.reshape({ shape: [3], name: "r" })(x) },
      /^"r" cannot make \[3\] of \[4\]: /,
    ],
    [
      "an output that a layer has not",
      {
        y: layers
          .lstm({ units: 2, name: "memory" })(input("s", [null, 3]))
          .output(3),
      },
      'Output "y" asks for "memory:3", but the outputs of "memory" are "memory" to "memory:2": [?, 2] and [2] and [2].',
    ],
    [
      "whole numbers to a layer that computes",
      { y: layers.dense({ units: 1, name: "d" })(layers.flatten({ name: "f" })(words)) },
      'Node "d" needs float32, but "f" is int32; declare the input that it comes from as float32, or look it up in an embedding first.',
    ],
    [
      "numbers with fractions to an embedding",
      { y: layers.embedding({ count: 2, size: 1, name: "e" })(x) },
      'Node "e" needs int32, but "x" is float32; declare the input that it comes from as int32.',
    ],
    [
      "numbers of both kinds side by side",
      { y: layers.concat({ name: "both" })(input("v", [3]), words) },
      /^Node "both" needs float32, but "words" is int32; /,
    ],
    [
      "variables of one name",
      {
        y: chain(layers.noisyDense({ units: 2, name: "a" }), layers.dense({ units: 2, name: "a.noise" }))(x),
      },
      'Two layers have a variable "a.noise.weights"; call one of their nodes something else.',
    ],
  ])("%s", (_, outputs, message) => {
    const spec = modelSpec(outputs);
    const before = tf.memory().numTensors;
    expect(() => buildModel(spec, new Generator(1))).toThrow(invalidNet(message));
    expect(tf.memory().numTensors).toBe(before);
    expect(() => summarizeModel(spec)).toThrow(invalidNet(message));
  });

  test.each<[string, object, string]>([
    [
      "a node that comes later",
      { nodes: [{ name: "a", inputs: ["b"], layer: { type: "softmax" } }] },
      'Node "a" asks for "b", which is no input and no node before it; did you mean "x"?',
    ],
    [
      "a misspelt output",
      { outputs: { y: "haed" } },
      'Output "y" asks for "haed", which is no input and no node of the model; did you mean "head"?',
    ],
    ["no output", { outputs: {} }, "The model has no output; name one of its nodes."],
    [
      "two nodes of one name",
      { nodes: [nodes[0], nodes[0]] },
      'Two parts of the model are called "head"; names have to differ.',
    ],
    [
      "a node of an input's name",
      { inputs: { x: { shape: [4] }, head: { shape: [4] } } },
      'Two parts of the model are called "head"; names have to differ.',
    ],
  ])("%s in JSON", (_, part, message) => {
    const spec = parseModelSpec({ ...json, ...part });
    expect(() => buildModel(spec, new Generator(1))).toThrow(invalidNet(message));
  });
});
