import * as tf from "@tensorflow/tfjs-core";
import { defineGradient } from "../gradients/define.js";
import { hasKernel, runKernels } from "./fused.js";

/** Kernels that an engine may have for `batchNormTraining` and its gradient. */
export const batchNormKernels = {
  /** x, scale, offset -> y, mean, variance. */
  forward: "LudusBatchNorm",
  /** dy, x, scale, mean, variance -> dx, dscale, doffset. */
  backward: "LudusBatchNormGradient",
} as const;

export interface BatchNormAttributes {
  epsilon: number;
}

/** What `batchNormTraining` gives. */
export type BatchNormalized = {
  /** The shape of x. */
  y: tf.Tensor;
  /** Of the batch, `[channels]`; no gradient flows through it. */
  mean: tf.Tensor1D;
  /** Of the batch, `[channels]`, biased (divided by the number of rows); no gradient flows through it. */
  variance: tf.Tensor1D;
};

/**
 * Batch normalisation as in training, with the mean and variance of the batch over all axes but the last:
 *
 *   y = scale (x - mean) / sqrt(variance + epsilon) + offset
 *
 * For inference, `tf.batchNorm` takes moving statistics. (PyTorch's moving variance takes in the unbiased variance, which is
 * rows / (rows - 1) times this one; TensorFlow's takes this one.)
 *
 * Source: Ioffe & Szegedy 2015, https://arxiv.org/abs/1502.03167, algorithm 1
 *
 * @param x float32 `[..., channels]`, such as `[rows, channels]` or `[batch, height, width, channels]`
 * @param scale `[channels]`
 * @param offset `[channels]`
 */
export function batchNormTraining(
  x: tf.Tensor,
  scale: tf.Tensor,
  offset: tf.Tensor,
  epsilon: number,
): BatchNormalized {
  checkShapes(x, scale, offset);
  if (!hasKernel(batchNormKernels.forward)) return tf.tidy(() => byFormula(x, scale, offset, epsilon));
  const outputs = runKernels(batchNormKernels.forward, { x, scale, offset }, { epsilon });
  const [y, mean, variance] = outputs as [tf.Tensor, tf.Tensor1D, tf.Tensor1D];
  return { y, mean, variance };
}

function checkShapes(x: tf.Tensor, scale: tf.Tensor, offset: tf.Tensor): void {
  const channels = x.shape.slice(-1);
  const fits = [scale, offset].every((tensor) => tf.util.arraysEqual(tensor.shape, channels));
  if (x.rank < 2 || !fits) {
    throw new Error(
      `batchNormTraining needs x [..., c] of rank 2 or more, scale [c] and offset [c], not [${x.shape}], [${scale.shape}] and [${offset.shape}].`,
    );
  }
  if (x.size === 0) {
    throw new Error(`batchNormTraining needs at least one row, and x is [${x.shape}].`);
  }
}

function byFormula(x: tf.Tensor, scale: tf.Tensor, offset: tf.Tensor, epsilon: number): BatchNormalized {
  const axes = x.shape.slice(0, -1).map((_, axis) => axis);
  // Around a first estimate of the mean, so that float32 sums of many rows lose nothing.
  const estimate = constant(tf.mean(x, axes));
  const shifted = tf.sub(x, estimate);
  const rest = tf.mean(shifted, axes);
  const centered = tf.sub(shifted, rest);
  const variance = tf.mean(tf.square(centered), axes);
  const normalized = tf.mul(centered, tf.rsqrt(tf.add(variance, epsilon)));
  return {
    y: tf.add(tf.mul(normalized, scale), offset),
    mean: constant(tf.add(estimate, rest)) as tf.Tensor1D,
    variance: constant(variance) as tf.Tensor1D,
  };
}

/** The same values, through which no gradient flows. */
function constant(x: tf.Tensor): tf.Tensor {
  const stopped = tf.customGrad((value) => {
    const input = value as tf.Tensor;
    return { value: tf.clone(input), gradFunc: (dy) => tf.zerosLike(dy as tf.Tensor) };
  });
  return stopped(x);
}

/** Registers the gradient of the fused kernel; what comes by the mean and the variance counts for nothing. */
export function defineBatchNormTrainingGradient(): void {
  defineGradient<BatchNormAttributes>({
    kernel: batchNormKernels.forward,
    inputs: ["x", "scale"],
    output: [false, true, true],
    backward: ({ dy, inputs: [x, scale], outputs: [mean, variance], attrs }) => {
      const inputs = { dy, x: x!, scale: scale!, mean: mean!, variance: variance! };
      const [dx, dscale, doffset] = runKernels(batchNormKernels.backward, inputs, attrs);
      return { x: () => dx!, scale: () => dscale!, offset: () => doffset! };
    },
  });
}
