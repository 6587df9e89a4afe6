// Descriptions of models: by the builder, and from JSON.
import { Generator } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import {
  buildModel,
  chain,
  input,
  layers,
  modelSpec,
  sequential,
  summarizeModel,
  zoo,
} from "../../../src/nets/index.js";
import { sizeOf, tf, useEngine } from "../../../src/tensors/index.js";

await useEngine("cpu");

function invalidNet(message: string | RegExp) {
  const text = typeof message === "string" ? message : expect.stringMatching(message);
  return expect.objectContaining({ name: "NetError", code: "invalid-net", message: text });
}

describe("the builder", () => {
  test("names layers by type and number, and nodes by their layer's output", () => {
    const x = input("x", [null, 3]);
    const read = layers.gru({ units: 4 })(x);
    const all = layers.dense({ units: 4 })(read);
    const last = layers.dense({ units: 4, name: "last" })(read.output(1));
    const spec = modelSpec({ all: layers.dense({ units: 1 })(all), last, state: read.output(1) });
    expect(spec.nodes.map(({ name, inputs }) => [name, ...inputs])).toEqual([
      ["gru1", "x"],
      ["dense1", "gru1"],
      ["dense2", "dense1"],
      ["last", "gru1:1"],
    ]);
    expect(spec.outputs).toEqual({ all: "dense2", last: "last", state: "gru1:1" });
  });

  test("leaves out what no output depends on", () => {
    const [x, unused] = [input("x", [3]), input("unused", [3])];
    layers.add()(x, unused);
    const spec = modelSpec({ y: layers.dense({ units: 2 })(x) });
    expect(Object.keys(spec.inputs)).toEqual(["x"]);
    expect(spec.nodes).toHaveLength(1);
  });

  test("shares the weights of a node that is used twice, and not those of a layer that is applied twice", () => {
    const x = input("x", [3]);
    const layer = layers.dense({ units: 3, bias: false });
    const once = layer(x);
    expect(summarizeModel(modelSpec({ y: layers.add()(once, once) })).parameters).toBe(9);
    expect(summarizeModel(modelSpec({ y: layers.add()(once, layer(x)) })).parameters).toBe(18);
  });

  test("joins layers in a row", () => {
    const parts = [layers.flatten(), layers.dense({ units: 5 }), layers.softmax()];
    expect(modelSpec({ output: chain(...parts)(input("input", [2, 2])) })).toEqual(sequential([2, 2], parts));
  });

  test("fills in defaults, the initialiser's included", () => {
    const spec = sequential([3], [layers.dropout()], { initializer: "he-normal" });
    expect(spec.initializer).toBe("he-normal");
    expect(spec.nodes[0]!.layer).toEqual({ type: "dropout", rate: 0.5, whole: "none" });
    expect(sequential([3], []).initializer).toBe("pytorch-uniform");
  });

  test("takes names that objects have of their own", () => {
    const spec = modelSpec({ valueOf: layers.flatten({ name: "toString" })(input("constructor", [3])) });
    const model = buildModel(spec, new Generator(1));
    tf.tidy(() => {
      const outputs = Object.entries(model.apply({ constructor: tf.ones([1, 3]) }));
      expect(outputs.map(([name, { shape }]) => [name, shape])).toEqual([["valueOf", [1, 3]]]);
    });
    model.dispose();
  });

  test("refuses two parts of one name", () => {
    const dense = (name: string) => layers.dense({ units: 3, name });
    const twice = invalidNet(/^Two parts of the model are called "a"; /);
    expect(() => sequential([3], [dense("a"), dense("a")])).toThrow(twice);
    expect(() => modelSpec({ y: dense("a")(input("a", [3])) })).toThrow(twice);
    expect(() => modelSpec({ y: layers.add()(input("a", [3]), input("a", [3])) })).toThrow(twice);
    expect(() => sequential([3], [dense("dense2"), layers.dense({ units: 1 })])).toThrow(
      invalidNet(/are called "dense2"/),
    );
  });

  test("refuses settings that are not valid", () => {
    expect(() => sequential([3], [layers.dense({ units: 0 })])).toThrow(
      invalidNet(/^"units" of the dense layer of node "dense1" cannot be 0: .*>=1\.$/),
    );
  });
});

describe("summarizeModel", () => {
  const names = ["lenet5", "resnet8", "gcn", "many-to-one", "multitask"] as const;

  test.each(names)("of %s is what buildModel makes", (name) => {
    const spec = zoo[name].build();
    const summary = summarizeModel(spec);
    const model = buildModel(spec, new Generator(1));
    const count = (variables: ReadonlyMap<string, tf.Variable>) =>
      [...variables.values()].reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    expect(summary.parameters).toBe(count(model.parameters));
    expect(summary.buffers).toBe(count(model.buffers));
    for (const layer of summary.layers) {
      expect(layer.shape).toEqual(model.shapes.get(layer.name)![0]);
      expect(layer.parameters).toBe(count(model.parametersOf(layer.name)));
    }
    expect(summary.layers.map((layer) => layer.name)).toEqual(spec.nodes.map((node) => node.name));
    model.dispose();
  });

  test("counts parameters and multiply-adds by hand", () => {
    const spec = sequential(
      [8, 8, 3],
      [
        layers.conv2d({ filters: 4, size: 3 }),
        layers.batchNorm(),
        layers.flatten(),
        layers.dense({ units: 5 }),
      ],
    );
    expect(summarizeModel(spec)).toMatchObject({
      layers: [
        { name: "conv2d1", type: "conv2d", inputs: ["input"], shape: [6, 6, 4], parameters: 112, buffers: 0 },
        { name: "batchNorm1", inputs: ["conv2d1"], shape: [6, 6, 4], parameters: 8, buffers: 8 },
        { name: "flatten1", shape: [144], parameters: 0 },
        { name: "dense1", shape: [5], parameters: 725, multiplyAdds: 720 },
      ],
      parameters: 845,
      buffers: 8,
      multiplyAdds: 36 * 27 * 4 + 720,
    });
  });
});
