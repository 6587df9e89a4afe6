import { Generator } from "gymnasium-js";
import { activationNames } from "../../../src/nets/activations.js";
import { normal } from "../../../src/nets/initializers.js";
import {
  buildModel,
  input,
  type LayerType,
  layers,
  type Model,
  type ModelSpec,
  modelSpec,
  type Node,
  type Shape,
} from "../../../src/nets/models/index.js";
import { type HostArray, sizeOf, tf } from "../../../src/tensors/index.js";

const x = (shape: Shape) => input("x", shape);
const mask = input("mask", [4]);
const vector = x([4]);
const image = x([5, 4, 2]);
const sequence = x([4, 3]);
const memory = input("memory", [4, 3]);
const h = input("h", [2]);
const y = (node: Node): ModelSpec => modelSpec({ y: node });
const withState = (node: Node): ModelSpec => modelSpec({ y: node, state: node.output(1) });
const withBothStates = (node: Node): ModelSpec =>
  modelSpec({ y: node, hidden: node.output(1), cell: node.output(2) });
const everything = { masked: true, backwards: true, initialState: true } as const;

/** Small models around each type of layer, by what they show of it. */
const casesByType: Record<LayerType, Record<string, ModelSpec>> = {
  dense: {
    fused: y(layers.dense({ units: 3, activation: "tanh" })(vector)),
    "of steps": y(layers.dense({ units: 2, activation: "silu", bias: false })(sequence)),
    spectral: y(layers.dense({ units: 3, spectralNorm: true })(vector)),
  },
  noisyDense: {
    "of vectors": y(layers.noisyDense({ units: 3, activation: "tanh" })(vector)),
    "of steps": y(layers.noisyDense({ units: 2 })(sequence)),
  },
  conv2d: {
    "padded by a number": y(
      layers.conv2d({ filters: 2, size: [3, 2], padding: 1, stride: [2, 1], dilation: [1, 2] })(image),
    ),
    same: y(layers.conv2d({ filters: 2, size: 3, stride: 2, padding: "same", activation: "tanh" })(image)),
    valid: y(layers.conv2d({ filters: 2, size: [2, 3], activation: "softplus", bias: false })(image)),
    spectral: y(layers.conv2d({ filters: 3, size: 2, spectralNorm: true })(image)),
  },
  conv1d: {
    "causal, dilated": y(layers.conv1d({ filters: 2, size: 2, dilation: 2, padding: "causal" })(sequence)),
    "same, with strides": y(
      layers.conv1d({ filters: 2, size: 3, stride: 2, padding: "same", activation: "tanh" })(sequence),
    ),
    valid: y(layers.conv1d({ filters: 2, size: 3, activation: "softplus", bias: false })(sequence)),
  },
  maxPool: {
    overlapping: y(layers.maxPool({ size: 3, stride: [2, 1] })(image)),
    same: y(layers.maxPool({ size: 2, padding: "same" })(image)),
    "padded by a number": y(layers.maxPool({ size: 3, stride: 2, padding: 1 })(image)),
  },
  avgPool: {
    overlapping: y(layers.avgPool({ size: 3, stride: [2, 1] })(image)),
    same: y(layers.avgPool({ size: 2, padding: "same" })(image)),
    "padded by a number": y(layers.avgPool({ size: 3, stride: 2, padding: 1 })(image)),
  },
  globalAvgPool: {
    images: y(layers.globalAvgPool()(image)),
    sequences: y(layers.globalAvgPool()(sequence)),
    masked: y(layers.globalAvgPool({ masked: true })(sequence, mask)),
  },
  globalMaxPool: {
    images: y(layers.globalMaxPool()(image)),
    sequences: y(layers.globalMaxPool()(sequence)),
    masked: y(layers.globalMaxPool({ masked: true })(sequence, mask)),
  },
  batchNorm: {
    images: y(layers.batchNorm()(image)),
    rows: y(layers.batchNorm({ momentum: 0.3, epsilon: 0.01 })(x([3]))),
    sequences: y(layers.batchNorm()(sequence)),
  },
  layerNorm: {
    rows: y(layers.layerNorm()(vector)),
    sequences: y(layers.layerNorm({ epsilon: 0.01 })(sequence)),
  },
  localResponseNorm: {
    "strong enough to see": y(
      layers.localResponseNorm({ size: 3, alpha: 0.5, beta: 0.6, bias: 1.5 })(x([2, 2, 5])),
    ),
  },
  dropout: {
    "of values": y(layers.dropout({ rate: 0.4 })(sequence)),
    "of channels": y(layers.dropout({ whole: "channels" })(sequence)),
    "of steps": y(layers.dropout({ whole: "steps" })(sequence)),
  },
  gaussianNoise: { "of steps": y(layers.gaussianNoise({ deviation: 0.5 })(sequence)) },
  activation: Object.fromEntries(
    activationNames.map((activation) => [activation, y(layers.activation({ activation })(x([6])))]),
  ),
  softmax: { "of steps": y(layers.softmax()(sequence)) },
  flatten: { "of images": y(layers.flatten()(image)) },
  reshape: { "of images": y(layers.reshape({ shape: [8, 5] })(image)) },
  repeat: { "of vectors": y(layers.repeat({ times: 3 })(vector)) },
  add: { "of three": y(layers.add()(vector, input("z", [4]), vector)) },
  multiply: { "of three": y(layers.multiply()(vector, input("z", [4]), vector)) },
  concat: { "of steps": y(layers.concat()(sequence, input("z", [4, 2]))) },
  embedding: {
    "of words": y(layers.embedding({ count: 5, size: 3, deviation: 1 })(input("ids", [4], "int32"))),
  },
  rnn: {
    forwards: withState(layers.rnn({ units: 2 })(sequence)),
    everything: withState(layers.rnn({ units: 2, ...everything })(sequence, h, mask)),
  },
  gru: {
    end: y(layers.gru({ units: 2, sequences: false })(sequence)),
    everything: withState(layers.gru({ units: 2, ...everything })(sequence, h, mask)),
  },
  lstm: {
    end: y(layers.lstm({ units: 2, sequences: false, backwards: true })(sequence)),
    everything: withBothStates(layers.lstm({ units: 2, ...everything })(sequence, h, input("c", [2]), mask)),
  },
  attention: {
    "dot, masked": withState(layers.attention({ masked: true })(x([2, 3]), memory, mask)),
    "general, masked": withState(
      layers.attention({ score: "general", masked: true })(x([2, 2]), memory, mask),
    ),
    additive: withState(layers.attention({ score: "additive", units: 2 })(x([2, 2]), memory)),
  },
  graphConv: {
    "of three nodes": y(
      layers.graphConv({ units: 2, activation: "tanh" })(
        x([3]),
        input("edges", [2], "int32"),
        input("weights", []),
      ),
    ),
  },
};

