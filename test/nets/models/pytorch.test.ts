// Layers against PyTorch's figures, on every engine of this machine.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Generator } from "gymnasium-js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildModel, type Model, type ModelSpec, parseModelSpec } from "../../../src/nets/models/index.js";
import { type NamedArray, sizeOf, tf, useEngine } from "../../../src/tensors/index.js";
import { localEngines } from "../../engines.js";

interface ArrayRecord {
  shape: number[];
  dtype: "float32" | "int32";
  data: number[];
}

interface LayerRecord {
  name: string;
  layer: { type: string };
  /** Whether channels come right after the batch, as PyTorch has them in images, or last. */
  channels: "first" | "last";
  /** How many training passes the outputs are of the last one of; 0 for inference. */
  passes: number;
  state: Record<string, ArrayRecord>;
  /** What PyTorch's state is afterwards; not recorded where nothing changes. */
  after: Record<string, ArrayRecord>;
  inputs: ArrayRecord[];
  /** Null where PyTorch puts out something else. */
  outputs: (ArrayRecord | null)[];
}

const { cases } = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../golden/data/model-layers.json"), "utf8"),
) as { cases: LayerRecord[] };

const recurrentNames: Record<string, string> = {
  weight_ih_l0: "inputWeights",
  weight_hh_l0: "hiddenWeights",
  bias_ih_l0: "inputBias",
  bias_hh_l0: "hiddenBias",
};

const normNames: Record<string, string> = {
  weight: "scale",
  bias: "offset",
  running_mean: "mean",
  running_var: "variance",
};

/** Our name of what PyTorch calls `name` in a layer of this type. */
function nameOf(name: string, type: string): string {
  const names = type.endsWith("Norm") ? normNames : { weight: "weights", ...recurrentNames };
  return `layer.${names[name] ?? name}`;
}

/** PyTorch's `[outputs, inputs, ...window]` as our `[...window, inputs, outputs]`; tables and vectors stay. */
function ofWeights({ shape, data }: ArrayRecord, type: string): NamedArray {
  return tf.tidy(() => {
    const theirs = tf.tensor(data, shape);
    const [outputs, inputs, ...window] = shape.map((_, axis) => axis) as [number, number, ...number[]];
    const ours =
      shape.length < 2 || type === "embedding" ? theirs : tf.transpose(theirs, [...window, inputs, outputs]);
    return { shape: ours.shape, dtype: "float32", data: (ours.dataSync() as Float32Array).slice() };
  });
}

function channelsLast(tensor: tf.Tensor, channels: "first" | "last"): tf.Tensor {
  if (channels === "last" || tensor.rank < 3) return tensor;
  const [batch, channel, ...window] = tensor.shape.map((_, axis) => axis) as [number, number, ...number[]];
  return tf.transpose(tensor, [batch, ...window, channel]);
}

function tensorOf({ shape, dtype, data }: ArrayRecord, channels: "first" | "last"): tf.Tensor {
  return tf.tidy(() => channelsLast(tf.tensor(data, shape, dtype), channels));
}

function specOf({ layer, outputs }: LayerRecord, feeds: Record<string, tf.Tensor>): ModelSpec {
  return parseModelSpec({
    inputs: Object.fromEntries(
      Object.entries(feeds).map(([name, { shape, dtype }]) => [name, { shape: shape.slice(1), dtype }]),
    ),
    nodes: [{ name: "layer", inputs: Object.keys(feeds), layer }],
    outputs: Object.fromEntries(outputs.map((_, index) => [`output${index}`, `layer:${index}`])),
  });
}

function restoreTorch(model: Model, { state, layer: { type } }: LayerRecord): void {
  const entries = Object.entries(state).map(([name, array]) => [nameOf(name, type), ofWeights(array, type)]);
  model.restore(Object.fromEntries(entries));
}

function expectClose(actual: tf.Tensor | NamedArray, expected: tf.Tensor | NamedArray): void {
  expect(actual.shape).toEqual(expected.shape);
  const [a, b] = [actual, expected].map((x) => ("dataSync" in x ? x.dataSync() : x.data)) as [
    Float32Array,
    Float32Array,
  ];
  expect(b.length).toBe(sizeOf(expected.shape));
  for (const [index, value] of b.entries()) {
    expect(Math.abs(a[index]! - value), `value ${index}`).toBeLessThan(1e-5);
  }
}

afterAll(() => useEngine("cpu"));

describe.each(localEngines)("on %s", (engine) => {
  beforeAll(() => useEngine(engine));

  test.each(cases)("$name", (record) => {
    const { inputs, outputs, after, passes, channels, layer } = record;
    const before = tf.memory().numTensors;
    const feeds = Object.fromEntries(inputs.map((array, index) => [`x${index}`, tensorOf(array, channels)]));
    const spec = specOf(record, feeds);
    const model = buildModel(spec, new Generator(1));
    restoreTorch(model, record);
    tf.tidy(() => {
      for (let pass = 1; pass < passes; pass++) model.apply(feeds, { training: true });
      const results = model.apply(feeds, { training: passes > 0 });
      for (const [index, expected] of outputs.entries()) {
        if (expected !== null) expectClose(results[`output${index}`]!, tensorOf(expected, channels));
      }
    });
    const saved = model.save();
    for (const [name, array] of Object.entries(after)) {
      expectClose(saved[nameOf(name, layer.type)]!, ofWeights(array, layer.type));
    }
    model.dispose();
    tf.dispose(Object.values(feeds));
    expect(tf.memory().numTensors).toBe(before);
  });
});
