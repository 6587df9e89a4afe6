import { backend_util, type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { NativeBackend } from "../backend.js";
import { Op, reductions } from "../operations.js";
import { isFloat, kernel, type NativeKernel, sizeOf, view } from "./define.js";
import { transposed } from "./movement.js";

type ReductionName = keyof typeof reductions;

/** `[outer, n, inner]` of adjacent axes `first ... last`. */
function folded(shape: readonly number[], first: number, last: number): [number, number, number] {
  return [sizeOf(shape.slice(0, first)), sizeOf(shape.slice(first, last + 1)), sizeOf(shape.slice(last + 1))];
}

interface ReduceAttributes {
  axis?: number | number[];
  /** What tfjs's Max has instead of `axis`. */
  reductionIndices?: number | number[];
  keepDims: boolean;
}

function dtypeFits(name: ReductionName, { dtype }: TensorInfo): boolean {
  if (name === "All" || name === "Any") return dtype === "bool";
  return dtype === "float32" || (dtype === "int32" && (name === "Sum" || name === "Max" || name === "Min"));
}

function reduce(name: ReductionName): NativeKernel {
  return kernel<"x", ReduceAttributes>(({ inputs: { x }, attrs, backend }) => {
    if (!dtypeFits(name, x)) return null;
    const axes = util.parseAxisParam(attrs.axis ?? attrs.reductionIndices!, x.shape).sort((a, b) => a - b);
    const [shape, reduced] = backend_util.computeOutAndReduceShapes(x.shape, axes);
    const kept = attrs.keepDims ? backend_util.expandShapeToKeepDim(shape, axes) : shape;
    const y = backend.allocate(kept, x.dtype as "float32");
    const adjacent = axes.every((axis, i) => i === 0 || axis === axes[i - 1]! + 1);
    if (adjacent) {
      const [outer, n, inner] =
        axes.length === 0 ? [1, 1, sizeOf(x.shape)] : folded(x.shape, axes[0]!, axes.at(-1)!);
      backend.execute(Op.reduce, [reductions[name], outer, n, inner], [x, y], [1]);
      return y;
    }
    const last = backend_util.getAxesPermutation(axes, x.shape.length);
    const moved = last === null ? view(backend, x, x.shape) : transposed(backend, x, last);
    if (moved === null) {
      backend.disposeIntermediateTensorInfo(y);
      return null;
    }
    backend.execute(Op.reduce, [reductions[name], sizeOf(shape), sizeOf(reduced), 1], [moved, y], [1]);
    backend.disposeIntermediateTensorInfo(moved);
    return y;
  });
}

function argReduce(least: 0 | 1): NativeKernel {
  return kernel<"x", { axis: number }>(({ inputs: { x }, attrs, backend }) => {
    const [axis] = util.parseAxisParam(attrs.axis, x.shape);
    if (!isFloat(x) || x.shape.length === 0 || sizeOf(x.shape) === 0) return null;
    const [outer, n, inner] = folded(x.shape, axis!, axis!);
    const y = backend.allocate(
      x.shape.filter((_, at) => at !== axis),
      "int32",
    );
    backend.execute(Op.argReduce, [least, outer, n, inner], [x, y], [1]);
    return y;
  });
}

function softmaxOf(backend: NativeBackend, x: TensorInfo, axis: number, logarithm: 0 | 1): TensorInfo | null {
  const [last] = util.parseAxisParam(axis, x.shape);
  if (!isFloat(x) || last !== x.shape.length - 1) return null;
  const y = backend.allocate(x.shape, "float32");
  const columns = x.shape.at(-1) ?? 1;
  const rows = columns === 0 ? 0 : sizeOf(x.shape) / columns;
  backend.execute(Op.softmax, [logarithm, rows, columns], [x, y], [1]);
  return y;
}

interface BatchNormAttributes {
  varianceEpsilon: number;
}

const batchNorm = kernel<"x" | "mean" | "variance" | "offset" | "scale", BatchNormAttributes>(
  ({ inputs: { x, mean, variance, offset, scale }, attrs, backend }) => {
    const statistics = [mean, variance, offset, scale];
    const columns = x.shape.at(-1) ?? 1;
    const byColumn = statistics.every(
      (s) => s !== undefined && s.shape.length === 1 && s.shape[0] === columns && isFloat(s),
    );
    if (!isFloat(x) || !byColumn) return null;
    const y = backend.allocate(x.shape, "float32");
    const rows = columns === 0 ? 0 : sizeOf(x.shape) / columns;
    const operands = [x, mean, variance, offset, scale, y];
    backend.execute(Op.batchNorm, [rows, columns, attrs.varianceEpsilon], operands, [5]);
    return y;
  },
);

const cumulativeSum = kernel<"x", { axis: number; exclusive: boolean; reverse: boolean }>(
  ({ inputs: { x }, attrs, backend }) => {
    const [axis] = util.parseAxisParam(attrs.axis, x.shape);
    if (!isFloat(x) || x.shape.length === 0) return null;
    const y = backend.allocate(x.shape, "float32");
    const parameters = [...folded(x.shape, axis!, axis!), attrs.exclusive ? 1 : 0, attrs.reverse ? 1 : 0];
    backend.execute(Op.cumulativeSum, parameters, [x, y], [1]);
    return y;
  },
);

export const reductionKernels: Record<string, NativeKernel> = {
  ...Object.fromEntries((Object.keys(reductions) as ReductionName[]).map((name) => [name, reduce(name)])),
  ArgMax: argReduce(0),
  ArgMin: argReduce(1),
  Cumsum: cumulativeSum,
  Softmax: kernel<"logits", { dim: number }>(({ inputs: { logits }, attrs, backend }) =>
    softmaxOf(backend, logits, attrs.dim, 0),
  ),
  LogSoftmax: kernel<"logits", { axis: number }>(({ inputs: { logits }, attrs, backend }) =>
    softmaxOf(backend, logits, attrs.axis, 1),
  ),
  FusedBatchNorm: batchNorm,
};
