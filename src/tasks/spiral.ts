import { Generator } from "gymnasium-js";
import { z } from "zod";
import { chain, input, layers, modelSpec } from "../nets/index.js";
import { batchesOf, playgroundData, playgroundNames, splitRows, takeRows } from "../supervised/index.js";
import { fitTask } from "./task.js";

const settings = z.strictObject({
  data: z
    .enum(playgroundNames)
    .extract(["circle", "xor", "gauss", "spiral"])
    .default("spiral")
    .describe("which points; default spiral"),
  size: z.int().min(20).default(1000).describe("points, half of them for testing; default 1000"),
  noise: z.number().min(0).max(0.5).default(0).describe("of the points, from 0 to 0.5; default 0"),
  hidden: z
    .array(z.int().min(1))
    .default([32, 32])
    .describe("units of each hidden layer; [] is the perceptron; default [32,32]"),
  activation: z.enum(["tanh", "relu", "sigmoid"]).default("tanh").describe("of hidden layers; default tanh"),
  batchSize: z.int().min(1).default(32).describe("points in a batch; default 32"),
});

/** Two arms wound into each other, which no straight line parts. */
export const spiralMlp = fitTask({
  name: "spiral-mlp",
  about: "two arms in the plane by a multi-layer perceptron; with hidden=[] by the perceptron, which cannot",
  data: [],
  settings,
  config: () => ({
    objective: { heads: { class: { loss: { name: "logistic" }, metrics: ["accuracy"] } } },
    epochs: 200,
    optimizer: { name: "adam", learningRate: 0.01 },
    evaluateEvery: 10,
    earlyStopping: { restoreBest: false },
  }),
  prepare: async ({ settings: { data: name, size, noise, hidden, activation, batchSize }, seed }) => {
    const rng = new Generator([seed, 1]);
    const points = playgroundData(name, { size, noise, rng });
    const [train, test] = splitRows(size, [0.5, 0.5], rng).map((rows) => takeRows(points, rows));
    const score = chain(
      ...hidden.map((units) => layers.dense({ units, activation })),
      layers.dense({ units: 1, name: "score" }),
    );
    return {
      spec: modelSpec({ class: score(input("point", [2])) }, { initializer: "glorot-uniform" }),
      data: {
        train: batchesOf(train!, { batchSize, seed }),
        trainSample: batchesOf(train!, { batchSize: 500, shuffle: false, seed }),
        validation: batchesOf(test!, { batchSize: 500, shuffle: false, seed }),
        test: batchesOf(test!, { batchSize: 500, shuffle: false, seed }),
      },
    };
  },
});
