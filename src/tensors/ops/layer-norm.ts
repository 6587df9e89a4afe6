import * as tf from "@tensorflow/tfjs-core";
import { defineGradient } from "../gradients/define.js";
import { runKernels } from "./fused.js";

/** Kernels that an engine may have for `layerNorm` and its gradient; both work on rows `[n, columns]`. */
export const layerNormKernels = {
  /** x, scale, offset -> y, statistics `[n, 2]` (mean and 1 / deviation of each row). */
  forward: "LudusLayerNorm",
  /** dy, x, scale, statistics -> dx, dscale, doffset. */
  backward: "LudusLayerNormGradient",
} as const;

export interface LayerNormAttributes {
  epsilon: number;
}

/**
 * y = scale (x - mean) / sqrt(variance + epsilon) + offset, with the mean and variance of each row.
 *
 * Source: Ba et al. 2016, https://arxiv.org/abs/1607.06450
 *
 * @param x float32 `[n, ...shape]`; a row is all but the first axis
 * @param scale `shape`
 * @param offset `shape`
 */
export function layerNorm(x: tf.Tensor, scale: tf.Tensor, offset: tf.Tensor, epsilon: number): tf.Tensor {
  if (
    !tf.util.arraysEqual(x.shape.slice(1), scale.shape) ||
    !tf.util.arraysEqual(scale.shape, offset.shape)
  ) {
    throw new Error(
      `layerNorm of x [${x.shape}] needs scale and offset of shape [${x.shape.slice(1)}], not [${scale.shape}] and [${offset.shape}].`,
    );
  }
  return tf.tidy(() => {
    if (tf.getKernel(layerNormKernels.forward, tf.getBackend()) === undefined) {
      return byFormula(x, scale, offset, epsilon);
    }
    const rows = tf.reshape(x, [x.shape[0]!, scale.size]);
    const inputs = { x: rows, scale: tf.reshape(scale, [-1]), offset: tf.reshape(offset, [-1]) };
    const [y] = runKernels(layerNormKernels.forward, inputs, { epsilon });
    return tf.reshape(y!, x.shape);
  });
}

function byFormula(x: tf.Tensor, scale: tf.Tensor, offset: tf.Tensor, epsilon: number): tf.Tensor {
  const axes = scale.shape.map((_, axis) => axis + 1);
  const centered = tf.sub(x, tf.mean(x, axes, true));
  const variance = tf.mean(tf.square(centered), axes, true);
  const normalized = tf.mul(centered, tf.rsqrt(tf.add(variance, epsilon)));
  return tf.add(tf.mul(normalized, scale), offset);
}

/** Registers the gradient of the fused kernel. */
export function defineLayerNormGradient(): void {
  defineGradient({
    kernel: layerNormKernels.forward,
    inputs: ["x", "scale"],
    output: [false, true],
    backward: ({ dy, inputs: [x, scale], outputs: [statistics] }) => {
      const inputs = { dy, x: x!, scale: scale!, statistics: statistics! };
      // All three at once, since each needs the same sums.
      const [dx, dscale, doffset] = runKernels(layerNormKernels.backward, inputs);
      return { x: () => dx!, scale: () => dscale!, offset: () => doffset! };
    },
  });
}
