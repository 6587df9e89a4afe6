// The normalised adjacency of graphs, and graph convolution by it.
import { Generator } from "gymnasium-js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildModel, input, layers, modelSpec, normalizedEdges } from "../../../src/nets/models/index.js";
import { tf, useEngine } from "../../../src/tensors/index.js";
import { localEngines } from "../../engines.js";
import { drawn } from "./drawn.js";

/** A path 0 - 1 - 2 and a node 3 alone. */
const path = [
  [0, 1],
  [2, 1],
] as const;

describe("normalizedEdges", () => {
  test("are D^-1/2 (A + I) D^-1/2 by hand, by target and then by source", () => {
    const { edges, weights } = normalizedEdges(path, 4);
    // Degrees with loops: 2, 3, 2, 1.
    const expected: [source: number, target: number, weight: number][] = [
      [0, 0, 1 / 2],
      [1, 0, 1 / Math.sqrt(6)],
      [0, 1, 1 / Math.sqrt(6)],
      [1, 1, 1 / 3],
      [2, 1, 1 / Math.sqrt(6)],
      [1, 2, 1 / Math.sqrt(6)],
      [2, 2, 1 / 2],
      [3, 3, 1],
    ];
    expect([...edges]).toEqual(expected.flatMap((entry) => entry.slice(0, 2)));
    expect([...weights]).toEqual(expected.map(([, , weight]) => Math.fround(weight)));
  });

  test("do not depend on the order and direction of the pairs", () => {
    const turned = path.map(([a, b]) => [b, a] as const).reverse();
    expect(normalizedEdges(turned, 4)).toEqual(normalizedEdges(path, 4));
  });

  test("of no pairs are loops", () => {
    expect(normalizedEdges([], 2)).toEqual({
      edges: Int32Array.of(0, 0, 1, 1),
      weights: Float32Array.of(1, 1),
    });
  });

  test.each([
    ["a loop", [[1, 1]], /^The edge 1-1 is a loop; /],
    ["a pair twice", [...path, [2, 1]], /^The edge 2-1 comes twice; /],
    ["a pair in both directions", [...path, [1, 0]], /^The edge 1-0 comes twice; /],
    ["a node beyond the last", [[0, 4]], /^The edge 0-4 names node 4, but .* 0 to 3\.$/],
    ["a node below 0", [[-1, 0]], /names node -1/],
    ["a part of a node", [[0, 1.5]], /names node 1\.5/],
  ] as [string, [number, number][], RegExp][])("refuse %s", (_, pairs, message) => {
    expect(() => normalizedEdges(pairs, 4)).toThrow(
      expect.objectContaining({ code: "invalid-input", message: expect.stringMatching(message) }),
    );
  });
});

afterAll(() => useEngine("cpu"));

describe.each(localEngines)("graphConv on %s", (engine) => {
  beforeAll(() => useEngine(engine));

  test("is relu(A H W + b) with a dense matrix A", () => {
    const before = tf.memory().numTensors;
    const edges = input("edges", [2], "int32");
    const weights = input("edgeWeights", []);
    const convolved = layers.graphConv({ units: 5, activation: "relu", name: "convolution" });
    const spec = modelSpec({ y: convolved(input("nodes", [3]), edges, weights) });
    const model = buildModel(spec, new Generator(1));
    const pairs = [...path, [0, 3], [4, 2]] as const;
    tf.tidy(() => {
      const h = drawn([5, 3], 2) as tf.Tensor2D;
      const list = normalizedEdges(pairs, 5);
      const feeds = {
        nodes: h,
        edges: tf.tensor2d(list.edges, [list.weights.length, 2], "int32"),
        edgeWeights: tf.tensor1d(list.weights),
      };
      const [w, b] = ["weights", "bias"].map((part) => model.parameters.get(`convolution.${part}`)!);
      const expected = tf.relu(tf.add(tf.matMul(adjacency(pairs, 5), tf.matMul(h, w as tf.Tensor2D)), b!));
      const actual = model.apply(feeds).y!;
      expect(actual.shape).toEqual([5, 5]);
      expect(tf.max(tf.abs(tf.sub(actual, expected))).dataSync()[0]).toBeLessThan(1e-6);
      expect(tf.max(expected).dataSync()[0]).toBeGreaterThan(0.1);
    });
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test("a graph may have no edges, but has nodes", () => {
    const convolved = layers.graphConv({ units: 2, name: "c" });
    const node = convolved(input("nodes", [3]), input("edges", [2], "int32"), input("edgeWeights", []));
    const model = buildModel(modelSpec({ y: node }), new Generator(1));
    tf.tidy(() => {
      const feeds = { edges: tf.zeros([0, 2], "int32"), edgeWeights: tf.zeros([0]) };
      const bias = [...model.parameters.get("c.bias")!.dataSync()];
      expect([...model.apply({ nodes: tf.ones([2, 3]), ...feeds }).y!.dataSync()]).toEqual([
        ...bias,
        ...bias,
      ]);
      expect(() => model.apply({ nodes: tf.ones([0, 3]), ...feeds })).toThrow(/"nodes" has no rows/);
    });
    model.dispose();
  });
});

/** D^-1/2 (A + I) D^-1/2 as a matrix. */
function adjacency(pairs: readonly (readonly [number, number])[], nodes: number): tf.Tensor2D {
  const rows = Array.from({ length: nodes }, () => new Array<number>(nodes).fill(0));
  for (const [node, row] of rows.entries()) row[node] = 1;
  for (const [a, b] of pairs) {
    rows[a]![b] = 1;
    rows[b]![a] = 1;
  }
  const degrees = rows.map((row) => row.reduce((sum, value) => sum + value, 0));
  return tf.tensor2d(
    rows.map((row, a) => row.map((value, b) => value / Math.sqrt(degrees[a]! * degrees[b]!))),
  );
}
