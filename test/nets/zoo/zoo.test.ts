// The zoo: published sizes, and small variants that compute and learn alike on every engine.
import { Generator } from "gymnasium-js";
import { afterAll, describe, expect, test } from "vitest";
import {
  alexnet,
  alexnetSmall,
  buildModel,
  densenet121,
  densenetSmall,
  encoderDecoder,
  googlenet,
  googlenetSmall,
  type ImageShape,
  lenet5,
  type Model,
  type ModelSpec,
  manyToMany,
  manyToOne,
  mlp,
  modelSpecSchema,
  multitask,
  normalizedEdges,
  oneToMany,
  resnet,
  resnet18Small,
  resnetSmall,
  summarizeModel,
  vgg,
  vggSmall,
  type ZooEntry,
  zoo,
} from "../../../src/nets/index.js";
import { type EngineName, tf, useEngine } from "../../../src/tensors/index.js";
import { localEngines } from "../../engines.js";

const entries = Object.entries(zoo) as [string, ZooEntry][];

afterAll(() => useEngine("cpu"));

describe.each(entries)("%s", (_, { build }) => {
  const spec = build();

  test("survives JSON", () => {
    expect(modelSpecSchema.parse(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
  });

  test("has names of its own for every node", () => {
    const names = [...Object.keys(spec.inputs), ...spec.nodes.map(({ name }) => name)];
    expect(new Set(names).size).toBe(names.length);
  });
});

const sized = entries.flatMap(([name, { build, published }]) =>
  published === null ? [] : [{ name, build, published }],
);

test.each(sized)("$name has the published size", ({ build, published }) => {
  const { parameters, multiplyAdds } = summarizeModel(build());
  expect(parameters).toBe(published.parameters);
  if (published.multiplyAdds === undefined) return;
  expect(Math.abs(multiplyAdds / published.multiplyAdds - 1)).toBeLessThan(0.01);
});

test("auxiliary classifiers are outputs", () => {
  const spec = zoo.googlenet.build();
  expect(Object.keys(spec.outputs)).toEqual(["classes", "auxiliary1", "auxiliary2"]);
  const { parameters, layers } = summarizeModel(spec);
  const heads = layers.filter(({ name }) => name.startsWith("auxiliary"));
  const ofHeads = heads.reduce((sum, head) => sum + head.parameters, 0);
  // What BVLC's model has without them.
  expect(parameters - ofHeads).toBe(6_998_552);
});

const imageNets: Record<string, (shape: ImageShape, classes: number) => ModelSpec> = {
  lenet5: (shape, classes) => lenet5({ shape, classes }),
  alexnet: (shape, classes) => alexnet({ shape, classes }),
  alexnetSmall: (shape, classes) => alexnetSmall({ shape, classes }),
  vgg: (shape, classes) => vgg(16, { shape, classes }),
  vggSmall: (shape, classes) => vggSmall({ shape, classes }),
  googlenet: (shape, classes) => googlenet({ shape, classes }),
  googlenetSmall: (shape, classes) => googlenetSmall({ shape, classes }),
  resnet: (shape, classes) => resnet(50, { shape, classes }),
  resnetSmall: (shape, classes) => resnetSmall({ shape, classes }),
  resnet18Small: (shape, classes) => resnet18Small({ shape, classes }),
  densenet121: (shape, classes) => densenet121({ shape, classes }),
  densenetSmall: (shape, classes) => densenetSmall({ shape, classes }),
  multitask: (shape, classes) => multitask({ shape, heads: { classes } }),
};

test.each(Object.entries(imageNets))("%s takes images of other sizes and channels", (_, build) => {
  const spec = build([96, 80, 1], 7);
  expect(spec.inputs["inputs"]!.shape).toEqual([96, 80, 1]);
  const { layers, parameters } = summarizeModel(spec);
  expect(layers.find(({ name }) => name === "classes")!.shape).toEqual([7]);
  const first = layers.find(({ type }) => type === "conv2d")!;
  const colour = summarizeModel(build([96, 80, 3], 7));
  const ofColour = colour.layers.find(({ type }) => type === "conv2d")!;
  // Only the first convolution sees the channels of the image.
  expect(colour.parameters - parameters).toBe(ofColour.parameters - first.parameters);
});

test("a net of a size that torchvision makes as well has as many parameters", () => {
  // torchvision.models.resnet18(num_classes=10), whose sizes do not depend on the image's.
  expect(summarizeModel(resnet(18, { shape: [64, 64, 3], classes: 10 })).parameters).toBe(11_181_642);
  // densenet121(num_classes=10)
  expect(summarizeModel(densenet121({ shape: [64, 64, 3], classes: 10 })).parameters).toBe(6_964_106);
});

test("images that are too small for a net are refused by the layer that they are too small for", () => {
  expect(() => summarizeModel(vgg(16, { shape: [16, 16, 3] }))).toThrow(
    /^"stage5\.pool" has a window of 2x2/,
  );
});

test.each([-0.1, Number.NaN, 1])("a dropout of %d is refused", (dropout) => {
  for (const build of [lenet5, mlp, resnetSmall, manyToMany, encoderDecoder]) {
    expect(() => build({ dropout })).toThrow(expect.objectContaining({ code: "invalid-net" }));
  }
});

const small: Record<string, ModelSpec> = {
  ...Object.fromEntries(
    entries
      .filter(
        ([name]) =>
          !/^(alexnet|vgg\d+|googlenet|resnet(18|34|50|152)|densenet121|resnet18-small)$/.test(name),
      )
      .map(([name, { build }]) => [name, build()]),
  ),
  // The zoo has each of the four mappings with an LSTM.
  ...Object.fromEntries(
    (["rnn", "gru"] as const).flatMap((cell) => [
      [`one-to-many by ${cell}`, oneToMany({ cell })],
      [`many-to-one by ${cell}`, manyToOne({ cell })],
      [`many-to-many by ${cell}`, manyToMany({ cell })],
      [`encoder-decoder by ${cell}`, encoderDecoder({ cell })],
    ]),
  ),
};

const batch = 2;
const time = 5;

/** Seeded inputs of a model by its own names: tokens, masks with an end, a graph of a ring, or normal numbers. */
function feedsOf({ inputs }: ModelSpec): Record<string, tf.Tensor> {
  const rng = new Generator(7);
  const ring = normalizedEdges(
    [
      [0, 1],
      [1, 2],
      [0, 2],
    ],
    3,
  );
  const feed = (name: string, shape: number[], dtype: "float32" | "int32"): tf.Tensor => {
    if (name === "edges") return tf.tensor2d(ring.edges, [ring.weights.length, 2], "int32");
    if (name === "edgeWeights") return tf.tensor1d(ring.weights);
    if (/mask/i.test(name)) return tf.tensor2d([...[1, 1, 1, 1, 1], ...[1, 1, 1, 0, 0]], [batch, time]);
    const size = shape.reduce((product, extent) => product * extent, 1);
    const values = Array.from({ length: size }, () =>
      dtype === "int32" ? Math.floor(rng.uniform(0, 100)) : rng.standardNormal(),
    );
    return tf.tensor(values, shape, dtype);
  };
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { shape, dtype }]) => {
      const rows = name === "nodes" ? 3 : batch;
      return [name, feed(name, [rows, ...shape.map((extent) => extent ?? time)], dtype)];
    }),
  );
}

