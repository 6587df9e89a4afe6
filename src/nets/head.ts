import { tf } from "../tensors/index.js";
import { buildLayer, type Layer, type ParameterMaker } from "./layers.js";
import type { NoiseLayout } from "./noise.js";
import type { HeadSpec, LayerSpec } from "./spec.js";

interface HeadContext {
  head: HeadSpec;
  inputShape: readonly number[];
  outputs: number;
  /** Values per output, side by side. */
  atoms: number;
  make: ParameterMaker;
  noise: NoiseLayout | null;
  /** Layers that a dueling head has once in each of its streams. */
  hidden: readonly LayerSpec[];
  /** Of a head that is not dueling. */
  outputLayer?: OutputLayer | undefined;
}

/** How the last layer is called, and the gain that it starts with where the initialiser is `orthogonal`. */
export interface OutputLayer {
  name: string;
  gain: number;
}

/** Builds what comes out of a net: `[batch, outputs * atoms]`. */
export function buildHead(context: HeadContext): Layer {
  const { head, inputShape, outputs, atoms, make, noise } = context;
  if (head.dueling) return duelingHead(context);
  const outputLayer = context.outputLayer ?? { name: "q", gain: 1 };
  return buildLayer({ ...outputLayer, spec: linear(outputs * atoms), inputShape, make, noise });
}

/**
 * Q(s, a) = V(s) + A(s, a) - mean over a' of A(s, a'), from two streams; with several atoms, so for each of them.
 * Source: Wang et al. 2016, equation 9, https://arxiv.org/abs/1511.06581; atoms: Hessel et al. 2018, "The Integrated Agent",
 * https://arxiv.org/abs/1710.02298
 */
function duelingHead(context: HeadContext): Layer {
  const { outputs, atoms } = context;
  const value = stream(context, "value", atoms);
  const advantage = stream(context, "advantage", outputs * atoms);
  if (atoms === 1) {
    return {
      outputShape: [outputs],
      apply: (x, noise) => {
        const advantages = advantage(x, noise);
        return tf.add(value(x, noise), tf.sub(advantages, tf.mean(advantages, 1, true)));
      },
    };
  }
  return {
    outputShape: [outputs * atoms],
    apply: (x, noise) => {
      const rows = x.shape[0]!;
      const advantages = tf.reshape(advantage(x, noise), [rows, outputs, atoms]);
      const values = tf.reshape(value(x, noise), [rows, 1, atoms]);
      const q = tf.add(values, tf.sub(advantages, tf.mean(advantages, 1, true)));
      return tf.reshape(q, [rows, outputs * atoms]);
    },
  };
}

function stream(
  { inputShape, make, noise, hidden }: HeadContext,
  name: string,
  outputs: number,
): Layer["apply"] {
  const layers: Layer[] = [];
  for (const [index, spec] of [...hidden, linear(outputs)].entries()) {
    const part = index < hidden.length ? "hidden" : "output";
    const shape = layers.at(-1)?.outputShape ?? inputShape;
    layers.push(buildLayer({ spec, inputShape: shape, name: `${name}.${part}`, make, noise }));
  }
  return (x, noise) => layers.reduce((y, layer) => layer.apply(y, noise), x);
}

function linear(units: number): LayerSpec {
  return { type: "dense", units, activation: "linear", norm: "none" };
}
