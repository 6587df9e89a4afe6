import * as tf from "@tensorflow/tfjs-core";
import { type Activation, activate } from "./activation.js";

/**
 * y = activation(x w + b), float32.
 *
 * @param x `[batch, inputs]`
 * @param weights `[inputs, outputs]`
 * @param bias `[outputs]`, or null for none
 * @returns `[batch, outputs]`
 */
export function dense(
  x: tf.Tensor,
  weights: tf.Tensor,
  bias: tf.Tensor | null = null,
  activation: Activation = "linear",
): tf.Tensor2D {
  return tf.tidy(() => {
    const product = tf.matMul(x as tf.Tensor2D, weights as tf.Tensor2D);
    return activate(bias ? tf.add(product, bias) : product, activation) as tf.Tensor2D;
  });
}