/** Outputs of a seeded model, and the gradient of the mean of their squares by parameters, as plain numbers. */
function passThrough(model: Model, feeds: Record<string, tf.Tensor>): Map<string, Float32Array> {
  const outputs = model.apply(feeds);
  const { value, grads } = tf.variableGrads(
    () => tf.addN(Object.values(model.apply(feeds)).map((output) => tf.mean(tf.square(output)))) as tf.Scalar,
    [...model.parameters.values()],
  );
  const all: [string, tf.Tensor][] = [...Object.entries(outputs), ...Object.entries(grads)];
  const byId = new Map([...model.parameters].map(([name, { name: id }]) => [id, name]));
  const results = new Map(
    all.map(([name, tensor]) => [byId.get(name) ?? name, tensor.dataSync() as Float32Array]),
  );
  tf.dispose([value, ...all.map(([, tensor]) => tensor)]);
  return results;
}

async function resultsOn(engine: EngineName, spec: ModelSpec) {
  await useEngine(engine);
  const model = buildModel(spec, new Generator(1));
  const feeds = feedsOf(spec);
  const results = passThrough(model, feeds);
  const tensors = tf.memory().numTensors;
  passThrough(model, feeds);
  const leaked = tf.memory().numTensors - tensors;
  model.dispose();
  tf.dispose(feeds);
  return { results, leaked };
}

/** Largest difference, relative to the largest number. */
function difference(a: Float32Array, b: Float32Array): number {
  let largest = 0;
  let scale = 1e-3;
  for (const [i, value] of a.entries()) {
    largest = Math.max(largest, Math.abs(value - b[i]!));
    scale = Math.max(scale, Math.abs(value));
  }
  return largest / scale;
}

describe.each(Object.entries(small))("%s, small", (_, spec) => {
  test("computes and differentiates alike on every engine, without a leak", async () => {
    const [first, ...others] = [...localEngines].reverse();
    const expected = await resultsOn(first!, spec);
    expect(expected.leaked).toBe(0);
    const moved = [...expected.results].filter(([, values]) => values.some((value) => value !== 0));
    expect(moved.length).toBeGreaterThan(0.9 * expected.results.size);
    // The reference engine's convolutions are slow: the others cover what is larger than a LeNet.
    const slow = summarizeModel(spec).multiplyAdds > 5e6;
    for (const engine of others.filter((name) => !(slow && name === "cpu"))) {
      const { results, leaked } = await resultsOn(engine, spec);
      expect(leaked).toBe(0);
      for (const [name, values] of results) {
        expect(difference(values, expected.results.get(name)!), `${name} on ${engine}`).toBeLessThan(1e-4);
      }
    }
  });
});
