import type { backend_util } from "@tensorflow/tfjs-core";
import type { Simd } from "./instance.js";
import { multiply } from "./matmul.js";

/** Shapes, strides and padding of one convolution, as tfjs computes them; NHWC. */
export type ConvolutionInfo = backend_util.Conv2DInfo;

const floatBytes = 4;
/** Images are unrolled in groups of about this many bytes, which stay in the second-level cache. */
const groupBytes = 512 * 1024;

/** Addresses of the input `[batch, h, w, c]`, the filter `[fh, fw, c, k]` and the output `[batch, oh, ow, k]`. */
export interface ConvolutionMemory {
  x: number;
  filter: number;
  y: number;
}

/** y = x * filter: each window becomes a row (im2col), and the rows times the filter are the output. */
export function convolve(simd: Simd, info: ConvolutionInfo, { x, filter, y }: ConvolutionMemory): void {
  forEachGroup(simd, info, x, y, ({ x, y, images, rows, cells }) => {
    moveWindows(simd, "gatherWindows", info, { x, cells, images });
    const { depth, columns } = matrixShape(info);
    const [a, b] = [plain(cells), plain(filter)];
    multiply(simd, { a, b, c: y, rows, depth, columns });
  });
}

/** dFilter = sum over all windows of window^T dy; `y` holds dy and `filter` takes the result. */
export function convolveFilterGradient(simd: Simd, info: ConvolutionInfo, memory: ConvolutionMemory): void {
  let accumulate = false;
  forEachGroup(simd, info, memory.x, memory.y, ({ x, y, images, rows, cells }) => {
    moveWindows(simd, "gatherWindows", info, { x, cells, images });
    const { depth, columns } = matrixShape(info);
    const a = { address: cells, transposed: true };
    multiply(simd, { a, b: plain(y), c: memory.filter, rows: depth, depth: rows, columns, accumulate });
    accumulate = true;
  });
}

/** dx = the windows' gradients dy filter^T, added back where the windows came from; `x` must be 0 at the start. */
export function convolveInputGradient(simd: Simd, info: ConvolutionInfo, memory: ConvolutionMemory): void {
  forEachGroup(simd, info, memory.x, memory.y, ({ x, y, images, rows, cells }) => {
    const { depth, columns } = matrixShape(info);
    const b = { address: memory.filter, transposed: true };
    multiply(simd, { a: plain(y), b, c: cells, rows, depth: columns, columns: depth });
    moveWindows(simd, "scatterWindows", info, { x, cells, images });
  });
}

const plain = (address: number) => ({ address, transposed: false });

/** The filter as a matrix: `[fh fw c, k]`. */
function matrixShape({ filterHeight, filterWidth, inChannels, outChannels }: ConvolutionInfo): {
  depth: number;
  columns: number;
} {
  return { depth: filterHeight * filterWidth * inChannels, columns: outChannels };
}

interface Group {
  x: number;
  y: number;
  images: number;
  /** Windows in the group. */
  rows: number;
  /** Scratch memory for `[rows, fh fw c]`. */
  cells: number;
}

function forEachGroup(
  simd: Simd,
  info: ConvolutionInfo,
  x: number,
  y: number,
  visit: (group: Group) => void,
): void {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = info;
  const windows = outHeight * outWidth;
  const imageCells = windows * matrixShape(info).depth * floatBytes;
  const atOnce = Math.min(batchSize, Math.max(1, Math.floor(groupBytes / imageCells)));
  const cells = simd.scratch("windows", atOnce * imageCells);
  for (let image = 0; image < batchSize; image += atOnce) {
    const images = Math.min(atOnce, batchSize - image);
    visit({
      x: x + image * inHeight * inWidth * inChannels * floatBytes,
      y: y + image * windows * outChannels * floatBytes,
      images,
      rows: images * windows,
      cells,
    });
  }
}

function moveWindows(
  simd: Simd,
  move: "gatherWindows" | "scatterWindows",
  info: ConvolutionInfo,
  { x, cells, images }: { x: number; cells: number; images: number },
): void {
  const { inHeight, inWidth, inChannels, outHeight, outWidth } = info;
  const imageBytes = inHeight * inWidth * inChannels * floatBytes;
  const cellBytes = outHeight * outWidth * matrixShape(info).depth * floatBytes;
  for (let image = 0; image < images; image++) {
    simd.call[move](
      x + image * imageBytes,
      cells + image * cellBytes,
      inHeight,
      inWidth,
      inChannels,
      outHeight,
      outWidth,
      info.filterHeight,
      info.filterWidth,
      info.strideHeight,
      info.strideWidth,
      info.dilationHeight,
      info.dilationWidth,
      info.padInfo.top,
      info.padInfo.left,
    );
  }
}
