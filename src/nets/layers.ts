import { type Activation, activate, conv2d, dense, layerNorm, sizeOf, tf } from "../tensors/index.js";
import { activated, gainOf, isFused } from "./activations.js";
import { NetError } from "./errors.js";
import type { Fan } from "./initializers.js";
import { type NoiseLayout, noiseTerm } from "./noise.js";
import { type LayerSpec, layerNormEpsilon } from "./spec.js";

/** One layer: tensors `[batch, ...in]` to `[batch, ...outputShape]`. */
export interface Layer {
  readonly outputShape: readonly number[];
  /** @param noise of the whole net; null for the mean weights */
  apply(x: tf.Tensor, noise: tf.Tensor | null): tf.Tensor;
}

/** Makes and registers the variables of a net, in the order in which they are asked for. */
export interface ParameterMaker {
  /** Weights by the net's initialiser, seen as a matrix `[fan.inputs, fan.outputs]`. */
  weights(name: string, shape: readonly number[], fan: Fan): tf.Variable;
  bias(name: string, fan: Fan): tf.Variable;
  constant(name: string, shape: readonly number[], value: number): tf.Variable;
}

interface LayerContext<Spec extends LayerSpec> {
  spec: Spec;
  inputShape: readonly number[];
  /** Prefix of the parameters' names. */
  name: string;
  make: ParameterMaker;
  /** Makes dense layers noisy. */
  noise?: NoiseLayout | null;
  /** Of a dense layer, instead of its activation's. */
  gain?: number | undefined;
}

type SpecOf<Type extends LayerSpec["type"]> = Extract<LayerSpec, { type: Type }>;

/** Builds one layer and its parameters: weights first, then the bias. */
export function buildLayer(context: LayerContext<LayerSpec>): Layer {
  const { spec } = context;
  switch (spec.type) {
    case "dense":
      return denseLayer({ ...context, spec });
    case "conv2d":
      return convLayer({ ...context, spec });
    case "flatten":
      return flattenLayer(context.inputShape);
    case "activation": {
      const { activation } = spec;
      return { outputShape: context.inputShape, apply: (x) => activated(x, activation) };
    }
    case "layerNorm":
      return normLayer({ ...context, spec });
    default:
      throw new Error(`There is no layer of type ${JSON.stringify(spec satisfies never)}.`);
  }
}

/** y = activation(norm(x W + b)), W and b with noise if asked; an input of more dimensions is flattened first. */
function denseLayer(context: LayerContext<SpecOf<"dense">>): Layer {
  const { spec, inputShape, name, make, noise: layout = null, gain = gainOf(spec.activation) } = context;
  const inputs = sizeOf(inputShape);
  const fan: Fan = { inputs, outputs: spec.units, gain };
  const weights = make.weights(`${name}.weights`, [inputs, spec.units], fan);
  const bias = make.bias(`${name}.bias`, fan);
  const term = layout && noiseTerm({ layout, fan, name, make });
  const outputShape = [spec.units];
  const [fused, after] = activationsOf({ ...context, inputShape: outputShape });
  const flat = inputShape.length === 1;
  return {
    outputShape,
    apply: (x, noise) => {
      const rows = flat ? x : tf.reshape(x, [x.shape[0]!, inputs]);
      if (term === null || noise === null) return after(dense(rows, weights, bias, fused));
      const sums = tf.add(dense(rows, weights, bias), term(rows, noise));
      return after(activate(sums, fused));
    },
  };
}

/** Cross-correlation with bias, norm and activation, NHWC; the filter is `[height, width, in, out]`. */
function convLayer(context: LayerContext<SpecOf<"conv2d">>): Layer {
  const { spec, inputShape, name, make } = context;
  if (inputShape.length !== 3) {
    throw new NetError(
      "invalid-net",
      `${name} needs an input of shape [height, width, channels], but gets [${inputShape}]; put it before flatten and dense layers.`,
    );
  }
  const [height, width, channels] = inputShape as [number, number, number];
  const size = pair(spec.size);
  const stride = pair(spec.stride);
  const out = (input: number, axis: 0 | 1) =>
    Math.ceil((spec.padding === "same" ? input : input - size[axis] + 1) / stride[axis]);
  const outputShape = [out(height, 0), out(width, 1), spec.filters];
  if (outputShape.some((dimension) => dimension < 1)) {
    throw new NetError(
      "invalid-net",
      `${name} has a filter of ${size[0]}x${size[1]}, but its input is only ${height}x${width}; use smaller filters or padding "same".`,
    );
  }
  const fan: Fan = {
    inputs: size[0] * size[1] * channels,
    outputs: spec.filters,
    gain: gainOf(spec.activation),
  };
  const filter = make.weights(`${name}.weights`, [...size, channels, spec.filters], fan);
  const bias = make.bias(`${name}.bias`, fan);
  const [fused, after] = activationsOf({ ...context, inputShape: outputShape });
  const options = { stride, padding: spec.padding, bias, activation: fused };
  return { outputShape, apply: (x) => after(conv2d(x, filter, options)) };
}

function flattenLayer(inputShape: readonly number[]): Layer {
  const size = sizeOf(inputShape);
  return {
    outputShape: [size],
    apply: (x) => (x.rank === 2 ? x : tf.reshape(x, [x.shape[0]!, size])),
  };
}

/** y = scale (x - mean) / sqrt(variance + epsilon) + offset over all but the batch (Ba et al. 2016). */
function normLayer({ spec, inputShape, name, make }: LayerContext<SpecOf<"layerNorm">>): Layer {
  const scale = make.constant(`${name}.scale`, inputShape, 1);
  const offset = make.constant(`${name}.offset`, inputShape, 0);
  return { outputShape: inputShape, apply: (x) => layerNorm(x, scale, offset, spec.epsilon) };
}

function pair(value: number | [number, number]): [number, number] {
  return typeof value === "number" ? [value, value] : value;
}

/** The activation that a layer computes itself, and what comes after: the norm, if it has one, and the rest. */
function activationsOf(
  context: LayerContext<SpecOf<"dense" | "conv2d">>,
): [Activation, (x: tf.Tensor) => tf.Tensor] {
  const { activation, norm } = context.spec;
  switch (norm) {
    case "none":
      return isFused(activation) ? [activation, (x) => x] : ["linear", (x) => activated(x, activation)];
    case "layer": {
      const spec = { type: "layerNorm", epsilon: layerNormEpsilon } as const;
      const { apply } = normLayer({ ...context, spec, name: `${context.name}.norm` });
      return ["linear", (x) => activated(apply(x, null), activation)];
    }
    default:
      throw new Error(`There is no norm "${norm satisfies never}".`);
  }
}
