import { Generator } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import { randomForestConfigSchema } from "../../../src/supervised/baselines/forest/config.js";
import { growTree } from "../../../src/supervised/baselines/forest/grow.js";
import { rankedColumns } from "../../../src/supervised/baselines/forest/ranked-columns.js";
import { fitRandomForest, type LabelledRows } from "../../../src/supervised/baselines/index.js";
import { checkLabelledRows } from "../../../src/supervised/baselines/matrix.js";
import { needsData } from "../../datasets/shared-data.js";
import { accuracy, iris, matrix, optdigits } from "./shared-data.js";

function grow(data: LabelledRows, config: object) {
  const parsed = randomForestConfigSchema.parse({ bootstrap: false, maxFeatures: "all", ...config });
  return growTree(rankedColumns(data.inputs, checkLabelledRows(data)), parsed, new Generator(0));
}

const line: LabelledRows = {
  inputs: matrix([[1], [2], [4], [8], [9]]),
  labels: Int32Array.of(0, 0, 1, 1, 0),
};

/** The Gini impurity of both sides of every possible split, by its definition; the split that has least. */
function bestSplitByHand({ inputs, labels }: LabelledRows, classes: number) {
  const rows = Array.from(labels.keys());
  let best = { impurity: Infinity, feature: -1, threshold: 0 };
  for (let feature = 0; feature < inputs.columns; feature++) {
    const value = (row: number) => inputs.data[row * inputs.columns + feature]!;
    const distinct = [...new Set(rows.map(value))].sort((a, b) => a - b);
    for (let i = 1; i < distinct.length; i++) {
      const threshold = (distinct[i - 1]! + distinct[i]!) / 2;
      const sides = [
        rows.filter((row) => value(row) <= threshold),
        rows.filter((row) => value(row) > threshold),
      ];
      const impurity = sides.reduce((sum, side) => {
        const shares = Array.from(
          { length: classes },
          (_, c) => side.filter((r) => labels[r] === c).length / side.length,
        );
        return sum + side.length * (1 - shares.reduce((squares, share) => squares + share ** 2, 0));
      }, 0);
      if (impurity < best.impurity - 1e-9) best = { impurity, feature, threshold };
    }
  }
  return best;
}

describe("decision trees", () => {
  test("split half way between values until the leaves are pure", () => {
    const tree = grow(line, {});
    expect(tree.features.filter((feature) => feature >= 0)).toHaveLength(2);
    expect(tree.thresholds[0]).toBe(3);
    expect(tree.thresholds[tree.children[0]! + 1]).toBe(8.5);
    expect(tree.shares.map((shares) => Array.from(shares))).toEqual([
      [1, 0],
      [0, 1],
      [1, 0],
    ]);
  });

  test("stop at the depth and at the rows that the config says", () => {
    expect(grow(line, { maxDepth: 1 }).features).toEqual([0, -1, -1]);
    expect(grow(line, { minSamplesSplit: 4 }).features).toEqual([0, -1, -1]);
    const wide = grow(line, { minSamplesLeaf: 2 });
    expect(wide.thresholds[0]).toBe(3);
    expect(wide.features).toEqual([0, -1, -1]);
  });

  test("split where no split is better than none, as exclusive or needs", () => {
    const xor = {
      inputs: matrix([
        [0, 0],
        [1, 1],
        [0, 1],
        [1, 0],
      ]),
      labels: Int32Array.of(0, 0, 1, 1),
    };
    expect(grow(xor, {}).shares).toHaveLength(4);
  });

  test("rows that are equal share a leaf, whatever their classes", () => {
    const same = { inputs: matrix([[3], [3], [3]]), labels: Int32Array.of(0, 1, 1) };
    const { features, shares } = grow(same, {});
    expect(features).toEqual([-1]);
    expect(Array.from(shares[0]!)).toEqual([1 / 3, 2 / 3].map(Math.fround));
  });

  test("the first split is the best of all that there are", () => {
    for (let seed = 0; seed < 20; seed++) {
      const rng = new Generator(seed);
      const rows = Array.from({ length: 60 }, () =>
        Array.from({ length: 3 }, () => Math.fround(rng.standardNormal())),
      );
      const labels = Int32Array.from(
        rows,
        (row) => Number(row[1]! + 0.5 * rng.standardNormal() > 0.3) + rng.integers(0, 2),
      );
      const data = { inputs: matrix(rows), labels };
      const tree = grow(data, { maxDepth: 1 });
      const expected = bestSplitByHand(data, 3);
      expect(tree.thresholds[0]).toBe(expected.threshold);
      expect(tree.features[0]).toBe(expected.feature);
    }
  });
});

describe("random forest", () => {
  test("scores are shares: each row's sum to 1, and the classes keep their labels", () => {
    const data = { ...line, labels: Int32Array.of(7, 7, 40, 40, 7) };
    const forest = fitRandomForest(data, { trees: 20 });
    const scores = forest.scores(data.inputs);
    for (let row = 0; row < 5; row++) expect(scores[row * 2]! + scores[row * 2 + 1]!).toBeCloseTo(1, 6);
    expect(Array.from(forest.classes)).toEqual([7, 40]);
    expect(Array.from(forest.predict(matrix([[1.5], [6]])))).toEqual([7, 40]);
  });

  test("reports each tree", () => {
    const seen: number[] = [];
    fitRandomForest(line, { trees: 3 }, { onProgress: ({ done, total }) => seen.push(done, total) });
    expect(seen).toEqual([1, 3, 2, 3, 3, 3]);
  });
});

describe("random forest on real data", () => {
  needsData();
  test("optical digits: 40 trees reach 96 %, one tree does not reach 90 %", () => {
    const test = optdigits("tes");
    const train = optdigits("tra");
    const score = (trees: number) =>
      accuracy(fitRandomForest(train, { trees }, { seed: 1 }).predict(test.inputs), test.labels);
    expect(score(40)).toBeGreaterThan(0.96);
    expect(score(1)).toBeLessThan(0.9);
  });

  test("follows its seed", () => {
    const data = iris();
    const scores = (seed: number) => fitRandomForest(data, { trees: 5 }, { seed }).scores(data.inputs);
    expect(scores(1)).toEqual(scores(1));
    expect(scores(2)).not.toEqual(scores(1));
  });
});