/** `[title, model]`, for `test.each`; every type of layer is in it, or this does not compile. */
export const layerCases: [string, ModelSpec][] = Object.entries(casesByType).flatMap(([type, variants]) =>
  Object.entries(variants).map(([variant, spec]): [string, ModelSpec] => [`${type}, ${variant}`, spec]),
);

const batch = 3;
/** Five edges between three nodes, of which two are there twice. */
const rows: Record<string, number> = { edges: 5, weights: 5 };
/** Whole, ended early, and all padding. */
const masks = [1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0];

/** Seeded inputs of a case. */
export function feedsOf(spec: ModelSpec): Record<string, HostArray> {
  const rng = new Generator(5);
  return Object.fromEntries(
    Object.entries(spec.inputs).map(([name, { shape: row, dtype }]) => {
      const shape = [rows[name] ?? batch, ...(row as number[])];
      const size = sizeOf(shape);
      if (name === "mask") return [name, { shape, data: Float32Array.from(masks) }];
      const data =
        dtype === "int32" ? Int32Array.from({ length: size }, (_, i) => (2 * i) % batch) : apart(size, rng);
      return [name, { shape, data }];
    }),
  );
}

/** Evenly spaced between -1 and 1, in random order: no maximum and no sign changes when one of them is moved a little. */
function apart(size: number, rng: Generator): Float32Array {
  return Float32Array.from(rng.permutation(size), (place) => (2 * place + 1) / size - 1);
}

/** Of a tensor's type and shape. The caller's to dispose of. */
export function tensorOf({ data, shape }: HostArray): tf.Tensor {
  return tf.tensor(data.slice(), [...shape], data instanceof Int32Array ? "int32" : "float32");
}

/**
 * A model on seeded weights, all of them away from where they start (so that a scale is not 1), after some training passes: batch
 * norm then has statistics of its own, and power iteration has converged.
 */
export function settledModel(spec: ModelSpec): Model {
  const model = buildModel(spec, new Generator(1));
  const rng = new Generator(2);
  tf.tidy(() => {
    for (const parameter of model.parameters.values()) {
      const moved = tf.tensor(normal(parameter.size, 0.3, rng), parameter.shape);
      parameter.assign(tf.add(parameter, moved));
    }
    const tensors = Object.fromEntries(
      Object.entries(feedsOf(spec)).map(([name, feed]) => [name, tensorOf(feed)]),
    );
    const passes = model.buffers.size > 0 ? 40 : 0;
    for (let pass = 0; pass < passes; pass++) model.apply(tensors, { training: true });
  });
  return model;
}
