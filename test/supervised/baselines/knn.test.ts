import { describe, expect, test } from "vitest";
import { fitKnn, type LabelledRows } from "../../../src/supervised/baselines/index.js";
import { needsData } from "../../datasets/shared-data.js";
import { accuracy, iris, matrix, optdigits, take, wdbc } from "./shared-data.js";

const line: LabelledRows = {
  inputs: matrix([[0], [1], [2], [10], [11]]),
  labels: Int32Array.of(3, 3, -2, -2, -2),
};

/** Share of rows whose label a fit on all the others gives. */
function leaveOneOut(data: LabelledRows): number {
  const all = Array.from(data.labels.keys());
  const predicted = all.map((out) => {
    const rest = all.filter((row) => row !== out);
    return fitKnn(take(data, rest), { k: 1 }).predict(take(data, [out]).inputs)[0]!;
  });
  return accuracy(Int32Array.from(predicted), data.labels);
}

describe("k nearest neighbours", () => {
  test("scores are the neighbours' shares, and the labels need not be indices", () => {
    const knn = fitKnn(line, { k: 3 });
    expect(Array.from(knn.classes)).toEqual([-2, 3]);
    const scores = knn.scores(matrix([[0.4], [9]]));
    expect(Array.from(scores, (share) => Math.round(share * 3))).toEqual([1, 2, 3, 0]);
    expect(Array.from(knn.predict(matrix([[0.4], [9]])))).toEqual([3, -2]);
  });

  test("of equal distances the earlier row counts, of equal votes the lower label", () => {
    expect(Array.from(fitKnn(line, { k: 1 }).predict(matrix([[1.5]])))).toEqual([3]);
    expect(Array.from(fitKnn(line, { k: 2 }).predict(matrix([[1.5]])))).toEqual([-2]);
  });

  test("answers do not depend on how many rows are asked at once", () => {
    const queries = Array.from({ length: 7 }, (_, i) => [i * 1.7]);
    const knn = fitKnn(line, { k: 3 });
    const alone = queries.map((query) => knn.predict(matrix([query]))[0]);
    expect(Array.from(knn.predict(matrix(queries)))).toEqual(alone);
  });
});

describe("k nearest neighbours on real data", () => {
  needsData();
  test("iris and wdbc, leaving one out: 96.0 % and 95.1 %", () => {
    expect(leaveOneOut(iris()) * 150).toBeCloseTo(144, 6);
    expect(leaveOneOut(wdbc())).toBeCloseTo(0.951, 3);
  });

  test.each([
    [1, 98],
    [3, 97.83],
    [5, 97.89],
    [11, 97.89],
  ])("optical digits, k = %i: %d percent (optdigits.names)", (k, published) => {
    const test = optdigits("tes");
    expect(100 * accuracy(fitKnn(optdigits("tra"), { k }).predict(test.inputs), test.labels)).toBeCloseTo(
      published,
      1,
    );
  });
});
