import * as tf from "@tensorflow/tfjs-core";
import { runKernel } from "./fused.js";
import { type Padding, type Pair, padAttribute, pairOf } from "./padding.js";

export interface PoolOptions {
  /** Rows and columns of a window; one number for both. */
  size: Pair;
  /** Rows and columns from one window to the next; default `size`, so that windows do not overlap. */
  stride?: Pair;
  /** Default `valid`, none. Every window has to reach into the image. */
  padding?: Padding;
}

/**
 * The largest element of each window, by channel. Padding is never the largest (it is -infinity, as in PyTorch); the
 * gradient goes to the first of equals.
 *
 * @param x float32 `[batch, height, width, channels]`
 * @returns `[batch, outHeight, outWidth, channels]`
 */
export function maxPool(x: tf.Tensor, options: PoolOptions): tf.Tensor4D {
  return pool("MaxPool", x, options);
}

/**
 * The mean of each window, by channel. Padding does not count: the divisor is the number of elements inside the image
 * (PyTorch's `count_include_pad=False`).
 *
 * @param x float32 `[batch, height, width, channels]`
 * @returns `[batch, outHeight, outWidth, channels]`
 */
export function avgPool(x: tf.Tensor, options: PoolOptions): tf.Tensor4D {
  return pool("AvgPool", x, options);
}

/**
 * The mean of each channel over the image.
 *
 * @param x float32 `[batch, height, width, channels]`
 * @returns `[batch, channels]`
 */
export function globalAvgPool(x: tf.Tensor): tf.Tensor2D {
  checkRank(x);
  return tf.mean(x, [1, 2]) as tf.Tensor2D;
}

function pool(kernel: "MaxPool" | "AvgPool", x: tf.Tensor, options: PoolOptions): tf.Tensor4D {
  checkRank(x);
  const { size, stride = size, padding = "valid" } = options;
  const filterSize = pairOf(size);
  checkSides(filterSize, padding);
  const attributes = { filterSize, strides: pairOf(stride), pad: padAttribute(padding) };
  return runKernel(kernel, { x }, attributes) as tf.Tensor4D;
}

function checkRank(x: tf.Tensor): void {
  if (x.rank !== 4) throw new Error(`Pooling needs images [n, h, w, c], not a tensor [${x.shape}].`);
}

/** A window that lies in the padding alone has neither a largest element nor a mean. */
function checkSides([height, width]: [number, number], padding: Padding): void {
  if (padding === "valid" || padding === "same") return;
  const [rows, columns] = typeof padding === "number" ? [pairOf(padding), pairOf(padding)] : padding;
  if (Math.max(...rows) < height && Math.max(...columns) < width) return;
  throw new Error(
    `Pooling by windows [${height}, ${width}] takes padding smaller than them, not ${JSON.stringify(padding)}.`,
  );
}
