import { Generator } from "gymnasium-js";
import { beforeAll, describe, expect, test } from "vitest";
import { checkGradients } from "../../../src/nets/gradient-check.js";
import { LossError, maxNorm, penaltyOf, penaltySchema } from "../../../src/nets/losses/index.js";
import { buildModel, input, layers, modelSpec } from "../../../src/nets/models/index.js";
import { capture, tf, useEngine } from "../../../src/tensors/index.js";
import { localEngines } from "../../engines.js";

function parameters(): Map<string, tf.Variable> {
  const make = (values: number[], shape: number[]) => tf.tidy(() => tf.variable(tf.tensor(values, shape)));
  return new Map([
    ["dense.weights", make([3, -0.5, 4, 0.5], [2, 2])],
    ["dense.bias", make([7, -7], [2])],
    ["conv.kernel", make([1, 2, -2, 1, 0, 0, 0, 2], [2, 2, 1, 2])],
    ["kernels", make([9], [1])],
  ]);
}

const dispose = (variables: ReadonlyMap<string, tf.Variable>) => tf.dispose([...variables.values()]);

describe.each(localEngines)("penalties on %s", (engine) => {
  beforeAll(async () => {
    await useEngine(engine);
  });

  const valueWith = (config: object, variables: ReadonlyMap<string, tf.Variable>) =>
    tf.tidy(() => penaltyOf(penaltySchema.parse(config), variables)().dataSync()[0]!);

  test("are l1 sum |w| + l2 / 2 sum w^2 of weights and kernels", () => {
    const variables = parameters();
    // Sums of |w|: 8 and 8; of w^2: 25.5 and 14.
    expect(valueWith({ l1: 0.1 }, variables)).toBeCloseTo(1.6, 6);
    expect(valueWith({ l2: 0.1 }, variables)).toBeCloseTo(1.975, 6);
    expect(valueWith({ l1: 1, l2: 2 }, variables)).toBeCloseTo(55.5, 5);
    expect(valueWith({ l1: 1, pattern: "bias$" }, variables)).toBeCloseTo(14, 6);
    expect(valueWith({}, variables)).toBe(0);
    dispose(variables);
  });

  test("have the gradients that differences say, follow the weights, and keep no tensors", () => {
    const variables = parameters();
    const penalty = penaltyOf(penaltySchema.parse({ l1: 0.3, l2: 0.7 }), variables);
    const weights = new Map([["dense.weights", variables.get("dense.weights")!]]);
    const report = checkGradients(penalty, weights, { rng: new Generator(0) });
    expect(report.passed, report.summary).toBe(true);
    const before = tf.memory().numTensors;
    const value = penalty();
    expect(tf.memory().numTensors - before).toBe(1);
    tf.tidy(() => variables.get("dense.weights")!.assign(tf.zeros([2, 2])));
    const less = penalty();
    expect(less.dataSync()[0]!).toBeCloseTo(0.3 * 8 + 0.35 * 14, 5);
    expect(value.dataSync()[0]! - less.dataSync()[0]!).toBeCloseTo(0.3 * 8 + 0.35 * 25.5, 5);
    tf.dispose([value, less]);
    dispose(variables);
  });

  test("max-norm scales the weights of units above the limit, and no others", () => {
    const variables = parameters();
    maxNorm(variables, 2.5);
    const before = tf.memory().numTensors;
    maxNorm(variables, 2.5);
    expect(tf.memory().numTensors).toBe(before);
    const expected = {
      // Columns [3, 4] of norm 5 and [-0.5, 0.5].
      "dense.weights": [1.5, -0.5, 2, 0.5],
      "dense.bias": [7, -7],
      // Filters [1, -2, 0, 0] and [2, 1, 0, 2] of norm 3.
      "conv.kernel": [1, 5 / 3, -2, 2.5 / 3, 0, 0, 0, 5 / 3],
      kernels: [9],
    };
    for (const [name, values] of Object.entries(expected)) {
      const found = variables.get(name)!.dataSync();
      for (const [i, value] of values.entries()) expect(found[i], `${name}[${i}]`).toBeCloseTo(value, 6);
    }
    dispose(variables);
  });

  test("penalty and max-norm can be captured", () => {
    const variables = parameters();
    const penalty = penaltyOf(penaltySchema.parse({ l1: 1 }), variables);
    const step = capture(({ factor }: { factor: tf.Tensor }) => {
      const w = variables.get("dense.weights")!;
      w.assign(tf.mul(w, factor));
      maxNorm(variables, 2.5);
      return { penalty: penalty() };
    });
    const run = (factor: number) =>
      step.run({ factor: { data: Float32Array.of(factor), shape: [] } }).penalty[0]!;
    // Of the filters |w| is 3 and 5 / 3 * 2.5.
    const ofFilters = 3 + (5 * 2.5) / 3;
    expect(run(1)).toBeCloseTo(ofFilters + 3.5 + 1, 5);
    expect(run(2)).toBeCloseTo(ofFilters + 3.5 + 2, 5);
    expect(run(0.5)).toBeCloseTo(ofFilters + 1.75 + 1, 5);
    dispose(variables);
  });

  test("are of the weights of recurrent layers and of attention, too, and of no bias", () => {
    const before = tf.memory().numTensors;
    const x = input("x", [3, 2]);
    const seen = layers.attention({ score: "additive", units: 1, name: "a" })(
      layers.gru({ units: 1, name: "g" })(x),
      x,
    );
    const model = buildModel(modelSpec({ y: seen }), new Generator(1));
    tf.tidy(() => {
      for (const variable of model.parameters.values()) variable.assign(tf.ones(variable.shape));
    });
    // Three gates of 2 inputs and 1 unit; then 1 of the queries, 2 of the keys, 1 of the score.
    expect(valueWith({ l1: 1 }, model.parameters)).toBeCloseTo(9 + 4, 6);
    maxNorm(model.parameters, 0.1);
    expect(valueWith({ l2: 2 }, model.parameters)).toBeCloseTo(0.01 * (3 + 3 + 1 + 1 + 1), 6);
    expect([...model.parameters.get("g.hiddenBias")!.dataSync()]).toEqual([1, 1, 1]);
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test.each([0, -1, Number.NaN])("max-norm does not take the limit %d", (limit) => {
    const variables = parameters();
    expect(() => maxNorm(variables, limit)).toThrow(
      expect.objectContaining({
        code: "invalid-limit",
        message: `Max-norm takes a limit above 0, not ${limit}.`,
      }),
    );
    expect([...variables.get("dense.weights")!.dataSync()]).toEqual([3, -0.5, 4, 0.5]);
    dispose(variables);
  });

  test("a pattern that names nothing is refused", () => {
    const variables = parameters();
    const config = penaltySchema.parse({ l2: 1, pattern: "gains$" });
    expect(() => penaltyOf(config, variables)).toThrow(
      "No parameter's name matches gains$; there are dense.weights, dense.bias, conv.kernel, kernels.",
    );
    expect(() => maxNorm(variables, 1, "gains$")).toThrow(LossError);
    dispose(variables);
  });
});

test("a pattern that is no regular expression is refused", () => {
  expect(penaltySchema.safeParse({ l1: 1, pattern: "(" }).success).toBe(false);
  expect(penaltySchema.safeParse({ l1: -1 }).success).toBe(false);
});
