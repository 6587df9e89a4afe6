import { z } from "zod";
import { featureMatrix, type LabelledGraph } from "../datasets/index.js";
import { gcn, type Model, normalizedEdges } from "../nets/index.js";
import type { BatchSource, ObjectiveInput } from "../supervised/index.js";
import { confusionTable } from "./confusion.js";
import { fitTask } from "./task.js";

const settings = z.strictObject({
  units: z.int().min(1).default(16).describe("of the hidden layer; default 16"),
  dropout: z.number().min(0).lt(1).default(0.5).describe("of inputs and hidden units; default 0.5"),
});

const objective: ObjectiveInput = {
  inputs: { nodes: "features", edges: "edges", edgeWeights: "edgeWeights" },
  heads: { classes: { loss: { name: "crossEntropy" }, mask: "mask", metrics: ["accuracy"] } },
};

/**
 * Which field of machine learning a paper is from, by its words and what it cites, with the setting of Kipf & Welling 2017
 * (https://arxiv.org/abs/1609.02907, section 5.2): two layers, all nodes at once, and the last epoch's weights.
 */
export const coraGcn = fitTask({
  name: "cora-gcn",
  about: "papers of Cora into seven fields by a graph convolutional net, from 140 labels",
  data: ["cora"],
  settings,
  config: () => ({
    objective,
    epochs: 200,
    optimizer: { name: "adam", learningRate: 0.01 },
    penalty: { l2: 5e-4, pattern: "^graphConv1\\.weights$" },
    evaluateEvery: 10,
    earlyStopping: { restoreBest: false },
  }),
  prepare: async ({ settings: { units, dropout }, load }) => {
    const { graph, splits } = await load("cora");
    const rows = wholeGraph(graph);
    return {
      spec: gcn({
        features: graph.featureCount,
        hidden: units,
        classes: graph.classes.length,
        dropout,
      }),
      data: {
        train: rows(splits.train),
        trainSample: rows(splits.train),
        validation: rows(splits.validation),
        test: rows(splits.test),
      },
      report: async (model: Model) => ({
        tables: [
          await confusionTable(model, { source: rows(splits.test), objective, classes: graph.classes }),
        ],
      }),
    };
  },
});

/** The graph as one batch, in which only some nodes count. */
function wholeGraph(graph: LabelledGraph): (counted: Int32Array) => BatchSource {
  const { nodes, featureCount, labels } = graph;
  const features = withRowsOfSumOne(featureMatrix(graph), featureCount);
  const { edges, weights } = normalizedEdges(graph.edges, nodes);
  const shared = {
    features: { data: features, shape: [nodes, featureCount] },
    edges: { data: edges, shape: [weights.length, 2] },
    edgeWeights: { data: weights, shape: [weights.length] },
    targets: { data: labels, shape: [nodes] },
  };
  return (counted) => {
    const mask = new Float32Array(nodes);
    for (const node of counted) mask[node] = 1;
    const fields = { ...shared, mask: { data: mask, shape: [nodes] } };
    return { size: nodes, batchSize: nodes, batches: 1, batch: () => ({ size: nodes, fields }) };
  };
}

function withRowsOfSumOne(matrix: Float32Array, columns: number): Float32Array {
  for (let start = 0; start < matrix.length; start += columns) {
    const row = matrix.subarray(start, start + columns);
    const sum = row.reduce((total, value) => total + value, 0);
    if (sum > 0) for (let i = 0; i < columns; i++) row[i]! /= sum;
  }
  return matrix;
}
