import { Generator } from "gymnasium-js";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { buildModel, layers, type Model, sequential } from "../../../src/nets/index.js";
import { fitKnn, labelledRows } from "../../../src/supervised/baselines/index.js";
import { batchesOf, dataset, fitConfigSchema } from "../../../src/supervised/index.js";
import {
  autoencoderSpec,
  codesOf,
  fitToEnd,
  judgeClassifier,
  type PretrainConfig,
  pretrainConfigSchema,
  pretrainLayers,
  testFigure,
} from "../../../src/supervised/protocols/index.js";
import { tf, useEngine } from "../../../src/tensors/index.js";
import { firstRows, smallDigits, smallNet } from "./digits.js";

beforeAll(async () => {
  await useEngine("auto");
});

let tensors = 0;
beforeEach(() => {
  tensors = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors).toBe(tensors);
});

const digits = smallDigits(600, 1);

const hidden = ["first", "second", "third"];

function sigmoidNet(seed: number): Model {
  const dense = (units: number, name: string) => layers.dense({ units, activation: "sigmoid", name });
  const spec = sequential(
    [7, 7, 1],
    [
      layers.flatten({ name: "flat" }),
      dense(64, "first"),
      dense(64, "second"),
      dense(64, "third"),
      layers.dense({ units: 10, name: "classifier" }),
    ],
    { initializer: "glorot-uniform" },
  );
  return buildModel(spec, new Generator(seed));
}

function configOf(settings: Record<string, unknown> = {}): PretrainConfig {
  return pretrainConfigSchema.parse({
    loss: "binaryCrossEntropy",
    epochs: 6,
    batchSize: 32,
    optimizer: { name: "adam", learningRate: 0.005 },
    ...settings,
  });
}

describe("codes", () => {
  test("are what a node puts out, row by row, over several batches", () => {
    const model = sigmoidNet(1);
    const codes = codesOf(model, digits, { node: "second" });
    expect(codes.fields["inputs"]!.shape).toEqual([64]);
    expect(codes.fields["targets"]).toEqual(digits.fields["targets"]);
    expect(codes.size).toBe(600);
    const { data } = codes.fields["inputs"]!;
    for (const row of [0, 249, 250, 599]) {
      const pixels = digits.fields["inputs"]!.data.slice(49 * row, 49 * (row + 1));
      const expected = tf.tidy(() => {
        const image = tf.tensor(pixels, [1, 7, 7, 1], "float32");
        return model.apply({ input: image }, { outputs: ["second"] })["second"]!.dataSync();
      });
      for (const [unit, value] of expected.entries()) expect(data[64 * row + unit]).toBeCloseTo(value, 5);
    }
    model.dispose();
  });

  test("of the input are the data, converted", () => {
    const model = sigmoidNet(1);
    const two = firstRows(digits, 2);
    const codes = codesOf(model, two, { node: "input", convert: { scale: 2 } });
    expect(codes.fields["inputs"]!.shape).toEqual([7, 7, 1]);
    expect(Array.from(codes.fields["inputs"]!.data)).toEqual(
      Array.from(two.fields["inputs"]!.data, (value) => Math.fround(2 * value)),
    );
    model.dispose();
  });
});

describe("autoencoders", () => {
  test.each([
    ["valid", 5, 5],
    ["same", 7, 7],
    [1, 7, 7],
  ] as const)("of a convolution padded %s restore its input's shape", (padding, height, width) => {
    const spec = sequential(
      [7, 7, 2],
      [layers.conv2d({ filters: 4, size: 3, padding, activation: "relu", name: "conv" })],
    );
    const model = buildModel(spec, new Generator(1));
    const autoencoder = buildModel(
      autoencoderSpec(model, "conv", { type: "gaussian", deviation: 0.1 }),
      new Generator(2),
    );
    expect(autoencoder.shapes.get("conv")).toEqual([[height, width, 4]]);
    expect(autoencoder.shapes.get("decoder")).toEqual([[7, 7, 2]]);
    model.dispose();
    autoencoder.dispose();
  });

  test("are of what can be restored only", () => {
    const strided = buildModel(
      sequential([7, 7, 1], [layers.conv2d({ filters: 2, size: 3, stride: 2, name: "conv" })]),
      new Generator(1),
    );
    const corruption = { type: "none" } as const;
    expect(() => autoencoderSpec(strided, "conv", corruption)).toThrow('"conv" cannot be pretrained');
    const net = buildModel(smallNet(10), new Generator(1));
    expect(() => autoencoderSpec(net, "norm", corruption)).toThrow('"norm" cannot be pretrained');
    expect(() => autoencoderSpec(net, "first", corruption)).toThrow(
      'The model has no layer "first" to pretrain; it has conv, norm,',
    );
    strided.dispose();
    net.dispose();
  });
});

