import { beforeAll, describe, expect, test } from "vitest";
import { tf, useEngine } from "../../../src/tensors/index.js";
import { Experiment } from "../../../viewer/src/playground/experiment.js";
import { featuresOf, gridPoints, gridSide } from "../../../viewer/src/playground/features.js";
import { modelOf, nodesOf } from "../../../viewer/src/playground/network.js";
import { defaultSettings, type Settings } from "../../../viewer/src/playground/settings.js";

beforeAll(async () => {
  await useEngine("cpu");
});

const spiral: Settings = { ...defaultSettings, data: "spiral", layers: [8, 8], activation: "relu" };

/** The loss on the training points after so many epochs. */
async function lossAfter(epochs: number, settings: Settings): Promise<number> {
  const experiment = new Experiment(settings);
  while (experiment.epoch < epochs) experiment.step(settings.learningRate);
  const { train } = await experiment.judge();
  experiment.dispose();
  return train["loss"]!;
}

describe("an experiment", () => {
  test("learns, and comes to the same bits from the same settings", async () => {
    const start = await lossAfter(0, spiral);
    const trained = await lossAfter(10, spiral);
    expect(trained).toBeLessThan(start * 0.9);
    expect(await lossAfter(10, spiral)).toBe(trained);
    expect(await lossAfter(10, { ...spiral, seed: 2 })).not.toBe(trained);
  });

  test.each([
    { dropout: 30, penalty: "l1" },
    { data: "gaussians", loss: "huber", optimizer: "sgd" },
    { layers: [], features: ["sin-x1"], batch: 50, train: 10 },
  ] as Partial<Settings>[])("leaves no tensor behind: %o", async (changes) => {
    const settings = { ...defaultSettings, ...changes };
    const before = tf.memory().numTensors;
    const experiment = new Experiment(settings);
    experiment.step(0.01);
    const during = tf.memory().numTensors;
    while (!experiment.step(0.01));
    experiment.maps();
    await experiment.judge();
    experiment.setWeight("score", 0, 0, 1);
    expect(tf.memory().numTensors).toBe(during);
    experiment.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test("maps say what the neurons compute, and weights can be set", () => {
    const experiment = new Experiment({ ...defaultSettings, layers: [], features: ["x1", "x1-x2"] });
    experiment.setWeight("score", 0, 0, 2);
    experiment.setWeight("score", 0, 1, -1);
    experiment.setWeight("score", 0, null, 0.5);
    expect(experiment.neurons("score")).toEqual([{ weights: new Float32Array([2, -1]), bias: 0.5 }]);
    const [map] = experiment.maps().get("score")!;
    const [x1, x2] = [gridPoints[2 * 100]!, gridPoints[2 * 100 + 1]!];
    expect(map).toHaveLength(gridSide * gridSide);
    expect(map![100]).toBeCloseTo(2 * x1 - x1 * x2 + 0.5, 4);
    experiment.dispose();
  });

  test("has a map for each neuron", () => {
    const settings = { ...defaultSettings, layers: [3, 5], dropout: 20 };
    const experiment = new Experiment(settings);
    const counts = [...experiment.maps()].map(([node, all]) => [node, all.length]);
    expect(counts).toEqual([
      ["hidden1", 3],
      ["hidden2", 5],
      ["score", 1],
    ]);
    expect(nodesOf(settings)).toEqual(["hidden1", "hidden2", "score"]);
    experiment.dispose();
  });
});

test("settings become layers, with dropout after each hidden one", () => {
  const { nodes } = modelOf({ ...defaultSettings, layers: [4, 2], dropout: 20, activation: "elu" });
  expect(nodes.map(({ layer }) => layer.type)).toEqual(["dense", "dropout", "dense", "dropout", "dense"]);
  expect(nodes[0]!.layer).toMatchObject({ units: 4, activation: "elu" });
  expect(nodes[1]!.layer).toMatchObject({ rate: 0.2 });
  expect(nodes[4]!.layer).toMatchObject({ units: 1, activation: "linear" });
});

test("features are what they are called", () => {
  const row = featuresOf([2, -3], ["x1", "x2", "x1-squared", "x2-squared", "x1-x2", "sin-x1", "sin-x2"]);
  expect([...row]).toEqual([2, -3, 4, 9, -6, Math.fround(Math.sin(2)), Math.fround(Math.sin(-3))]);
});
