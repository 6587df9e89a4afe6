import * as tf from "@tensorflow/tfjs-core";
import { convolutionGradients } from "./convolution.js";
import { defineGradient, sumTo } from "./define.js";

type Padding = "valid" | "same" | number | tf.backend_util.ExplicitPadding;

interface ConvolutionAttributes {
  strides: number | [number, number];
  pad: Padding;
  dataFormat: "NHWC" | "NCHW";
  dilations: number | [number, number];
  dimRoundingMode?: "floor" | "round" | "ceil";
}

interface PoolAttributes {
  filterSize: number | [number, number];
  strides: number | [number, number];
  pad: Padding;
  dimRoundingMode?: "floor" | "round" | "ceil";
}

const run = (kernel: string, inputs: Record<string, tf.Tensor>, attrs: object): tf.Tensor =>
  tf.engine().runKernel(kernel, inputs, attrs as tf.NamedAttrMap);

function defineMatMul(): void {
  defineGradient<{ transposeA: boolean; transposeB: boolean }>({
    kernel: "BatchMatMul",
    inputs: ["a", "b"],
    backward: ({ dy, inputs: [a, b], attrs }) => {
      const { transposeA, transposeB } = attrs;
      const product = (left: tf.Tensor, right: tf.Tensor, shape: number[], flips: [boolean, boolean]) =>
        sumTo(tf.matMul(left, right, ...flips), shape);
      return {
        a: () =>
          transposeA
            ? product(b!, dy, a!.shape, [transposeB, true])
            : product(dy, b!, a!.shape, [false, !transposeB]),
        b: () =>
          transposeB
            ? product(dy, a!, b!.shape, [true, transposeA])
            : product(a!, dy, b!.shape, [!transposeA, false]),
      };
    },
  });
}

function refuseDilation({ dilations }: ConvolutionAttributes): void {
  if (Array.isArray(dilations) ? dilations.some((dilation) => dilation !== 1) : dilations !== 1) {
    throw new Error(`In gradients, dilation rates greater than 1 are not yet supported; got ${dilations}.`);
  }
}

function defineConvolutions(): void {
  defineGradient<ConvolutionAttributes>({
    kernel: "Conv2D",
    inputs: ["x", "filter"],
    backward: ({ dy, inputs: [x, filter], attrs }) =>
      convolutionGradients({ x: x!, filter: filter!, dy, attrs }),
  });
  // The transposed convolution: its gradient by `dy` is the convolution itself.
  defineGradient<ConvolutionAttributes>({
    kernel: "Conv2DBackpropInput",
    inputs: ["dy", "filter"],
    backward: ({ dy: ddx, inputs: [dy, filter], attrs }) => ({
      dy: () => run("Conv2D", { x: ddx, filter: filter! }, { ...attrs, dilations: 1 }),
      filter: () =>
        run("Conv2DBackpropFilter", { x: ddx, dy: dy! }, { ...attrs, filterShape: filter!.shape }),
    }),
  });
  defineGradient<ConvolutionAttributes>({
    kernel: "DepthwiseConv2dNative",
    inputs: ["x", "filter"],
    backward: ({ dy, inputs: [x, filter], attrs }) => {
      refuseDilation(attrs);
      return {
        x: () =>
          run(
            "DepthwiseConv2dNativeBackpropInput",
            { dy, filter: filter! },
            { ...attrs, inputShape: x!.shape },
          ),
        filter: () =>
          run("DepthwiseConv2dNativeBackpropFilter", { x: x!, dy }, { ...attrs, filterShape: filter!.shape }),
      };
    },
  });
}

function definePools(): void {
  defineGradient<PoolAttributes>({
    kernel: "MaxPool",
    inputs: ["x"],
    output: true,
    backward: ({ dy, inputs: [x], outputs: [y], attrs }) => ({
      x: () => run("MaxPoolGrad", { dy, input: x!, output: y! }, attrs),
    }),
  });
  defineGradient<PoolAttributes>({
    kernel: "AvgPool",
    inputs: ["x"],
    backward: ({ dy, inputs: [x], attrs }) => ({
      x: () => run("AvgPoolGrad", { dy: tf.mul(dy, paddingCorrection(x!, attrs)), input: x! }, attrs),
    }),
  });
  for (const kernel of ["ResizeBilinear", "ResizeNearestNeighbor"]) {
    defineGradient<object>({
      kernel,
      inputs: ["images"],
      backward: ({ dy, inputs: [images], attrs }) => ({
        // tfjs-cpu mixes up height and width in the result's shape.
        images: () => tf.reshape(run(`${kernel}Grad`, { images: images!, dy }, attrs), images!.shape),
      }),
    });
  }
}

