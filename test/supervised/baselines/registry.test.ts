import { Generator } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import {
  type BaselineName,
  baselines,
  fitKnn,
  fitMarkov,
  fitRandomForest,
  fitSvm,
  type LabelledRows,
  labelledRows,
  natsPerSymbol,
  type SavedBaseline,
} from "../../../src/supervised/baselines/index.js";
import { dataset } from "../../../src/supervised/data/dataset.js";
import { accuracy, matrix } from "./shared-data.js";

/** Three clouds of 20 points around the corners of a triangle, labelled 2, 5 and 9; some entries are 0. */
function clouds(seed: number): LabelledRows {
  const rng = new Generator(seed);
  const corners = [
    [0, 0, 3],
    [4, 0, 0],
    [0, 4, 0],
  ];
  const rows = Array.from({ length: 60 }, (_, i) =>
    corners[i % 3]!.map((value) => (value === 0 && rng.random() < 0.3 ? 0 : value + rng.standardNormal())),
  );
  return { inputs: matrix(rows), labels: Int32Array.from(rows, (_, i) => [2, 5, 9][i % 3]!) };
}

const names = Object.keys(baselines) as BaselineName[];
const ofRows = ["svm-rbf", "svm-linear", "random-forest", "knn"] as const;
const ofSequences = ["markov", "hmm"] as const;
const sequences = [4, 30, 50].map((length) =>
  new Generator(length).integersFill(new Int32Array(length), 0, 3),
);

/** As a file of a run would give it back: the config through JSON, the arrays as copies. */
function throughFile(saved: SavedBaseline): SavedBaseline {
  return { ...structuredClone(saved), config: JSON.parse(JSON.stringify(saved.config)) };
}

describe("baselines", () => {
  test("the registry has those of rows and those of sequences", () => {
    expect(names.filter((name) => baselines[name].kind === "rows")).toEqual([...ofRows]);
    expect(names.filter((name) => baselines[name].kind === "sequences")).toEqual([...ofSequences]);
  });

  test.each(names)("%s: its defaults are a config, unknown keys are not", (name) => {
    const schema = baselines[name].configSchema;
    const defaults = schema.parse({});
    expect(schema.parse(JSON.parse(JSON.stringify(defaults)))).toEqual(defaults);
    expect(schema.safeParse({ speling: 1 }).success).toBe(false);
  });

  test.each(ofRows)("%s tells three clouds apart, on rows it has not seen", (name) => {
    const fitted = baselines[name].fit(clouds(1));
    const fresh = clouds(2);
    expect(Array.from(fitted.classes)).toEqual([2, 5, 9]);
    expect(accuracy(fitted.predict(fresh.inputs), fresh.labels)).toBeGreaterThan(0.9);
  });

  test.each(ofRows)("%s: what was saved scores the same to the bit", (name) => {
    const fitted = baselines[name].fit(clouds(1));
    const saved = fitted.save();
    expect(saved.name).toBe(name);
    const restored = baselines[name].restore(throughFile(saved));
    expect(restored.scores(clouds(2).inputs)).toEqual(fitted.scores(clouds(2).inputs));
    expect(restored.save()).toEqual(saved);
  });

  test.each(ofSequences)("%s: what was saved is as likely to the bit", (name) => {
    const fitted = baselines[name].fit({ sequences, symbols: 3 });
    const saved = fitted.save();
    expect(saved.name).toBe(name);
    const restored = baselines[name].restore(throughFile(saved));
    expect(natsPerSymbol(restored, sequences)).toBe(natsPerSymbol(fitted, sequences));
    expect(restored.save()).toEqual(saved);
  });

  test("inputs and targets of a data set become rows and labels", () => {
    const data = dataset(
      {
        inputs: { data: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8), shape: [2, 2, 1] },
        targets: { data: Int32Array.of(1, 0), shape: [] },
      },
      ["cat", "dog"],
    );
    const { inputs, labels } = labelledRows(data);
    expect(inputs).toEqual({ data: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8), rows: 2, columns: 4 });
    expect(labels).toEqual(Int32Array.of(1, 0));
  });
});

