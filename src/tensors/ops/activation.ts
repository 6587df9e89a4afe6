import * as tf from "@tensorflow/tfjs-core";

/** The activations that `dense` and `conv2d` fuse. */
export const activations = ["linear", "relu", "tanh", "sigmoid"] as const;

export type Activation = (typeof activations)[number];

/** Applies an activation element by element. */
export function activate(x: tf.Tensor, activation: Activation): tf.Tensor {
  switch (activation) {
    case "linear":
      return x;
    case "relu":
      return tf.relu(x);
    case "tanh":
      return tf.tanh(x);
    case "sigmoid":
      return tf.sigmoid(x);
    default:
      throw new Error(`There is no activation "${activation satisfies never}".`);
  }
}