/**
 * Window size / elements of the window inside the image, `[1, outHeight, outWidth, 1]`. Average pooling divides by
 * the elements inside, but AvgPoolGrad always by the window's size; this factor makes up for it.
 */
function paddingCorrection(
  x: tf.Tensor,
  { filterSize, strides, pad, dimRoundingMode }: PoolAttributes,
): tf.Tensor {
  const shape = x.shape as [number, number, number, number];
  const info = tf.backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
  const inside = (index: number, stride: number, before: number, window: number, size: number): number => {
    const start = index * stride - before;
    return Math.min(size, start + window) - Math.max(0, start);
  };
  const { outHeight, outWidth, filterHeight, filterWidth, padInfo } = info;
  const factors = Float32Array.from({ length: outHeight * outWidth }, (_, index) => {
    const [i, j] = [Math.floor(index / outWidth), index % outWidth];
    const rows = inside(i, info.strideHeight, padInfo.top, filterHeight, info.inHeight);
    const columns = inside(j, info.strideWidth, padInfo.left, filterWidth, info.inWidth);
    return (filterHeight * filterWidth) / (rows * columns);
  });
  return tf.tensor(factors, [1, outHeight, outWidth, 1]);
}

function defineNormalisations(): void {
  defineGradient<{ dim: number }>({
    kernel: "Softmax",
    output: true,
    backward: ({ dy, outputs: [y], attrs }) => ({
      logits: () => {
        const weighted = tf.mul(dy, y!);
        return tf.sub(weighted, tf.mul(tf.sum(weighted, [attrs.dim], true), y!));
      },
    }),
  });
  defineGradient<{ axis: number }>({
    kernel: "LogSoftmax",
    output: true,
    backward: ({ dy, outputs: [y], attrs }) => ({
      logits: () => tf.sub(dy, tf.mul(tf.sum(dy, attrs.axis, true), tf.exp(y!))),
    }),
  });
  defineBatchNorm();
}

/** y = (x - mean) / sqrt(variance + epsilon) scale + offset, with the statistics as inputs. */
function defineBatchNorm(): void {
  defineGradient<{ varianceEpsilon: number }>({
    kernel: "FusedBatchNorm",
    inputs: ["x", "mean", "variance", "scale"],
    backward: ({ dy, inputs: [x, mean, variance, scale], attrs }) => {
      const root = () => tf.rsqrt(tf.add(variance!, attrs.varianceEpsilon));
      const scaled = () => (scale ? tf.mul(dy, scale) : dy);
      return {
        x: () => tf.mul(scaled(), root()),
        mean: () => sumTo(tf.neg(tf.mul(scaled(), root())), mean!.shape),
        variance: () => {
          const cube = tf.mul(tf.pow(root(), 3), -0.5);
          return sumTo(tf.mul(tf.mul(scaled(), tf.sub(x!, mean!)), cube), variance!.shape);
        },
        scale: () => sumTo(tf.mul(dy, tf.mul(tf.sub(x!, mean!), root())), mean!.shape),
        offset: () => sumTo(dy, mean!.shape),
      };
    },
  });
}

/** Gradients of the kernels that only networks use. */
export function defineNetGradients(): void {
  defineMatMul();
  defineConvolutions();
  definePools();
  defineNormalisations();
  defineGradient<{ numSegments: number }>({
    kernel: "UnsortedSegmentSum",
    inputs: ["segmentIds"],
    // The kernel leaves out elements with a negative id, so that their gradient is 0.
    backward: ({ dy, inputs: [segmentIds] }) => ({
      x: () => {
        const zero = tf.scalar(0, "int32");
        const rows = tf.gather(dy, tf.maximum(segmentIds!, zero) as tf.Tensor1D);
        const counted = tf.reshape(tf.greaterEqual(segmentIds!, zero), [
          ...segmentIds!.shape,
          ...rows.shape.slice(segmentIds!.rank).map(() => 1),
        ]);
        return tf.where(tf.broadcastTo(counted, rows.shape), rows, tf.zerosLike(rows));
      },
    }),
  });
}
