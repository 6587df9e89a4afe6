import { z } from "zod";
import { type Activation, activate, activations as fusedActivations, tf } from "../tensors/index.js";

/** Activation functions of nets; those beyond the fused ones are an operation of their own. */
export const activationNames = [...fusedActivations, "elu", "leakyRelu", "softplus", "silu"] as const;

export type ActivationName = (typeof activationNames)[number];

export function activation(initial: ActivationName) {
  return z
    .enum(activationNames)
    .default(initial)
    .describe(`activation function after the layer; default ${initial}`);
}

/** Whether `dense` and `conv2d` compute it themselves. */
export function isFused(activation: ActivationName): activation is Activation {
  return (fusedActivations as readonly string[]).includes(activation);
}

/**
 * Applies an activation element by element: leakyRelu with 0.01 x below 0; softplus = log(1 + exp(x)); silu = x sigmoid(x).
 */
export function activated(x: tf.Tensor, activation: ActivationName): tf.Tensor {
  if (isFused(activation)) return activate(x, activation);
  switch (activation) {
    case "elu":
      return tf.elu(x);
    case "leakyRelu":
      return tf.leakyRelu(x, 0.01);
    case "softplus":
      return tf.softplus(x);
    case "silu":
      return tf.mul(x, tf.sigmoid(x));
    default:
      throw new Error(`There is no activation "${activation satisfies never}".`);
  }
}

/** What an activation takes from the spread of its input (torch.nn.init.calculate_gain). */
export function gainOf(activation: ActivationName): number {
  if (activation === "relu") return Math.SQRT2;
  if (activation === "leakyRelu") return Math.sqrt(2 / (1 + 0.01 ** 2));
  return activation === "tanh" ? 5 / 3 : 1;
}
