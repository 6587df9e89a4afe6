import { tf } from "../tensors/index.js";
import { buildLayer, type Layer, type ParameterMaker } from "./layers.js";
import type { HeadSpec, LayerSpec } from "./spec.js";

interface HeadContext {
  head: HeadSpec;
  inputShape: readonly number[];
  outputs: number;
  make: ParameterMaker;
  /** Layers that a dueling head has once in each of its streams. */
  hidden: readonly LayerSpec[];
}

/** Builds what comes out of a net: `[batch, outputs]`. */
export function buildHead(context: HeadContext): Layer {
  const { head, inputShape, outputs, make } = context;
  if (head.dueling) return duelingHead(context);
  return buildLayer({ spec: linear(outputs), inputShape, name: "q", make });
}

/**
 * Q(s, a) = V(s) + A(s, a) - mean over a' of A(s, a'), from two streams.
 * Source: Wang et al. 2016, equation 9, https://arxiv.org/abs/1511.06581
 */
function duelingHead(context: HeadContext): Layer {
  const { outputs } = context;
  const value = stream(context, "value", 1);
  const advantage = stream(context, "advantage", outputs);
  return {
    outputShape: [outputs],
    apply: (x) => {
      const advantages = advantage(x);
      return tf.add(value(x), tf.sub(advantages, tf.mean(advantages, 1, true)));
    },
  };
}

function stream(
  { inputShape, make, hidden }: HeadContext,
  name: string,
  outputs: number,
): (x: tf.Tensor) => tf.Tensor {
  const layers: Layer[] = [];
  for (const [index, spec] of [...hidden, linear(outputs)].entries()) {
    const part = index < hidden.length ? "hidden" : "output";
    const shape = layers.at(-1)?.outputShape ?? inputShape;
    layers.push(buildLayer({ spec, inputShape: shape, name: `${name}.${part}`, make }));
  }
  return (x) => layers.reduce((y, layer) => layer.apply(y), x);
}

function linear(units: number): LayerSpec {
  return { type: "dense", units, activation: "linear" };
}
