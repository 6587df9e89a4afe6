import * as tf from "@tensorflow/tfjs-core";
import { type Activation, activate } from "./activation.js";
import { fusedKernels, hasFusedKernels, runKernel } from "./fused.js";

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
  checkShapes(x, weights, bias);
  if (bias && hasFusedKernels()) {
    return runKernel(fusedKernels.dense, { x, weights, bias }, { activation }) as tf.Tensor2D;
  }
  return tf.tidy(() => {
    const product = tf.matMul(x as tf.Tensor2D, weights as tf.Tensor2D);
    return activate(bias ? tf.add(product, bias) : product, activation) as tf.Tensor2D;
  });
}

function checkShapes(x: tf.Tensor, weights: tf.Tensor, bias: tf.Tensor | null): void {
  const fits = x.rank === 2 && weights.rank === 2 && x.shape[1] === weights.shape[0];
  if (!fits) {
    throw new Error(`dense needs x [batch, n] and weights [n, m], not [${x.shape}] and [${weights.shape}].`);
  }
  if (bias && (bias.rank !== 1 || bias.shape[0] !== weights.shape[1])) {
    throw new Error(
      `dense with weights [${weights.shape}] needs a bias [${weights.shape[1]}], not [${bias.shape}].`,
    );
  }
}
