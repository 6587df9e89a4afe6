import { backend_util, type Conv2DBackpropFilterAttrs } from "@tensorflow/tfjs-core";
import { asKernel, floatsOf } from "./memory.js";

type Shape4 = [number, number, number, number];

/** dW[r, c, ch, k] = sum over b, i, j of x[b, i s + r, j s + c, ch] dy[b, i, j, k]. */
export const conv2dBackpropFilter = asKernel<"x" | "dy", Conv2DBackpropFilterAttrs>(
  ({ inputs, attrs, backend }) => {
    const { x, dy } = inputs;
    const { strides, pad, dataFormat, dimRoundingMode, filterShape } = attrs;
    const format = backend_util.convertConv2DDataFormat(dataFormat);
    const info = backend_util.computeConv2DInfo(
      x.shape as Shape4,
      filterShape,
      strides,
      1,
      pad,
      dimRoundingMode,
      false,
      format,
    );
    if (format !== "channelsLast") throw new Error("The wasm engine computes conv2d gradients in NHWC only.");
    const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = info;
    const output = backend.makeOutput(info.filterShape, "float32");
    const dw = floatsOf(backend, output).fill(0);
    const xs = floatsOf(backend, x);
    const dys = floatsOf(backend, dy);
    for (let b = 0; b < batchSize; b++) {
      for (let i = 0; i < outHeight; i++) {
        for (let j = 0; j < outWidth; j++) {
          const from = ((b * outHeight + i) * outWidth + j) * outChannels;
          for (let r = 0; r < info.filterHeight; r++) {
            const row = i * info.strideHeight + r - info.padInfo.top;
            if (row < 0 || row >= inHeight) continue;
            for (let c = 0; c < info.filterWidth; c++) {
              const column = j * info.strideWidth + c - info.padInfo.left;
              if (column < 0 || column >= inWidth) continue;
              const pixel = ((b * inHeight + row) * inWidth + column) * inChannels;
              const tap = (r * info.filterWidth + c) * inChannels * outChannels;
              for (let channel = 0; channel < inChannels; channel++) {
                const value = xs[pixel + channel]!;
                if (value === 0) continue;
                const to = tap + channel * outChannels;
                for (let k = 0; k < outChannels; k++) dw[to + k]! += value * dys[from + k]!;
              }
            }
          }
        }
      }
    }
    return output;
  },
);
