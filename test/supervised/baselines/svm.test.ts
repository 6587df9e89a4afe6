import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { fitLinearSvm, fitSvm, type LabelledRows } from "../../../src/supervised/baselines/index.js";
import { svmConfigSchema } from "../../../src/supervised/baselines/svm/config.js";
import { needsData, sharedData } from "../../datasets/shared-data.js";
import { accuracy, iris, matrix, take, wdbc } from "./shared-data.js";

interface Golden {
  svc: {
    name: string;
    data: "iris" | "wdbc";
    config: {
      kernel: "rbf" | "poly" | "linear";
      C: number;
      degree?: number;
      gamma?: number | "scale";
      coef0?: number;
    };
    gamma: number | null;
    support: number[];
    objectives: number[];
    every: number;
    decisions: number[][];
    correct: number;
  }[];
  linear: { loss: "hinge" | "squared-hinge"; C: number; weights: number[] }[];
}

const golden = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../golden/data/scikit-learn.json"), "utf8"),
) as Golden;

const xor: LabelledRows = {
  inputs: matrix([
    [0, 0],
    [1, 1],
    [0, 1],
    [1, 0],
  ]),
  labels: Int32Array.of(0, 0, 1, 1),
};

function kernelOf({ kernel, gamma, degree, coef0 }: Golden["svc"][number]["config"]) {
  if (kernel === "rbf") return { type: kernel, gamma: gamma! };
  if (kernel === "linear") return { type: kernel };
  return { type: "polynomial" as const, gamma: gamma!, degree: degree!, offset: coef0! };
}

describe("support vector machine", () => {
  test("two points: the plane half way, alpha = 2 / distance^2 each", () => {
    const data = { inputs: matrix([[1], [4]]), labels: Int32Array.of(0, 1) };
    const svm = fitSvm(data, { kernel: { type: "linear" }, C: 10 });
    expect(Array.from(svm.model.coefficients)).toEqual([expect.closeTo(2 / 9, 9), expect.closeTo(-2 / 9, 9)]);
    const decisions = svm.decisions(matrix([[1], [2.5], [4]]));
    expect(Array.from(decisions)).toEqual([1, 0, -1].map((value) => expect.closeTo(value, 9)));
  });

  test("two overlapping points a class: alphas end at C", () => {
    const data = { inputs: matrix([[0], [2], [1], [3]]), labels: Int32Array.of(0, 0, 1, 1) };
    const { model } = fitSvm(data, { kernel: { type: "linear" }, C: 0.1 });
    expect(Array.from(model.coefficients)).toEqual([0.1, 0.1, -0.1, -0.1]);
    expect(model.pairs[0]).toMatchObject({ converged: true });
  });

  test("the RBF kernel divides exclusive or, the linear one cannot", () => {
    expect(Array.from(fitSvm(xor, { kernel: { type: "rbf", gamma: 1 } }).predict(xor.inputs))).toEqual([
      0, 0, 1, 1,
    ]);
    const linear = fitSvm(xor, { kernel: { type: "linear" } });
    expect(accuracy(linear.predict(xor.inputs), xor.labels)).toBeLessThan(1);
  });

  test("a fit that is cut off says so", () => {
    expect(fitSvm(xor, { maxIterations: 1 }).model.pairs[0]).toMatchObject({
      iterations: 1,
      converged: false,
    });
  });

  test("reports each pair of classes", () => {
    const data = { inputs: matrix([[0], [1], [2]]), labels: Int32Array.of(0, 1, 2) };
    const seen: number[] = [];
    fitSvm(data, {}, { onProgress: ({ done, total }) => seen.push(done, total) });
    expect(seen).toEqual([1, 3, 2, 3, 3, 3]);
  });

  test("the default kernel is RBF with gamma from the data", () => {
    expect(svmConfigSchema.parse({}).kernel).toEqual({ type: "rbf", gamma: "scale" });
    const flat = { inputs: matrix([[2], [2]]), labels: Int32Array.of(0, 1) };
    expect(fitSvm(flat).model.kernel).toMatchObject({ gamma: 1 });
  });
});

describe("support vector machines against scikit-learn", () => {
  needsData();
  const data = sharedData() !== null ? { iris: iris(), wdbc: wdbc() } : null;

  test.each(golden.svc)("$name: support vectors, dual objectives and decisions", (record) => {
    const { config, every } = record;
    const rows = data![record.data];
    const svm = fitSvm(rows, { kernel: kernelOf(config), C: config.C, tolerance: 1e-6 });
    if (record.gamma !== null)
      expect(svm.model.kernel).toMatchObject({ gamma: expect.closeTo(record.gamma, 6) });
    expect(Array.from(svm.model.supportRows)).toEqual(record.support);
    const pairs = svm.model.pairs;
    for (const [p, objective] of record.objectives.entries()) {
      expect(pairs[p]!.objective / objective).toBeCloseTo(1, 5);
    }
    const asked = Array.from(rows.labels.keys()).filter((row) => row % every === 0);
    const decisions = Array.from(svm.decisions(take(rows, asked).inputs));
    expect(decisions).toEqual(record.decisions.flat().map((value) => expect.closeTo(value, 4)));
    expect(accuracy(svm.predict(rows.inputs), rows.labels) * rows.labels.length).toBeCloseTo(
      record.correct,
      6,
    );
  });

  test("a small cache changes no bit", () => {
    const config = { C: 1, kernel: { type: "rbf" as const } };
    const whole = fitSvm(data!.wdbc, config).model;
    const small = fitSvm(data!.wdbc, { ...config, cacheMegabytes: 0.01 }).model;
    expect(small.coefficients).toEqual(whole.coefficients);
    expect(small.pairs).toEqual(whole.pairs);
  });

  test.each(golden.linear)("linear, $loss, C = $C: the weights of LIBLINEAR", ({ loss, C, weights }) => {
    const svm = fitLinearSvm(data!.wdbc, { loss, C, tolerance: 1e-8, maxEpochs: 100_000 });
    expect(Array.from(svm.weights)).toEqual(weights.map((weight) => expect.closeTo(weight, 5)));
  });

  test("linear: three classes of iris, one plane each, the same for the same seed", () => {
    const svm = fitLinearSvm(data!.iris, {}, { seed: 3 });
    expect(svm.weights.length).toBe(3 * 5);
    expect(accuracy(svm.predict(data!.iris.inputs), data!.iris.labels)).toBeGreaterThan(0.93);
    expect(fitLinearSvm(data!.iris, {}, { seed: 3 }).weights).toEqual(svm.weights);
    expect(fitLinearSvm(data!.iris, {}, { seed: 4 }).weights).not.toEqual(svm.weights);
  });
});
