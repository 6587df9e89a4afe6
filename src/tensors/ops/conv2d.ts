import * as tf from "@tensorflow/tfjs-core";
import { type Activation, activate } from "./activation.js";

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
  return tf.tidy(() => {
    const product: tf.Tensor = tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, stride, padding);
    return activate(bias ? tf.add(product, bias) : product, activation) as tf.Tensor4D;
  });
}
