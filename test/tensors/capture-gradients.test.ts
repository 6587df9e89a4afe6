import { describe, expect, test } from "vitest";
import { capture, engineReport, tf, useEngine } from "../../src/tensors/index.js";
import { type ConformanceCase, conformanceCases } from "./conformance-cases.js";

const { missing } = (await engineReport()).find(({ name }) => name === "native")!;

/** What tfjs-backend-cpu computes in the native engine's place, and a captured step refuses. */
const borrowed = new Map([
  ["prod", "Cumprod"],
  ["resizeNearestNeighbor", "ResizeNearestNeighbor"],
  ["resizeBilinear", "ResizeBilinear"],
]);

/** An op's value and its gradients by all inputs, weighed so that none can hide. */
function stepOf({ inputs, compute }: ConformanceCase, eager: boolean) {
  const names = inputs.map((_, index) => `x${index}`);
  const weights = (size: number) => Float32Array.from({ length: size }, (_, i) => 0.3 + ((i * 5) % 7) / 7);
  return capture(
    (xs: Record<string, tf.Tensor>): Record<string, tf.Tensor> => {
      const tensors = names.map((name) => xs[name]!);
      const value = compute(...tensors);
      const weighted = (...all: tf.Tensor[]) => {
        const y = compute(...all);
        return tf.sum(tf.mul(y, tf.tensor(weights(y.size), y.shape))) as tf.Scalar;
      };
      const gradients = tf.grads(weighted)(tensors);
      return Object.fromEntries([
        ["value", value],
        ...gradients.map((g, i) => [`by input ${i}`, g] as const),
      ]);
    },
    { eager },
  );
}

function hostInputs({ inputs }: ConformanceCase, seed: number) {
  const arrays = inputs.map((shape, index) => {
    const size = tf.util.sizeFromShape([...shape]);
    const data = Float32Array.from(
      { length: size },
      (_, i) => 0.2 + ((i * 37 + 11 * index + seed) % 101) / 90,
    );
    return [`x${index}`, { data, shape }] as const;
  });
  return Object.fromEntries(arrays);
}

describe("captured on the native engine", () => {
  if (missing !== null) {
    test("needs the native engine", (context) => context.skip(missing));
    return;
  }

  test.each(conformanceCases)("$name and its gradients are what cpu computes", async (testCase) => {
    const kernel = borrowed.get(testCase.name);
    await useEngine("native");
    const step = stepOf(testCase, false);
    if (kernel) {
      expect(() => step.run(hostInputs(testCase, 1))).toThrow(`kernel ${kernel}`);
      return;
    }
    step.run(hostInputs(testCase, 1));
    // The second run is the program's own.
    const results = step.run(hostInputs(testCase, 2));
    const actual = Object.entries(results).map(([name, array]) => [name, Float32Array.from(array)] as const);
    await useEngine("cpu");
    const expected = stepOf(testCase, true).run(hostInputs(testCase, 2));
    for (const [name, figures] of actual) {
      const reference = expected[name] as Float32Array;
      const scale = reference.reduce((largest, x) => Math.max(largest, Math.abs(x)), 1);
      const error = figures.reduce((largest, x, i) => Math.max(largest, Math.abs(x - reference[i]!)), 0);
      expect(error / scale, name).toBeLessThan(testCase.tolerance ?? 1e-5);
    }
  });
});
