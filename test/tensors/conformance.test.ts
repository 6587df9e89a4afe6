import { beforeAll, describe, expect, test } from "vitest";
import { type EngineName, engineNames, engineReport, tf, useEngine } from "../../src/tensors/index.js";
import { type ConformanceCase, conformanceCases } from "./conformance-cases.js";

/** One flat result per tensor: the op's value, then its gradient by each input. */
type Figures = Float32Array[];

function inputValues({ values = "signed" }: ConformanceCase, size: number, index: number): Float32Array {
  // 0.618... spreads the multiples evenly, so that no two values come close.
  return Float32Array.from({ length: size }, (_, i) => {
    const spread = ((i + 1) * 0.6180339887 + index * 0.29) % 1;
    if (values === "positive") return 0.5 + 1.5 * spread;
    if (values === "signed") return 2 * spread - 1;
    const count = Math.max(size, 16);
    const rank = (i * 7 + 3 * index) % count;
    return ((rank + 0.25 + 0.5 * index) / count) * 2 - 1;
  });
}

function makeInputs(testCase: ConformanceCase): tf.Tensor[] {
  return testCase.inputs.map((shape, index) =>
    tf.tensor(inputValues(testCase, tf.util.sizeFromShape([...shape]), index), [...shape]),
  );
}

/** A scalar that weighs every element of the op's value differently, so that no gradient can hide in a sum. */
function weighted(value: tf.Tensor): tf.Scalar {
  const weights = Float32Array.from({ length: value.size }, (_, i) => 0.3 + ((i * 5) % 7) / 7);
  return tf.sum(tf.mul(value, tf.tensor(weights, value.shape))) as tf.Scalar;
}

function figuresOf(testCase: ConformanceCase): Figures {
  return tf.tidy(() => {
    const inputs = makeInputs(testCase);
    const value = testCase.compute(...inputs);
    const gradients = tf.grads((...xs: tf.Tensor[]) => weighted(testCase.compute(...xs)))(inputs);
    return [value, ...gradients].map((tensor) => (tensor.dataSync() as Float32Array).slice());
  });
}

/** Largest difference, relative to the largest figure or 1. */
function relativeError(actual: Float32Array, expected: ArrayLike<number>): number {
  expect(actual.length).toBe(expected.length);
  const scale = Array.from(expected).reduce((largest, x) => Math.max(largest, Math.abs(x)), 1);
  const error = actual.reduce((largest, x, i) => Math.max(largest, Math.abs(x - expected[i]!)), 0);
  return error / scale;
}

/** Central differences of the weighted value by input number `index`, at up to 12 elements spread over it. */
function differences(testCase: ConformanceCase, index: number): { at: number; slope: number }[] {
  const size = tf.util.sizeFromShape([...testCase.inputs[index]!]);
  const step = 1e-2;
  const lossAt = (at: number, shift: number): number =>
    tf.tidy(() => {
      const inputs = testCase.inputs.map((shape, i) => {
        const values = inputValues(testCase, tf.util.sizeFromShape([...shape]), i);
        if (i === index) values[at]! += shift;
        return tf.tensor(values, [...shape]);
      });
      return weighted(testCase.compute(...inputs)).dataSync()[0]!;
    });
  const count = Math.min(size, 12);
  return Array.from({ length: count }, (_, i) => {
    const at = Math.floor((i * size) / count);
    return { at, slope: (lossAt(at, step) - lossAt(at, -step)) / (2 * step) };
  });
}

const reference = new Map<string, Figures>();

describe("cpu, the reference", () => {
  beforeAll(async () => {
    await useEngine("cpu");
  });

  // Float32 differences over a step of 0.01 are good to about 1 %.
  test.each(conformanceCases)("the gradient of $name equals central differences", (testCase) => {
    const [, ...gradients] = figuresOf(testCase);
    gradients.forEach((gradient, index) => {
      for (const { at, slope } of differences(testCase, index)) {
        expect(Math.abs(gradient[at]! - slope), `input ${index}, element ${at}`).toBeLessThan(
          0.02 * Math.max(1, Math.abs(slope)),
        );
      }
    });
    reference.set(testCase.name, figuresOf(testCase));
  });
});

const reports = await engineReport();

describe.each(engineNames.filter((name) => name !== "cpu"))("engine %s", (name: EngineName) => {
  const { missing } = reports.find((report) => report.name === name)!;
  if (missing !== null) {
    test("is available", (context) => context.skip(missing));
    return;
  }

  beforeAll(async () => {
    await useEngine(name);
  });

  test.each(conformanceCases)("$name computes and differentiates as cpu does", (testCase) => {
    const { tolerance = 1e-5 } = testCase;
    const expected = reference.get(testCase.name)!;
    const tensors = tf.memory().numTensors;
    const actual = figuresOf(testCase);
    expect(tf.memory().numTensors, "tensors after").toBe(tensors);
    actual.forEach((figures, index) => {
      const what = index === 0 ? "value" : `gradient by input ${index - 1}`;
      expect(relativeError(figures, expected[index]!), what).toBeLessThan(tolerance);
    });
  });

  test.each(conformanceCases)("$name gives the same bits every time", (testCase) => {
    expect(figuresOf(testCase)).toEqual(figuresOf(testCase));
  });
});
