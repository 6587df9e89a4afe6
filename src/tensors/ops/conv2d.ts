import * as tf from "@tensorflow/tfjs-core";
import { type Activation, activate } from "./activation.js";
import { fusedKernels, hasFusedKernels, runKernel } from "./fused.js";
import { type Padding, type Pair, padAttribute, pairOf } from "./padding.js";

export interface Conv2dOptions {
  /** Rows and columns from one window to the next; one number for both. */
  stride?: Pair;
  /** Rows and columns from one tap of the filter to the next; one number for both. Default 1: adjacent. */
  dilation?: Pair;
  /** Zeros around the input; default `valid`, none. */
  padding?: Padding;
  /** `[outChannels]`, added before the activation; null for none. */
  bias?: tf.Tensor | null;
  activation?: Activation;
}

/**
 * 2-D cross-correlation, what networks call convolution, with bias and activation; float32, NHWC. Sequences
 * `[batch, 1, time, channels]` are images of one row; a causal convolution pads them by
 * `[[0, 0], [dilation (filterWidth - 1), 0]]`.
 *
 * @param x `[batch, height, width, inChannels]`
 * @param filter `[filterHeight, filterWidth, inChannels, outChannels]`
 * @returns `[batch, outHeight, outWidth, outChannels]`
 */
export function conv2d(x: tf.Tensor, filter: tf.Tensor, options: Conv2dOptions = {}): tf.Tensor4D {
  const { stride = 1, dilation = 1, padding = "valid", bias = null, activation = "linear" } = options;
  checkShapes(x, filter, bias);
  const geometry = { strides: pairOf(stride), dilations: pairOf(dilation), pad: padAttribute(padding) };
  if (hasFusedKernels()) {
    const inputs: Record<string, tf.Tensor> = bias ? { x, filter, bias } : { x, filter };
    return runKernel(fusedKernels.conv2d, inputs, { ...geometry, activation }) as tf.Tensor4D;
  }
  return tf.tidy(() => {
    const product = runKernel("Conv2D", { x, filter }, { ...geometry, dataFormat: "NHWC" });
    return activate(bias ? tf.add(product, bias) : product, activation) as tf.Tensor4D;
  });
}

function checkShapes(x: tf.Tensor, filter: tf.Tensor, bias: tf.Tensor | null): void {
  if (x.rank !== 4 || filter.rank !== 4 || x.shape[3] !== filter.shape[2]) {
    throw new Error(
      `conv2d needs x [n, h, w, c] and a filter [fh, fw, c, k], not [${x.shape}] and [${filter.shape}].`,
    );
  }
  if (bias && (bias.rank !== 1 || bias.shape[0] !== filter.shape[3])) {
    throw new Error(
      `conv2d with a filter [${filter.shape}] needs a bias [${filter.shape[3]}], not [${bias.shape}].`,
    );
  }
}
