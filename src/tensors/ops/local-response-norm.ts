import * as tf from "@tensorflow/tfjs-core";
import { defineGradient } from "../gradients/define.js";
import { hasKernel, runKernel } from "./fused.js";

/** Kernels that an engine may have for `localResponseNormalization` and its gradient. */
export const responseNormKernels = {
  /** x -> y. */
  forward: "LudusResponseNorm",
  /** dy, x -> dx. */
  backward: "LudusResponseNormGradient",
} as const;

export interface ResponseNormAttributes {
  /** Neighbours on each side. */
  radius: number;
  bias: number;
  alpha: number;
  beta: number;
}

export interface LocalResponseNormalizationOptions {
  /** n, how many adjacent channels a sum takes in; odd, so that the channel is in the middle of them. */
  size: number;
  /** k */
  bias: number;
  /** The factor of the whole sum, as in the paper and in TensorFlow; PyTorch's `alpha` is this one times `size`. */
  alpha: number;
  beta: number;
}

/**
 * Each channel divided by what it and its neighbours have:
 *
 *   y_c = x_c / (bias + alpha sum of x_j^2 over |j - c| <= (size - 1) / 2)^beta
 *
 * Channels outside do not count. The paper's constants are size 5, bias 2, alpha 1e-4, beta 0.75.
 *
 * Source: Krizhevsky et al. 2012, https://papers.nips.cc/paper/4824, section 3.3
 *
 * @param x float32 `[..., channels]`
 */
export function localResponseNormalization(
  x: tf.Tensor,
  options: LocalResponseNormalizationOptions,
): tf.Tensor {
  const { size, bias, alpha, beta } = options;
  if (x.rank < 1) throw new Error("localResponseNormalization needs x [..., channels], not a scalar.");
  if (!Number.isInteger(size) || size < 1 || size % 2 === 0) {
    throw new Error(`localResponseNormalization takes an odd whole size of at least 1, not ${size}.`);
  }
  const attributes = { radius: (size - 1) / 2, bias, alpha, beta };
  if (hasKernel(responseNormKernels.forward)) {
    return runKernel(responseNormKernels.forward, { x }, attributes);
  }
  return tf.tidy(() => byFormula(x, attributes));
}

function byFormula(x: tf.Tensor, { radius, bias, alpha, beta }: ResponseNormAttributes): tf.Tensor {
  const channels = x.shape.at(-1)!;
  const squares = tf.reshape(tf.square(x), [-1, channels]) as tf.Tensor2D;
  const sums = tf.reshape(tf.matMul(squares, band(channels, radius)), x.shape);
  return tf.mul(x, tf.pow(tf.add(tf.mul(sums, alpha), bias), -beta));
}

/** `[channels, channels]`, 1 where two channels are at most `radius` apart: a product with it sums neighbours. */
function band(channels: number, radius: number): tf.Tensor2D {
  const ones = Float32Array.from({ length: channels * channels }, (_, i) =>
    Math.abs(Math.floor(i / channels) - (i % channels)) <= radius ? 1 : 0,
  );
  return tf.tensor2d(ones, [channels, channels]);
}

/** Registers the gradient of the fused kernel. */
export function defineResponseNormGradient(): void {
  defineGradient<ResponseNormAttributes>({
    kernel: responseNormKernels.forward,
    inputs: ["x"],
    backward: ({ dy, inputs: [x], attrs }) => ({
      x: () => runKernel(responseNormKernels.backward, { dy, x: x! }, attrs),
    }),
  });
}
