import * as tf from "@tensorflow/tfjs-core";
import { hasFusedKernels, runKernel } from "../ops/fused.js";

type Shape4 = [number, number, number, number];
type Pair = [number, number];

/** A convolution that went forward: its geometry, and what its gradients are computed from. */
export interface ConvolutionCall {
  x: tf.Tensor;
  filter: tf.Tensor;
  /** Gradient by the output. */
  dy: tf.Tensor;
  attrs: {
    strides: number | Pair;
    pad: "valid" | "same" | number | tf.backend_util.ExplicitPadding;
    dilations?: number | Pair;
    dimRoundingMode?: "floor" | "round" | "ceil";
    dataFormat?: "NHWC" | "NCHW";
  };
}

/** The gradients of a convolution by its input and its filter, at any stride and dilation. */
export function convolutionGradients(call: ConvolutionCall): { x: () => tf.Tensor; filter: () => tf.Tensor } {
  const { x, filter, dy } = call;
  const [high, wide] = pairOfDilations(call.attrs.dilations);
  // The engines with kernels of ours know dilation; tfjs's kernels pass over it, and get a filter with holes.
  const asItIs = hasFusedKernels() || (high === 1 && wide === 1);
  const attrs = { dataFormat: "NHWC", ...call.attrs, dilations: asItIs ? [high, wide] : 1 };
  const input = (weights: tf.Tensor) =>
    runKernel("Conv2DBackpropInput", { dy, filter: weights }, { ...attrs, inputShape: x.shape });
  const weights = (filterShape: number[]) =>
    runKernel("Conv2DBackpropFilter", { x, dy }, { ...attrs, filterShape });
  if (asItIs) {
    return { x: () => input(filter), filter: () => weights(filter.shape) };
  }
  const spread = spreadShape(filter.shape as Shape4, [high, wide]);
  return {
    x: () => input(spreadTaps(filter as tf.Tensor4D, [high, wide])),
    filter: () => gatherTaps(weights(spread), filter.shape as Shape4, [high, wide]),
  };
}

function pairOfDilations(dilations: number | Pair = 1): Pair {
  return typeof dilations === "number" ? [dilations, dilations] : dilations;
}

/** Shape of a filter whose taps are `dilation` apart. */
function spreadShape([height, width, ...channels]: Shape4, [high, wide]: Pair): Shape4 {
  return [(height - 1) * high + 1, (width - 1) * wide + 1, ...channels];
}

/** The filter with zeros between its taps: a convolution with it is the dilated one. */
function spreadTaps(filter: tf.Tensor4D, dilation: Pair): tf.Tensor {
  const [height, width, c, k] = filter.shape;
  const [high, wide] = dilation;
  const alone = tf.reshape(filter, [height, 1, width, 1, c * k]);
  const cells = tf.pad(alone, [
    [0, 0],
    [0, high - 1],
    [0, 0],
    [0, wide - 1],
    [0, 0],
  ]);
  const whole = tf.reshape(cells, [height * high, width * wide, c, k]);
  return tf.slice(whole, [0, 0, 0, 0], spreadShape(filter.shape, dilation));
}

/** The taps of a filter with holes: the inverse of `spreadTaps`. */
function gatherTaps(spread: tf.Tensor, shape: Shape4, [high, wide]: Pair): tf.Tensor {
  const [height, width, c, k] = shape;
  const whole = tf.pad(spread, [
    [0, high - 1],
    [0, wide - 1],
    [0, 0],
    [0, 0],
  ]);
  const cells = tf.reshape(whole, [height, high, width, wide, c * k]);
  return tf.reshape(tf.slice(cells, [0, 0, 0, 0, 0], [height, 1, width, 1, c * k]), shape);
}
