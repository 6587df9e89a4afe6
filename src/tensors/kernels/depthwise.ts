import {
  backend_util,
  type DepthwiseConv2dNativeBackpropFilterAttrs,
  type DepthwiseConv2dNativeBackpropInputAttrs,
} from "@tensorflow/tfjs-core";
import { asKernel, floatsOf } from "./memory.js";

type Info = backend_util.Conv2DInfo;
type Shape4 = [number, number, number, number];

function depthwiseInfo(
  input: Shape4,
  filter: Shape4,
  attrs: Omit<DepthwiseConv2dNativeBackpropInputAttrs, "inputShape">,
): Info {
  const { strides, dilations, pad, dimRoundingMode } = attrs;
  return backend_util.computeConv2DInfo(input, filter, strides, dilations, pad, dimRoundingMode, true);
}

/** Calls `visit` once for every (input pixel, output pixel, filter tap) that meet; all offsets count pixels. */
function forEachTap(info: Info, visit: (input: number, output: number, tap: number) => void): void {
  const { batchSize, inHeight, inWidth, outHeight, outWidth, filterHeight, filterWidth } = info;
  const { strideHeight, strideWidth, dilationHeight, dilationWidth, padInfo } = info;
  for (let b = 0; b < batchSize; b++) {
    for (let outRow = 0; outRow < outHeight; outRow++) {
      for (let outColumn = 0; outColumn < outWidth; outColumn++) {
        const output = (b * outHeight + outRow) * outWidth + outColumn;
        for (let r = 0; r < filterHeight; r++) {
          const row = outRow * strideHeight + r * dilationHeight - padInfo.top;
          if (row < 0 || row >= inHeight) continue;
          for (let c = 0; c < filterWidth; c++) {
            const column = outColumn * strideWidth + c * dilationWidth - padInfo.left;
            if (column < 0 || column >= inWidth) continue;
            visit((b * inHeight + row) * inWidth + column, output, r * filterWidth + c);
          }
        }
      }
    }
  }
}

/** dW[r, c, ch, m] = sum over b, i, j of x[b, i s + r d, j s + c d, ch] dy[b, i, j, ch M + m]. */
export const depthwiseBackpropFilter = asKernel<"x" | "dy", DepthwiseConv2dNativeBackpropFilterAttrs>(
  ({ inputs, attrs, backend }) => {
    const { x, dy } = inputs;
    const { filterShape } = attrs;
    const info = depthwiseInfo(x.shape as Shape4, filterShape, attrs);
    const { inChannels, outChannels } = info;
    const multiplier = outChannels / inChannels;
    const output = backend.makeOutput(info.filterShape, "float32");
    const dw = floatsOf(backend, output).fill(0);
    const xs = floatsOf(backend, x);
    const dys = floatsOf(backend, dy);
    forEachTap(info, (input, out, tap) => {
      for (let k = 0; k < outChannels; k++) {
        const channel = Math.floor(k / multiplier);
        dw[tap * outChannels + k]! += xs[input * inChannels + channel]! * dys[out * outChannels + k]!;
      }
    });
    return output;
  },
);

/** dx[b, i s + r d, j s + c d, ch] = sum over taps and m of dy[b, i, j, ch M + m] w[r, c, ch, m]. */
export const depthwiseBackpropInput = asKernel<"dy" | "filter", DepthwiseConv2dNativeBackpropInputAttrs>(
  ({ inputs, attrs, backend }) => {
    const { dy, filter } = inputs;
    const { inputShape } = attrs;
    const info = depthwiseInfo(inputShape, filter.shape as Shape4, attrs);
    const { inChannels, outChannels } = info;
    const multiplier = outChannels / inChannels;
    const output = backend.makeOutput(info.inShape, "float32");
    const dx = floatsOf(backend, output).fill(0);
    const w = floatsOf(backend, filter);
    const dys = floatsOf(backend, dy);
    forEachTap(info, (input, out, tap) => {
      for (let k = 0; k < outChannels; k++) {
        const channel = Math.floor(k / multiplier);
        dx[input * inChannels + channel]! += dys[out * outChannels + k]! * w[tap * outChannels + k]!;
      }
    });
    return output;
  },
);
