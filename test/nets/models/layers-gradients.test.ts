import { Generator } from "gymnasium-js";
import { beforeAll, describe, expect, test } from "vitest";
import { checkGradients } from "../../../src/nets/gradient-check.js";
import type { Model } from "../../../src/nets/models/index.js";
import { tf, useEngine } from "../../../src/tensors/index.js";
import { localEngines } from "../../engines.js";
import { feedsOf, layerCases, settledModel, tensorOf } from "./cases.js";

/** Sum of all outputs with a factor each, in training always from the same random draws and buffers. */
function repeatable(model: Model, feeds: Record<string, tf.Tensor>, training: boolean) {
  const { state } = model.random;
  const buffers = [...model.buffers.values()].map((buffer) => ({ buffer, before: tf.clone(buffer) }));
  const compute = () => {
    const outputs = Object.values(model.apply(feeds, { training }));
    const sums = outputs.map((output, index) => {
      const factors = Array.from({ length: output.size }, (_, i) => Math.sin(1 + i + 10 * index));
      return tf.sum(tf.mul(output, tf.tensor(factors, output.shape)));
    });
    model.random.setState(state);
    for (const { buffer, before } of buffers) buffer.assign(tf.clone(before));
    return tf.addN(sums) as tf.Scalar;
  };
  return { compute, dispose: () => tf.dispose(buffers.map(({ before }) => before)) };
}

describe.each(localEngines)("gradients of layers on %s", (engine) => {
  beforeAll(async () => {
    await useEngine(engine);
  });

  describe.each(layerCases)("%s", (_, spec) => {
    test.each([
      { training: false, title: "inference" },
      { training: true, title: "training" },
    ])("are what differences say in $title", ({ training }) => {
      const before = tf.memory().numTensors;
      const model = settledModel(spec);
      const variables = new Map(model.parameters);
      const feeds = Object.fromEntries(
        Object.entries(feedsOf(spec)).map(([name, feed]) => {
          if (feed.data instanceof Int32Array || name === "mask") return [name, tensorOf(feed)];
          const variable = tf.tidy(() => tf.variable(tensorOf(feed)));
          variables.set(`input ${name}`, variable);
          return [name, variable];
        }),
      );
      const { compute, dispose } = repeatable(model, feeds, training);
      const report = checkGradients(compute, variables, {
        rng: new Generator(0),
        samples: 2,
        directions: 1,
      });
      expect(report.passed, report.summary).toBe(true);
      dispose();
      tf.dispose(feeds);
      model.dispose();
      expect(tf.memory().numTensors).toBe(before);
    });
  });
});
