import { Generator } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import {
  classCounts,
  type Dataset,
  dataset,
  fitStandardization,
  groupedRows,
  requireSeveralClasses,
  splitRows,
  standardizationSchema,
  standardize,
  stratifiedRows,
  takeRows,
} from "../../../src/supervised/data/index.js";

const table = (values: number[], columns: number): Dataset =>
  dataset({ inputs: { data: Float32Array.from(values), shape: [columns] } });

const labelled = (labels: number[], classes = ["a", "b"]): Dataset =>
  dataset({ targets: { data: Int32Array.from(labels), shape: [] } }, classes);

describe("a data set", () => {
  test("has as many rows as its fields", () => {
    const data = dataset(
      {
        inputs: { data: new Uint8Array(12), shape: [2, 2, 1] },
        targets: { data: Int32Array.of(0, 1, 1), shape: [] },
      },
      ["a", "b"],
    );
    expect(data.size).toBe(3);
    expect([...classCounts(data)]).toEqual([1, 2]);
  });

  test.each([
    ["no field", () => dataset({}), "invalid-data", /at least one field/],
    ["a part of a row", () => table([1, 2, 3], 2), "invalid-data", /3 values, which are no whole rows of 2/],
    ["no row", () => table([], 2), "empty-split", /no rows/],
    ["NaN", () => table([1, 2, 3, Number.NaN], 2), "invalid-data", /inputs holds NaN in row 1/],
    ["infinity", () => table([Number.POSITIVE_INFINITY, 2], 2), "invalid-data", /Infinity in row 0/],
    ["a class that is not there", () => labelled([0, 2]), "invalid-data", /target is 2, but the 2 classes/],
    ["classes without targets", () => dataset(table([1], 1).fields, ["a"]), "invalid-data", /field targets/],
    [
      "a side of zero",
      () => dataset({ x: { data: new Uint8Array(0), shape: [0] } }),
      "invalid-data",
      /\[0\]/,
    ],
    [
      "unequal fields",
      () => dataset({ ...table([1, 2], 1).fields, more: { data: new Uint8Array(3), shape: [] } }),
      "invalid-data",
      /more has 3 rows, but inputs has 2/,
    ],
    [
      "one class only",
      () => requireSeveralClasses(labelled([1, 1])),
      "one-class",
      /All 2 rows are of the class b/,
    ],
    ["a row that is not there", () => takeRows(table([1, 2], 1), [2]), "invalid-data", /no row 2.* 0 to 1/],
    ["an empty choice of rows", () => takeRows(table([1, 2], 1), []), "empty-split", /none|at least one/i],
  ])("refuses %s", (_, make, code, message) => {
    expect(make).toThrow(
      expect.objectContaining({ name: "DataError", code, message: expect.stringMatching(message) }),
    );
  });

  test("gives rows in the order asked for, again if asked", () => {
    const data = table([0, 1, 10, 11, 20, 21], 2);
    const taken = takeRows(data, [2, 0, 2]);
    expect(taken.size).toBe(3);
    expect([...taken.fields["inputs"]!.data]).toEqual([20, 21, 0, 1, 20, 21]);
    expect([...takeRows(labelled([0, 1, 0]), [1]).fields["targets"]!.data]).toEqual([1]);
  });
});

describe("splits", () => {
  const all = (parts: Int32Array[]) => parts.flatMap((part) => [...part]).sort((a, b) => a - b);

  test("cover every row once, by their fractions, and depend on the seed only", () => {
    const parts = splitRows(103, [0.7, 0.2, 0.1], new Generator(1));
    expect(parts.map(({ length }) => length)).toEqual([72, 21, 10]);
    expect(all(parts)).toEqual(Array.from({ length: 103 }, (_, row) => row));
    expect(splitRows(103, [0.7, 0.2, 0.1], new Generator(1))).toEqual(parts);
    expect(splitRows(103, [0.7, 0.2, 0.1], new Generator(2))).not.toEqual(parts);
  });

  test("stratified, have each class by its fraction", () => {
    const labels = Array.from({ length: 100 }, (_, row) => (row < 10 ? 2 : row % 2));
    const [train, test] = stratifiedRows(labels, [0.8, 0.2], new Generator(3));
    const counts = (rows: Int32Array) =>
      [0, 1, 2].map((label) => rows.filter((row) => labels[row] === label).length);
    expect(counts(train!)).toEqual([36, 36, 8]);
    expect(counts(test!)).toEqual([9, 9, 2]);
    expect(all([train!, test!])).toHaveLength(100);
  });

  test("by group, part no group", () => {
    const groups = Array.from({ length: 90 }, (_, row) => Math.floor(row / 3));
    const parts = groupedRows(groups, [0.5, 0.5], new Generator(3));
    expect(parts.map(({ length }) => length)).toEqual([45, 45]);
    const [first, second] = parts.map((rows) => new Set([...rows].map((row) => groups[row])));
    expect([...first!].filter((group) => second!.has(group))).toEqual([]);
  });

  test("refuse fractions that are none, and parts without a row", () => {
    const code = (expected: string) => expect.objectContaining({ code: expected });
    expect(() => splitRows(10, [0.5, 0.6], new Generator(0))).toThrow(code("invalid-options"));
    expect(() => splitRows(10, [1.5, -0.5], new Generator(0))).toThrow(code("invalid-options"));
    expect(() => splitRows(3, [0.99, 0.01], new Generator(0))).toThrow(code("empty-split"));
  });
});

describe("standardisation", () => {
  test("has mean and deviation of each column, and 1 for a constant one", () => {
    const training = table([1, 0.1, 2, 0.1, 3, 0.1, 6, 0.1], 2);
    const settings = fitStandardization(training);
    expect(settings.mean[0]).toBe(3);
    expect(settings.deviation[0]).toBeCloseTo(Math.sqrt(3.5), 12);
    expect(settings.deviation[1]).toBe(1);
    const { data } = standardize(training, settings).fields["inputs"]!;
    const first = [...data].filter((_, i) => i % 2 === 0);
    expect(first.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 6);
    expect(first.reduce((sum, value) => sum + value ** 2, 0) / 4).toBeCloseTo(1, 6);
    expect(standardizationSchema.parse(JSON.parse(JSON.stringify(settings)))).toEqual(settings);
  });

  test("is not misled by rounding where a long column is constant", () => {
    expect(fitStandardization(table(Array(100_003).fill(0.1), 1)).deviation).toEqual([1]);
  });

  test("is of channels where rows are images, and applies to other data", () => {
    const images = dataset({ inputs: { data: Uint8Array.of(0, 10, 2, 10, 4, 30, 6, 30), shape: [1, 2, 2] } });
    const settings = fitStandardization(images);
    expect(settings.mean).toEqual([3, 20]);
    const others = dataset({ inputs: { data: Uint8Array.of(3, 30, 3, 20), shape: [1, 2, 2] } });
    expect([...standardize(others, settings).fields["inputs"]!.data]).toEqual([0, 1, 0, 0]);
    expect(() => standardize(table([1, 2, 3], 3), settings)).toThrow(/2 means .* 3 columns/);
    expect(() => fitStandardization(images, "labels")).toThrow(/no field labels; they have inputs/);
  });
});
