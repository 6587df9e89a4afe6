import { Generator } from "gymnasium-js";
import { beforeAll, describe, expect, test } from "vitest";
import { buildModel, type Model, type ModelSpec } from "../../../src/nets/models/index.js";
import { capture, type EngineName, tf, useEngine, valueAndGradients } from "../../../src/tensors/index.js";
import { localEngines } from "../../engines.js";
import { feedsOf, layerCases, settledModel, tensorOf } from "./cases.js";

function tensorsOf(spec: ModelSpec): Record<string, tf.Tensor> {
  return Object.fromEntries(Object.entries(feedsOf(spec)).map(([name, feed]) => [name, tensorOf(feed)]));
}

/** All outputs of an inference pass, of two training passes and of an inference pass after them. */
function passesOf(spec: ModelSpec): number[] {
  const model = settledModel(spec);
  const values = tf.tidy(() =>
    [false, true, true, false].flatMap((training) =>
      Object.values(model.apply(tensorsOf(spec), { training })).flatMap((output) => [...output.dataSync()]),
    ),
  );
  model.dispose();
  return values;
}

describe("layers on all engines", () => {
  const found = new Map<EngineName, Map<string, number[]>>();

  beforeAll(async () => {
    for (const engine of localEngines) {
      await useEngine(engine);
      found.set(engine, new Map(layerCases.map(([title, spec]) => [title, passesOf(spec)])));
    }
  });

  test.each(layerCases)("%s: agree to 1e-4", (title) => {
    const [first, ...others] = localEngines.map((engine) => found.get(engine)!.get(title)!);
    for (const values of others) {
      const apart = values.map(
        (value, i) => Math.abs(value - first![i]!) / Math.max(1, Math.abs(first![i]!)),
      );
      expect(values).toHaveLength(first!.length);
      expect(Math.max(...apart)).toBeLessThan(1e-4);
    }
  });
});

describe.each(localEngines)("layers on %s", (engine) => {
  beforeAll(async () => {
    await useEngine(engine);
  });

  test.each(layerCases)("%s: keep no tensors", (_, spec) => {
    const before = tf.memory().numTensors;
    const model = buildModel(spec, new Generator(1));
    const feeds = tensorsOf(spec);
    const between = tf.memory().numTensors;
    for (const training of [false, true, true]) {
      tf.dispose(model.apply(feeds, { training }));
      expect(tf.memory().numTensors).toBe(between);
    }
    tf.dispose(feeds);
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

/** Passes of a model and the gradients of one, as steps. */
function stepsOf(model: Model, gain: tf.Variable, eager: boolean) {
  const variables = new Map([...model.parameters, ["gain", gain]]);
  type Feeds = Record<string, tf.Tensor>;
  const differentiate = (feeds: Feeds) => {
    const { value, gradients } = valueAndGradients(() => {
      const scaled = Object.entries(feeds).map(([name, feed]) => [
        name,
        feed.dtype === "int32" ? feed : tf.mul(feed, gain),
      ]);
      const outputs = Object.values(model.apply(Object.fromEntries(scaled), { training: true }));
      return tf.addN(outputs.map((output) => tf.sum(tf.square(output)))) as tf.Scalar;
    }, variables);
    return { value, ...gradients };
  };
  return [
    capture((feeds: Feeds) => model.apply(feeds, { training: true }), { eager }),
    capture(differentiate, { eager }),
    capture((feeds: Feeds) => model.apply(feeds), { eager }),
  ];
}

describe.each(localEngines.filter((engine) => engine === "native"))("captured on %s", (engine) => {
  beforeAll(async () => {
    await useEngine(engine);
  });

  test.each(layerCases)("%s: have the bits of eager ones and keep no tensors", (_, spec) => {
    const feeds = feedsOf(spec);
    const [eager, captured] = [true, false].map((eager) => {
      const model = buildModel(spec, new Generator(1));
      const gain = tf.tidy(() => tf.variable(tf.scalar(1)));
      const steps = stepsOf(model, gain, eager);
      const counts: number[] = [];
      const results = [0, 1, 2].map(() => {
        const passes = steps.map((step) =>
          Object.entries(step.run(feeds)).map(([name, values]) => [name, [...values]]),
        );
        counts.push(tf.memory().numTensors);
        return passes;
      });
      expect(new Set(counts).size).toBe(1);
      const after = { saved: model.save(), random: model.random.state };
      gain.dispose();
      model.dispose();
      return { results, after };
    });
    expect(captured).toEqual(eager);
  });
});
