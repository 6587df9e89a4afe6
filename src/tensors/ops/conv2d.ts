import * as tf from "@tensorflow/tfjs-core";
import { type Activation, activate } from "./activation.js";
import { fusedKernels, hasFusedKernels, runKernel } from "./fused.js";

export interface Conv2dOptions {
  /** Rows and columns from one window to the next; one number for both. */
  stride?: number | [number, number];
  /** `valid` keeps windows inside the input; `same` pads with zeros to ceil(size / stride). */
  padding?: "valid" | "same";
  /** `[outChannels]`, added before the activation; null for none. */
  bias?: tf.Tensor | null;
  activation?: Activation;
}

/**
 * 2-D cross-correlation, what networks call convolution, with bias and activation; float32, NHWC.
 *
 * @param x `[batch, height, width, inChannels]`
 * @param filter `[filterHeight, filterWidth, inChannels, outChannels]`
 * @returns `[batch, outHeight, outWidth, outChannels]`
 */
export function conv2d(x: tf.Tensor, filter: tf.Tensor, options: Conv2dOptions = {}): tf.Tensor4D {
  const { stride = 1, padding = "valid", bias = null, activation = "linear" } = options;
  checkShapes(x, filter, bias);
  const strides: [number, number] = typeof stride === "number" ? [stride, stride] : stride;
  if (bias && hasFusedKernels()) {
    const attributes = { strides, pad: padding, activation };
    return runKernel(fusedKernels.conv2d, { x, filter, bias }, attributes) as tf.Tensor4D;
  }
  return tf.tidy(() => {
    const product: tf.Tensor = tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, strides, padding);
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
