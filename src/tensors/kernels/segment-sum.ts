import type { UnsortedSegmentSumAttrs } from "@tensorflow/tfjs-core";
import { asKernel, floatsOf, intsOf } from "./memory.js";

/**
 * UnsortedSegmentSum, the gradient of gather: row i of x `[n, ...rest]` is added to row `segmentIds[i]` of the
 * result `[numSegments, ...rest]`. Ids outside the result are dropped, as in TensorFlow.
 */
export const unsortedSegmentSum = asKernel<"x" | "segmentIds", UnsortedSegmentSumAttrs>(
  ({ inputs, attrs, backend }) => {
    const { x, segmentIds } = inputs;
    const { numSegments } = attrs;
    const rest = x.shape.slice(segmentIds.shape.length);
    const width = rest.reduce((product, dimension) => product * dimension, 1);
    const output = backend.makeOutput([numSegments, ...rest], "float32");
    const sums = floatsOf(backend, output).fill(0);
    const rows = floatsOf(backend, x);
    intsOf(backend, segmentIds).forEach((segment, row) => {
      if (segment < 0 || segment >= numSegments) return;
      for (let i = 0; i < width; i++) sums[segment * width + i]! += rows[row * width + i]!;
    });
    return output;
  },
);
