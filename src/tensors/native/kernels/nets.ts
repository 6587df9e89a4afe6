import {
  type BatchMatMulAttrs,
  backend_util,
  type Conv2DAttrs,
  type Conv2DBackpropFilterAttrs,
  type Conv2DBackpropInputAttrs,
  type DepthwiseConv2dNativeAttrs,
  type MaxPoolAttrs,
  type TensorInfo,
  util,
} from "@tensorflow/tfjs-core";
import type { Activation } from "../../ops/activation.js";
import type { Conv2dAttributes, DenseAttributes } from "../../ops/fused.js";
import { fusedKernels } from "../../ops/fused.js";
import type { NativeBackend } from "../backend.js";
import { activationCodes, Op, reductions } from "../operations.js";
import { isFloat, kernel, type NativeKernel, sizeOf, view } from "./define.js";

type Shape4 = [number, number, number, number];
type Info = backend_util.Conv2DInfo;

interface Product {
  a: TensorInfo;
  b: TensorInfo;
  transposeA?: boolean;
  transposeB?: boolean;
  bias?: TensorInfo | undefined;
  activation?: Activation;
}

/** activation(a b + bias); null where the addon does not do it. */
function product(backend: NativeBackend, call: Product): TensorInfo | null {
  const { a, b, transposeA = false, transposeB = false, bias, activation = "linear" } = call;
  if (!isFloat(a, b)) return null;
  const [aRows, aColumns] = a.shape.slice(-2) as [number, number];
  const [bRows, bColumns] = b.shape.slice(-2) as [number, number];
  const [rows, depth] = transposeA ? [aColumns, aRows] : [aRows, aColumns];
  const columns = transposeB ? bRows : bColumns;
  util.assert(
    depth === (transposeB ? bColumns : bRows),
    () =>
      `Error in matMul: inner shapes of Tensors with shapes ${a.shape} and ${b.shape} and transposeA=${transposeA} and transposeB=${transposeB} must match.`,
  );
  const [ofA, ofB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const [countA, countB] = [sizeOf(ofA), sizeOf(ofB)];
  const batch = backend_util.assertAndGetBroadcastShape(ofA, ofB);
  const count = sizeOf(batch);
  // Batches of the same size, or one matrix for all; other broadcasts are rare.
  if ((countA !== count && countA !== 1) || (countB !== count && countB !== 1)) return null;
  if (bias && (!isFloat(bias) || sizeOf(bias.shape) !== columns)) return null;
  const c = backend.allocate([...batch, rows, columns], "float32");
  const steps = [countA === 1 ? 0 : rows * depth, countB === 1 ? 0 : depth * columns, rows * columns];
  const parameters = [rows, columns, depth, transposeA ? 1 : 0, transposeB ? 1 : 0, count, ...steps];
  parameters.push(activationCodes[activation], bias ? 1 : 0);
  backend.execute(Op.matMul, parameters, bias ? [a, b, c, bias] : [a, b, c], [2]);
  return c;
}

/** Parameters that all convolutions and pools begin with. */
function shapeParameters(info: Info): number[] {
  return [
    info.batchSize,
    info.inHeight,
    info.inWidth,
    info.inChannels,
    info.filterHeight,
    info.filterWidth,
    info.outChannels,
    info.outHeight,
    info.outWidth,
    info.strideHeight,
    info.strideWidth,
    info.dilationHeight,
    info.dilationWidth,
    info.padInfo.top,
    info.padInfo.left,
  ];
}

type ConvolutionAttributes = Pick<Conv2DAttrs, "strides" | "pad"> &
  Partial<Pick<Conv2DAttrs, "dilations" | "dimRoundingMode" | "dataFormat">>;

function convolutionInfo(
  x: readonly number[],
  filter: readonly number[],
  attrs: ConvolutionAttributes,
): Info | null {
  const { strides, pad, dilations = 1, dimRoundingMode, dataFormat } = attrs;
  if (dataFormat && dataFormat !== "NHWC") return null;
  return backend_util.computeConv2DInfo(
    x as Shape4,
    filter as Shape4,
    strides,
    dilations,
    pad,
    dimRoundingMode,
    false,
    "channelsLast",
  );
}

interface Convolution {
  x: TensorInfo;
  filter: TensorInfo;
  bias?: TensorInfo | undefined;
  activation?: Activation;
}

function convolved(backend: NativeBackend, info: Info | null, call: Convolution): TensorInfo | null {
  const { x, filter, bias, activation = "linear" } = call;
  if (info === null || !isFloat(x, filter)) return null;
  if (bias && (!isFloat(bias) || sizeOf(bias.shape) !== info.outChannels)) return null;
  const y = backend.allocate(info.outShape, "float32");
  const parameters = [...shapeParameters(info), activationCodes[activation], bias ? 1 : 0];
  backend.execute(Op.conv2d, parameters, bias ? [x, filter, y, bias] : [x, filter, y], [2]);
  return y;
}

const conv2dBackpropFilter = kernel<"x" | "dy", Conv2DBackpropFilterAttrs>(
  ({ inputs: { x, dy }, attrs, backend }) => {
    const info = convolutionInfo(x.shape, attrs.filterShape, attrs);
    if (info === null || !isFloat(x, dy)) return null;
    const out = backend.allocate(info.filterShape, "float32");
    backend.execute(Op.conv2dFilter, shapeParameters(info), [x, dy, out], [2]);
    return out;
  },
);

const conv2dBackpropInput = kernel<"dy" | "filter", Conv2DBackpropInputAttrs>(
  ({ inputs: { dy, filter }, attrs, backend }) => {
    const info = convolutionInfo(attrs.inputShape, filter.shape, attrs);
    if (info === null || !isFloat(dy, filter)) return null;
    const out = backend.allocate(info.inShape, "float32");
    backend.execute(Op.conv2dInput, shapeParameters(info), [dy, filter, out], [2]);
    return out;
  },
);

type DepthwiseAttributes = Pick<
  DepthwiseConv2dNativeAttrs,
  "strides" | "pad" | "dilations" | "dimRoundingMode"
> & {
  dataFormat?: string;
  filterShape?: Shape4;
  inputShape?: Shape4;
};

function depthwiseInfo(
  x: readonly number[],
  filter: readonly number[],
  attrs: DepthwiseAttributes,
): Info | null {
  const { strides, pad, dilations, dimRoundingMode, dataFormat } = attrs;
  if (dataFormat && dataFormat !== "NHWC") return null;
  const one: number | [number, number] = dilations ?? [1, 1];
  return backend_util.computeConv2DInfo(
    x as Shape4,
    filter as Shape4,
    strides,
    one,
    pad,
    dimRoundingMode,
    true,
  );
}

const depthwise = kernel<"x" | "filter", DepthwiseAttributes>(({ inputs: { x, filter }, attrs, backend }) => {
  const info = depthwiseInfo(x.shape, filter.shape, attrs);
  if (info === null || !isFloat(x, filter)) return null;
  const y = backend.allocate(info.outShape, "float32");
  backend.execute(Op.depthwise, shapeParameters(info), [x, filter, y], [2]);
  return y;
});

const depthwiseBackpropFilter = kernel<"x" | "dy", DepthwiseAttributes>(
  ({ inputs: { x, dy }, attrs, backend }) => {
    const info = depthwiseInfo(x.shape, attrs.filterShape!, attrs);
    if (info === null || !isFloat(x, dy)) return null;
    const out = backend.allocate(info.filterShape, "float32");
    backend.execute(Op.depthwiseFilter, shapeParameters(info), [x, dy, out], [2]);
    return out;
  },
);

const depthwiseBackpropInput = kernel<"dy" | "filter", DepthwiseAttributes>(
  ({ inputs: { dy, filter }, attrs, backend }) => {
    const info = depthwiseInfo(attrs.inputShape!, filter.shape, attrs);
    if (info === null || !isFloat(dy, filter)) return null;
    const out = backend.allocate(info.inShape, "float32");
    backend.execute(Op.depthwiseInput, shapeParameters(info), [dy, filter, out], [2]);
    return out;
  },
);

function poolInfo(x: TensorInfo, { filterSize, strides, pad, dimRoundingMode }: MaxPoolAttrs): Info {
  util.assert(x.shape.length === 4, () => `Pooling needs a tensor of rank 4, not ${x.shape.length}.`);
  return backend_util.computePool2DInfo(x.shape as Shape4, filterSize, strides, 1, pad, dimRoundingMode);
}

const pool = (average: 0 | 1): NativeKernel =>
  kernel<"x", MaxPoolAttrs>(({ inputs: { x }, attrs, backend }) => {
    if (!isFloat(x)) return null;
    const info = poolInfo(x, attrs);
    // As tfjs-backend-cpu: a window of one element that keeps the shape keeps the image, whatever the padding.
    if (info.filterWidth === 1 && info.filterHeight === 1 && util.arraysEqual(info.inShape, info.outShape)) {
      return view(backend, x, x.shape);
    }
    const y = backend.allocate(info.outShape, "float32");
    backend.execute(Op.pool, [...shapeParameters(info), average], [x, y], [1]);
    return y;
  });

const maxPoolGradient = kernel<"dy" | "input", MaxPoolAttrs>(({ inputs: { dy, input }, attrs, backend }) => {
  if (!isFloat(dy, input)) return null;
  const out = backend.allocate(input.shape, "float32");
  backend.execute(Op.maxPoolGrad, shapeParameters(poolInfo(input, attrs)), [dy, input, out], [2]);
  return out;
});

const avgPoolGradient = kernel<"dy" | "input", MaxPoolAttrs>(({ inputs: { dy, input }, attrs, backend }) => {
  if (!isFloat(dy, input)) return null;
  const out = backend.allocate(input.shape, "float32");
  backend.execute(Op.avgPoolGrad, shapeParameters(poolInfo(input, attrs)), [dy, out], [1]);
  return out;
});

const activationGradient = kernel<"dy" | "y", { activation: Activation }>(
  ({ inputs: { dy, y }, attrs, backend }) => {
    const out = backend.allocate(y.shape, "float32");
    backend.execute(Op.activationGrad, [activationCodes[attrs.activation]], [dy, y, out], [2]);
    return out;
  },
);

const biasGradient = kernel<"dy">(({ inputs: { dy }, backend }) => {
  const columns = dy.shape.at(-1)!;
  const out = backend.allocate([columns], "float32");
  const rows = sizeOf(dy.shape.slice(0, -1));
  backend.execute(Op.reduce, [reductions.Sum, 1, rows, columns], [dy, out], [1]);
  return out;
});

/** tfjs's own fused kernels name activations freely; these are the ones that the addon fuses. */
function fusedActivation(name: string): Activation | null {
  return name in activationCodes ? (name as Activation) : null;
}

interface FusedAttributes {
  activation: string;
}

const tfjsFusedMatMul = kernel<"a" | "b" | "bias", BatchMatMulAttrs & FusedAttributes>(
  ({ inputs: { a, b, bias }, attrs, backend }) => {
    const { transposeA, transposeB } = attrs;
    const activation = fusedActivation(attrs.activation);
    return activation && product(backend, { a, b, bias, transposeA, transposeB, activation });
  },
);

const tfjsFusedConv2d = kernel<"x" | "filter" | "bias", Conv2DAttrs & FusedAttributes>(
  ({ inputs: { x, filter, bias }, attrs, backend }) => {
    const activation = fusedActivation(attrs.activation);
    const info = convolutionInfo(x.shape, filter.shape, attrs);
    return activation && convolved(backend, info, { x, filter, bias, activation });
  },
);

export const netKernels: Record<string, NativeKernel> = {
  BatchMatMul: kernel<"a" | "b", BatchMatMulAttrs>(({ inputs, attrs, backend }) =>
    product(backend, { ...inputs, ...attrs }),
  ),
  _FusedMatMul: tfjsFusedMatMul,
  Conv2D: kernel<"x" | "filter", Conv2DAttrs>(({ inputs, attrs, backend }) =>
    convolved(backend, convolutionInfo(inputs.x.shape, inputs.filter.shape, attrs), inputs),
  ),
  FusedConv2D: tfjsFusedConv2d,
  Conv2DBackpropFilter: conv2dBackpropFilter,
  Conv2DBackpropInput: conv2dBackpropInput,
  DepthwiseConv2dNative: depthwise,
  DepthwiseConv2dNativeBackpropFilter: depthwiseBackpropFilter,
  DepthwiseConv2dNativeBackpropInput: depthwiseBackpropInput,
  MaxPool: pool(0),
  AvgPool: pool(1),
  MaxPoolGrad: maxPoolGradient,
  AvgPoolGrad: avgPoolGradient,
  [fusedKernels.dense]: kernel<"x" | "weights" | "bias", DenseAttributes>(({ inputs, attrs, backend }) =>
    product(backend, { a: inputs.x, b: inputs.weights, bias: inputs.bias, activation: attrs.activation }),
  ),
  [fusedKernels.conv2d]: kernel<"x" | "filter" | "bias", Conv2dAttributes>(({ inputs, attrs, backend }) => {
    const info = convolutionInfo(inputs.x.shape, inputs.filter.shape, attrs);
    return convolved(backend, info, { ...inputs, activation: attrs.activation });
  }),
  [fusedKernels.activationGradient]: activationGradient,
  [fusedKernels.biasGradient]: biasGradient,
};