describe("pretraining", () => {
  test("layer by layer restores better, and leaves what is above as it was", async () => {
    const model = sigmoidNet(1);
    const before = model.save();
    const epochs: string[] = [];
    const done = await pretrainLayers(model, digits, {
      layers: ["first", "second"],
      config: configOf({ epochs: 12 }),
      seed: 1,
      onEpoch: (layer, { epoch }) => {
        epochs.push(`${layer} ${epoch}`);
      },
    });
    expect(done.map(({ layer }) => layer)).toEqual(["first", "second"]);
    for (const { firstLoss, lastLoss } of done) expect(lastLoss).toBeLessThan(0.95 * firstLoss);
    expect(epochs).toHaveLength(24);
    expect(epochs[12]).toBe("second 1");
    const after = model.save();
    const changed = Object.keys(after).filter((name) => {
      return !tf.util.arraysEqual(Array.from(after[name]!.data), Array.from(before[name]!.data));
    });
    model.dispose();
    expect(changed).toEqual(["first.weights", "first.bias", "second.weights", "second.bias"]);
  });

  test("lets a deep net of sigmoids learn in few updates from few labels", async () => {
    const few = firstRows(digits, 100);
    const unseen = smallDigits(300, 2);
    const accuracyOf = async (model: Model) => {
      const data = {
        train: batchesOf(few, { batchSize: 20, seed: 1 }),
        test: batchesOf(unseen, { batchSize: 150, shuffle: false, seed: 1 }),
      };
      const config = fitConfigSchema.parse({
        objective: { heads: { output: { loss: { name: "crossEntropy" }, metrics: ["accuracy"] } } },
        epochs: 30,
        optimizer: { name: "adam", learningRate: 0.003 },
      });
      return testFigure(await fitToEnd(model, data, config), "accuracy");
    };
    const [scratch, pretrained] = [sigmoidNet(1), sigmoidNet(1)];
    await pretrainLayers(pretrained, digits, {
      ...{ layers: hidden, config: configOf({ epochs: 20 }), seed: 1 },
    });
    expect(await accuracyOf(pretrained)).toBeGreaterThan((await accuracyOf(scratch)) + 0.1);
    scratch.dispose();
    pretrained.dispose();
  });

  test("of convolutions needs no labels, and comes to the same bits each time", async () => {
    const weights = async (seed: number) => {
      const model = buildModel(smallNet(10), new Generator(1));
      const { inputs } = digits.fields;
      await pretrainLayers(model, dataset({ inputs: inputs! }), {
        ...{ layers: ["conv", "hidden"], config: configOf({ loss: "mse", epochs: 2 }), seed },
      });
      const saved = model.save();
      model.dispose();
      return saved;
    };
    const once = await weights(1);
    expect(await weights(1)).toEqual(once);
    expect(await weights(2)).not.toEqual(once);
  });
});

describe("a classifier's figures", () => {
  test("count every class in the mean, however rare", () => {
    const rows = (values: number[], labels: number[]) =>
      dataset(
        {
          inputs: { data: Float32Array.from(values), shape: [1] },
          targets: { data: Int32Array.from(labels), shape: [] },
        },
        ["low", "middle", "high"],
      );
    const knn = fitKnn(labelledRows(rows([0, 1, 2], [0, 1, 2])), { k: 1 });
    const { accuracy, macroF1 } = judgeClassifier(knn, rows([0, 0.1, 0.2, 2, 0], [0, 0, 0, 1, 2]));
    expect(accuracy).toBeCloseTo(0.6, 12);
    // low: 2 * 3 / (4 + 3); middle and high: none found.
    expect(macroF1).toBeCloseTo(6 / 7 / 3, 12);
  });
});
