import { z } from "zod";
import { DataError } from "../../supervised/data/index.js";
import { parseText } from "./text.js";

const index = z.int().min(0);

const graphSchema = z.object({
  nodes: z.int().min(1),
  featureCount: z.int().min(1),
  classes: z.array(z.string()).min(2),
  labels: z.array(index),
  featureIndices: z.array(z.array(index)),
  edges: z.array(z.tuple([index, index])),
});

const splitSchema = z.object({ train: z.array(index), val: z.array(index), test: z.array(index) });

/** A graph whose nodes have binary features and a class. */
export interface LabelledGraph {
  nodes: number;
  /** Features of a node. */
  featureCount: number;
  classes: readonly string[];
  /** Class index of each node. */
  labels: Int32Array;
  /** Of each node, the features that are 1. */
  featureIndices: readonly (readonly number[])[];
  /** Undirected, each once. */
  edges: readonly (readonly [number, number])[];
}

/** Nodes of each split. */
export interface NodeSplits {
  train: Int32Array;
  validation: Int32Array;
  test: Int32Array;
}

/**
 * Reads a graph of JSON, gzipped or not, in the form that Ludus's Cora has.
 * @throws {DataError} `corrupt-file` if it is no JSON, lacks a part, or names a node, feature or class that is not there
 */
export function parseGraph(packed: Uint8Array, file: string): LabelledGraph {
  const graph = jsonOf(packed, file, graphSchema);
  const { nodes, featureCount, classes, labels, featureIndices, edges } = graph;
  const within = (what: string, values: readonly number[], count: number): void => {
    const wrong = values.find((value) => value >= count);
    if (wrong === undefined) return;
    throw new DataError("corrupt-file", `${file} names ${what} ${wrong}, but has only 0 to ${count - 1}.`);
  };
  if (labels.length !== nodes || featureIndices.length !== nodes) {
    throw new DataError(
      "corrupt-file",
      `${file} has ${nodes} nodes, but ${labels.length} labels and ${featureIndices.length} rows of features.`,
    );
  }
  within("class", labels, classes.length);
  within("feature", featureIndices.flat(), featureCount);
  within("node", edges.flat(), nodes);
  return { ...graph, labels: Int32Array.from(labels) };
}

/** @throws {DataError} `corrupt-file` for what is no split, or not of a graph of so many nodes; `empty-split` */
export function parseNodeSplits(packed: Uint8Array, file: string, nodes: number): NodeSplits {
  const { train, val, test } = jsonOf(packed, file, splitSchema);
  for (const [name, rows] of Object.entries({ train, val, test })) {
    if (rows.length === 0) throw new DataError("empty-split", `${file} has no node in ${name}.`);
    const wrong = rows.find((row) => row >= nodes);
    if (wrong !== undefined) {
      throw new DataError("corrupt-file", `${file} names node ${wrong}, but the graph has only ${nodes}.`);
    }
  }
  return { train: Int32Array.from(train), validation: Int32Array.from(val), test: Int32Array.from(test) };
}

/** The features as a matrix, float32 `[nodes, featureCount]` of zeros and ones. */
export function featureMatrix({ nodes, featureCount, featureIndices }: LabelledGraph): Float32Array {
  const matrix = new Float32Array(nodes * featureCount);
  featureIndices.forEach((features, node) => {
    for (const feature of features) matrix[node * featureCount + feature] = 1;
  });
  return matrix;
}

function jsonOf<Schema extends z.ZodType>(
  packed: Uint8Array,
  file: string,
  schema: Schema,
): z.output<Schema> {
  const text = parseText(packed, file);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new DataError("corrupt-file", `${file} is no whole JSON (${(error as Error).message}).`, {
      cause: error,
    });
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new DataError(
    "corrupt-file",
    `${file} is not as expected at ${issue?.path.join(".") || "its root"}: ${issue?.message}.`,
  );
}
