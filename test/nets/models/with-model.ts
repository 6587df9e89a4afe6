import { Generator } from "gymnasium-js";
import { expect } from "vitest";
import { buildModel, type Model, modelSpec, type Node } from "../../../src/nets/index.js";
import { tf } from "../../../src/tensors/index.js";

/** Builds a model of one seed, and disposes of it and all that `use` makes. */
export function withModel(outputs: Readonly<Record<string, Node>>, use: (model: Model) => void): void {
  const model = buildModel(modelSpec(outputs), new Generator(1));
  try {
    tf.tidy(() => use(model));
  } finally {
    model.dispose();
  }
}

export const valuesOf = (x: tf.Tensor | undefined): number[] => [...x!.dataSync()];

export function expectClose(actual: tf.Tensor, expected: tf.Tensor, tolerance = 1e-6): void {
  expect(actual.shape).toEqual(expected.shape);
  expect(tf.max(tf.abs(tf.sub(actual, expected))).dataSync()[0]).toBeLessThan(tolerance);
}
