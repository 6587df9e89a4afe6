import {
  backend_util,
  type Conv2DAttrs,
  type Conv2DBackpropFilterAttrs,
  type Conv2DBackpropInputAttrs,
  type TensorInfo,
} from "@tensorflow/tfjs-core";
import { convolve, convolveFilterGradient, convolveInputGradient } from "../simd/convolution.js";
import { addressOf, simdOf } from "../simd/instance.js";
import { asKernel, floatsOf } from "./memory.js";

type Shape4 = [number, number, number, number];
/** tfjs's gradient kernels have no dilations among their attributes; ours take them, and 1 where there are none. */
type Dilated<Attributes> = Attributes & { dilations?: Conv2DAttrs["dilations"] };
type Attributes = Conv2DAttrs | Dilated<Conv2DBackpropInputAttrs | Conv2DBackpropFilterAttrs>;

function describe(
  x: readonly number[],
  filter: readonly number[],
  attrs: Attributes,
): backend_util.Conv2DInfo {
  const { strides, dilations, pad, dimRoundingMode, dataFormat } = attrs;
  if (dataFormat !== "NHWC") {
    throw new Error(`The wasm engine convolves NHWC images only, not ${dataFormat}; transpose them.`);
  }
  return backend_util.computeConv2DInfo(
    x as Shape4,
    filter as Shape4,
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
    false,
    "channelsLast",
  );
}

/** y[b, i, j, k] = sum over r, s, c of x[b, i stride + r dilation, j stride + s dilation, c] filter[r, s, c, k]. */
export const conv2d = asKernel<"x" | "filter", Conv2DAttrs>(({ inputs, attrs, backend }) => {
  const { x, filter } = inputs;
  const info = describe(x.shape, filter.shape, attrs);
  const y = backend.makeOutput(info.outShape, "float32");
  const address = (tensor: TensorInfo) => addressOf(backend, tensor);
  convolve(simdOf(backend), info, { x: address(x), filter: address(filter), y: address(y) });
  return y;
});

/** Gradient of `conv2d` by its filter. */
export const conv2dBackpropFilter = asKernel<"x" | "dy", Dilated<Conv2DBackpropFilterAttrs>>(
  ({ inputs, attrs, backend }) => {
    const { x, dy } = inputs;
    const info = describe(x.shape, attrs.filterShape, attrs);
    const filter = backend.makeOutput(info.filterShape, "float32");
    const address = (tensor: TensorInfo) => addressOf(backend, tensor);
    convolveFilterGradient(simdOf(backend), info, { x: address(x), filter: address(filter), y: address(dy) });
    return filter;
  },
);

/** Gradient of `conv2d` by its input; by itself, the transposed convolution. */
export const conv2dBackpropInput = asKernel<"dy" | "filter", Dilated<Conv2DBackpropInputAttrs>>(
  ({ inputs, attrs, backend }) => {
    const { dy, filter } = inputs;
    const info = describe(attrs.inputShape, filter.shape, attrs);
    const x = backend.makeOutput(info.inShape, "float32");
    floatsOf(backend, x).fill(0);
    const address = (tensor: TensorInfo) => addressOf(backend, tensor);
    convolveInputGradient(simdOf(backend), info, { x: address(x), filter: address(filter), y: address(dy) });
    return x;
  },
);