describe("baselines say in one sentence what is wrong", () => {
  const good = clouds(1);
  const cases: [string, Partial<LabelledRows>, { code: string; message: RegExp }][] = [
    [
      "one class",
      { labels: new Int32Array(60).fill(4) },
      { code: "one-class", message: /All 60 rows are of class 4;/ },
    ],
    [
      "no row",
      { inputs: { data: new Float32Array(0), rows: 0, columns: 3 }, labels: new Int32Array(0) },
      { code: "empty-split", message: /no rows/ },
    ],
    [
      "too few labels",
      { labels: Int32Array.of(1, 2) },
      { code: "invalid-data", message: /2 labels for 60 rows/ },
    ],
    [
      "rows of unlike widths",
      { inputs: { ...good.inputs, columns: 4 } },
      { code: "invalid-data", message: /180 values are not 60 rows of 4/ },
    ],
    [
      "NaN",
      { inputs: { ...good.inputs, data: good.inputs.data.with(7, Number.NaN) } },
      { code: "invalid-data", message: /Row 2 holds NaN in column 1/ },
    ],
  ];

  for (const name of ofRows) {
    test.each(cases)(`${name}: %s`, (_, change, expected) => {
      const fit = () => baselines[name].fit({ ...good, ...change });
      expect(fit).toThrow(expect.objectContaining({ name: "DataError", code: expected.code }));
      expect(fit).toThrow(expected.message);
    });

    test(`${name}: rows of another width than those it was fitted on`, () => {
      const fitted = baselines[name].fit(good);
      expect(() => fitted.predict(matrix([[1, 2]]))).toThrow(
        "The rows have 2 columns, but the model was fitted on 3; give it rows of 3.",
      );
      expect(() => fitted.predict(matrix([[1, 2, Infinity]]))).toThrow("Row 0 holds Infinity in column 2");
    });
  }

  test.each(ofSequences)("%s: symbols that there are not, and none at all", (name) => {
    const fit = (symbols: number, ...rows: number[][]) =>
      baselines[name].fit({ sequences: rows.map((row) => Int32Array.from(row)), symbols });
    expect(() => fit(2, [0, 1, 2])).toThrow(
      "Symbol 2 of a sequence is 2; symbols are whole numbers from 0 to 1.",
    );
    expect(() => fit(2, [], [])).toThrow("hold no symbol");
    expect(() => fit(0, [0])).toThrow("There are 0 symbols");
    expect(() => fit(2, [0, 1]).logLikelihood(Int32Array.of(-1))).toThrow("Symbol 0 of a sequence is -1");
  });

  test("settings that make no sense", () => {
    expect(() => fitKnn(good, { k: 61 })).toThrow("k is 61, but there are 60 rows; take at most 60.");
    expect(() => fitSvm(good, { C: -1 })).toThrow(/^The config svm-rbf\.C is wrong: /);
    expect(() => fitRandomForest(good, { maxFeatures: 0 })).toThrow(
      /^The config random-forest\.maxFeatures is wrong: /,
    );
    expect(() => fitMarkov({ sequences, symbols: 65 }, { order: 8 })).toThrow(
      "An order of 8 is too long for 65 symbols; take at most 7.",
    );
  });

  test("a saved baseline that lacks an array, or has one of another kind", () => {
    const saved = fitKnn(good).save();
    const { labels, ...arrays } = saved.arrays;
    expect(() => baselines.knn.restore({ ...saved, arrays })).toThrow("The saved knn has no array labels");
    const wrong = {
      ...arrays,
      labels: { ...labels!, dtype: "float64" as const, data: new Float64Array(60) },
    };
    expect(() => baselines.knn.restore({ ...saved, arrays: wrong })).toThrow("has labels of dtype float64");
    const svm = fitSvm(good).save();
    expect(() => baselines["svm-rbf"].restore({ ...svm, config: {} })).toThrow("has gamma scale");
  });
});
