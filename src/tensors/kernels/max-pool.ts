import { backend_util, type MaxPoolAttrs } from "@tensorflow/tfjs-core";
import { asKernel, floatsOf } from "./memory.js";

/**
 * Gradient of max pooling, NHWC: each output's gradient goes to the first largest element of its window, in the order
 * of rows and columns.
 */
export const maxPoolGradient = asKernel<"dy" | "input", MaxPoolAttrs>(({ inputs, attrs, backend }) => {
  const { dy, input } = inputs;
  const { filterSize, strides, pad, dimRoundingMode } = attrs;
  const shape = input.shape as [number, number, number, number];
  const info = backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
  const output = backend.makeOutput(input.shape, "float32");
  const dx = floatsOf(backend, output).fill(0);
  const xs = floatsOf(backend, input);
  const dys = floatsOf(backend, dy);
  const { batchSize, outHeight, outWidth, inChannels } = info;
  let out = 0;
  for (let b = 0; b < batchSize; b++) {
    for (let i = 0; i < outHeight; i++) {
      for (let j = 0; j < outWidth; j++) {
        const window = windowOf(info, i, j);
        for (let channel = 0; channel < inChannels; channel++, out++) {
          dx[largestIn(xs, info, window, { image: b, channel })]! += dys[out]!;
        }
      }
    }
  }
  return output;
});

interface Window {
  rows: readonly [number, number];
  columns: readonly [number, number];
}

/** First and past-the-last row and column of a window, inside the image. */
function windowOf(info: backend_util.Conv2DInfo, i: number, j: number): Window {
  const top = i * info.strideHeight - info.padInfo.top;
  const left = j * info.strideWidth - info.padInfo.left;
  return {
    rows: [Math.max(0, top), Math.min(info.inHeight, top + info.filterHeight)],
    columns: [Math.max(0, left), Math.min(info.inWidth, left + info.filterWidth)],
  };
}

function largestIn(
  xs: Float32Array,
  { inHeight, inWidth, inChannels }: backend_util.Conv2DInfo,
  { rows, columns }: Window,
  { image, channel }: { image: number; channel: number },
): number {
  let best = -1;
  for (let row = rows[0]; row < rows[1]; row++) {
    for (let column = columns[0]; column < columns[1]; column++) {
      const at = ((image * inHeight + row) * inWidth + column) * inChannels + channel;
      if (best < 0 || xs[at]! > xs[best]!) best = at;
    }
  }
  return best;
}
