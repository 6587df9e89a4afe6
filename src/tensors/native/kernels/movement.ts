import {
  backend_util,
  type ConcatAttrs,
  type GatherV2Attrs,
  type OneHotAttrs,
  type PadV2Attrs,
  type SliceAttrs,
  type SplitVAttrs,
  slice_util,
  type TensorInfo,
  type UnsortedSegmentSumAttrs,
  util,
} from "@tensorflow/tfjs-core";
import type { NativeBackend } from "../backend.js";
import type { PooledDtype } from "../buffer-pool.js";
import { maxRank, Op } from "../operations.js";
import { isFloat, isPlain, kernel, type NativeKernel, sizeOf, view } from "./define.js";

/** A copy from one strided view to another, both described axis by axis. */
interface StridedCopy {
  dims: readonly number[];
  from: readonly number[];
  to: readonly number[];
  /** First element in the source and in the destination. */
  first?: number;
  second?: number;
}

function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis]!;
  }
  return strides;
}

/** Merges neighbouring axes that are adjacent on both sides; null if more remain than the addon takes. */
function merged({ dims, from, to }: StridedCopy): { dims: number[]; from: number[]; to: number[] } | null {
  const out = { dims: [] as number[], from: [] as number[], to: [] as number[] };
  for (const [axis, dimension] of dims.entries()) {
    if (dimension === 1) continue;
    const last = out.dims.length - 1;
    const adjacent =
      last >= 0 && out.from[last] === from[axis]! * dimension && out.to[last] === to[axis]! * dimension;
    if (adjacent) {
      out.dims[last]! *= dimension;
      out.from[last] = from[axis]!;
      out.to[last] = to[axis]!;
    } else {
      out.dims.push(dimension);
      out.from.push(from[axis]!);
      out.to.push(to[axis]!);
    }
  }
  if (out.dims.length === 0) return { dims: [1], from: [1], to: [1] };
  return out.dims.length > maxRank ? null : out;
}

/** Copies; false where the addon does not do it. */
function copy(
  backend: NativeBackend,
  x: TensorInfo,
  y: TensorInfo,
  strided: StridedCopy,
  dependsOn: readonly TensorInfo[] = [x],
): boolean {
  if (strided.dims.includes(0)) return true;
  const axes = merged(strided);
  if (axes === null) return false;
  const { dims, from, to } = axes;
  const parameters = [dims.length, ...dims, ...from, ...to, strided.first ?? 0, strided.second ?? 0];
  backend.execute(Op.strided, parameters, [x, y], [1], dependsOn);
  return true;
}

/** The copy as a new tensor, or null. */
function copied(
  backend: NativeBackend,
  x: TensorInfo,
  shape: readonly number[],
  strided: Omit<StridedCopy, "to"> & { to?: readonly number[] },
): TensorInfo | null {
  if (!isPlain(x.dtype)) return null;
  const y = backend.allocate(shape, x.dtype);
  if (copy(backend, x, y, { to: stridesOf(strided.dims), ...strided })) return y;
  backend.disposeIntermediateTensorInfo(y);
  return null;
}

/** `x` with its axes in the order of `perm`. */
export function transposed(
  backend: NativeBackend,
  x: TensorInfo,
  perm: readonly number[],
): TensorInfo | null {
  const strides = stridesOf(x.shape);
  const shape = perm.map((axis) => x.shape[axis]!);
  return copied(backend, x, shape, { dims: shape, from: perm.map((axis) => strides[axis]!) });
}

function sliced(
  backend: NativeBackend,
  x: TensorInfo,
  begin: readonly number[],
  size: readonly number[],
): TensorInfo | null {
  const from = stridesOf(x.shape);
  const first = begin.reduce((sum, start, axis) => sum + start * from[axis]!, 0);
  return copied(backend, x, size, { dims: size, from, first });
}

const slice = kernel<"x", SliceAttrs>(({ inputs: { x }, attrs, backend }) => {
  const [begin, size] = slice_util.parseSliceParams(x as never, attrs.begin, attrs.size) as [
    number[],
    number[],
  ];
  slice_util.assertParamsValid(x as never, begin, size);
  return sliced(backend, x, begin, size);
});

function filled(
  backend: NativeBackend,
  shape: readonly number[],
  dtype: PooledDtype,
  value: number,
  dependsOn: readonly TensorInfo[] = [],
): TensorInfo {
  const y = backend.allocate(shape, dtype);
  backend.execute(Op.fill, [dtype === "float32" ? value : Math.trunc(value)], [y], [0], dependsOn);
  return y;
}

const pad = kernel<"x", PadV2Attrs>(({ inputs: { x }, attrs, backend }) => {
  const { paddings, constantValue } = attrs;
  if (!isPlain(x.dtype) || paddings.length > maxRank) return null;
  const shape = paddings.map(([before, after], axis) => before + x.shape[axis]! + after);
  // The frame is made anew at each run of a captured step, because its memory is used for other things between.
  const y = filled(backend, shape, x.dtype, constantValue, [x]);
  const to = stridesOf(shape);
  const second = paddings.reduce((sum, [before], axis) => sum + before * to[axis]!, 0);
  copy(backend, x, y, { dims: x.shape, from: stridesOf(x.shape), to, second });
  return y;
});

/** Tensors side by side along an axis, as blocks of `[outer, width]`. */
function joined(
  backend: NativeBackend,
  tensors: readonly TensorInfo[],
  axis: number,
  shape: readonly number[],
): TensorInfo {
  const outer = sizeOf(shape.slice(0, axis));
  const row = sizeOf(shape.slice(axis));
  const y = backend.allocate(shape, tensors[0]!.dtype as PooledDtype);
  let second = 0;
  for (const x of tensors) {
    const width = outer === 0 ? 0 : sizeOf(x.shape) / outer;
    copy(backend, x, y, { dims: [outer, width], from: [width, 1], to: [row, 1], second }, tensors);
    second += width;
  }
  return y;
}

const concat: NativeKernel = ({ inputs, attrs, backend }) => {
  const tensors = Object.values(inputs);
  const [axis] = util.parseAxisParam((attrs as ConcatAttrs).axis, tensors[0]!.shape);
  backend_util.assertParamsConsistent(
    tensors.map(({ shape }) => shape),
    axis!,
  );
  if (tensors.some(({ dtype }) => !isPlain(dtype) || dtype !== tensors[0]!.dtype)) return null;
  const shape = backend_util.computeOutShape(
    tensors.map((tensor) => tensor.shape),
    axis!,
  );
  return joined(backend, tensors, axis!, shape);
};

const pack: NativeKernel = ({ inputs, attrs, backend }) => {
  const tensors = Object.values(inputs);
  const { axis } = attrs as { axis: number };
  const { shape, dtype } = tensors[0]!;
  const alike = tensors.every((t) => t.dtype === dtype && util.arraysEqual(t.shape, shape));
  if (!alike || !isPlain(dtype)) return null;
  return joined(backend, tensors, axis, [...shape.slice(0, axis), tensors.length, ...shape.slice(axis)]);
};

/** All slices, or null if one of them cannot be made here. */
function slicesOf(
  backend: NativeBackend,
  x: TensorInfo,
  parts: readonly { begin: number[]; size: number[]; shape: readonly number[] }[],
): TensorInfo[] | null {
  if (!isPlain(x.dtype) || x.shape.length > maxRank) return null;
  return parts.map(({ begin, size, shape }) => ({ ...sliced(backend, x, begin, size)!, shape: [...shape] }));
}

const unpack = kernel<"value", { axis: number }>(({ inputs: { value }, attrs, backend }) => {
  const axis = attrs.axis < 0 ? attrs.axis + value.shape.length : attrs.axis;
  const size = value.shape.map((dimension, at) => (at === axis ? 1 : dimension));
  const shape = value.shape.filter((_, at) => at !== axis);
  const begin = (index: number) => value.shape.map((_, at) => (at === axis ? index : 0));
  const parts = Array.from({ length: value.shape[axis]! }, (_, i) => ({ begin: begin(i), size, shape }));
  return slicesOf(backend, value, parts);
});

const split = kernel<"x", SplitVAttrs>(({ inputs: { x }, attrs, backend }) => {
  const [axis] = util.parseAxisParam(attrs.axis, x.shape) as [number];
  let start = 0;
  const parts = backend_util.prepareSplitSize(x as never, attrs.numOrSizeSplits, axis).map((length) => {
    const begin = x.shape.map((_, at) => (at === axis ? start : 0));
    const size = x.shape.map((dimension, at) => (at === axis ? length : dimension));
    start += length;
    return { begin, size, shape: size };
  });
  return slicesOf(backend, x, parts);
});

/** Axes become pairs: repetition (stride 0) and element. */
const tile = kernel<"x", { reps: number[] }>(({ inputs: { x }, attrs: { reps }, backend }) => {
  const strides = stridesOf(x.shape);
  const dims = x.shape.flatMap((dimension, axis) => [reps[axis]!, dimension]);
  const from = strides.flatMap((stride) => [0, stride]);
  const shape = x.shape.map((dimension, axis) => dimension * reps[axis]!);
  return copied(backend, x, shape, { dims, from });
});

const reverse = kernel<"x", { dims: number | number[] }>(({ inputs: { x }, attrs, backend }) => {
  const reversed = util.parseAxisParam(attrs.dims, x.shape);
  const strides = stridesOf(x.shape);
  const first = reversed.reduce((sum, axis) => sum + Math.max(0, x.shape[axis]! - 1) * strides[axis]!, 0);
  const from = strides.map((stride, axis) => (reversed.includes(axis) ? -stride : stride));
  return copied(backend, x, x.shape, { dims: x.shape, from, first });
});

const gather = kernel<"x" | "indices", GatherV2Attrs>(({ inputs: { x, indices }, attrs, backend }) => {
  const [axis] = util.parseAxisParam(attrs.axis, x.shape) as [number];
  if (attrs.batchDims || indices.dtype !== "int32" || !isPlain(x.dtype)) return null;
  const [outer, inner] = [sizeOf(x.shape.slice(0, axis)), sizeOf(x.shape.slice(axis + 1))];
  const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
  const y = backend.allocate(shape, x.dtype);
  const parameters = [outer, x.shape[axis]!, inner, sizeOf(indices.shape)];
  backend.execute(Op.gather, parameters, [x, indices, y], [2]);
  return y;
});

const oneHot = kernel<"indices", OneHotAttrs>(({ inputs: { indices }, attrs, backend }) => {
  const { depth, onValue, offValue, dtype } = attrs;
  if (indices.dtype !== "int32" || !isPlain(dtype)) return null;
  const y = backend.allocate([...indices.shape, depth], dtype);
  backend.execute(Op.oneHot, [sizeOf(indices.shape), depth, onValue, offValue], [indices, y], [1]);
  return y;
});

const segmentSum = kernel<"x" | "segmentIds", UnsortedSegmentSumAttrs>(
  ({ inputs: { x, segmentIds }, attrs, backend }) => {
    if (!isFloat(x) || segmentIds.dtype !== "int32") return null;
    const rest = x.shape.slice(segmentIds.shape.length);
    const y = backend.allocate([attrs.numSegments, ...rest], "float32");
    const parameters = [sizeOf(segmentIds.shape), sizeOf(rest), attrs.numSegments];
    backend.execute(Op.segmentSum, parameters, [x, segmentIds, y], [2]);
    return y;
  },
);

const cast = kernel<"x", { dtype: string }>(({ inputs: { x }, attrs, backend }) => {
  const dtype = attrs.dtype as PooledDtype;
  if (x.dtype === dtype) return view(backend, x, x.shape);
  if (!isPlain(x.dtype) || !isPlain(dtype)) return null;
  const y = backend.allocate(x.shape, dtype);
  backend.execute(Op.cast, [], [x, y], [1]);
  return y;
});

const constant = (value: number): NativeKernel =>
  kernel<"x">(({ inputs: { x }, backend }) =>
    isPlain(x.dtype) ? filled(backend, x.shape, x.dtype, value) : null,
  );

export const movementKernels: Record<string, NativeKernel> = {
  Transpose: kernel<"x", { perm: number[] }>(({ inputs: { x }, attrs, backend }) =>
    transposed(backend, x, attrs.perm),
  ),
  Slice: slice,
  PadV2: pad,
  Concat: concat,
  Pack: pack,
  Unpack: unpack,
  SplitV: split,
  Tile: tile,
  Reverse: reverse,
  GatherV2: gather,
  OneHot: oneHot,
  UnsortedSegmentSum: segmentSum,
  Cast: cast,
  ZerosLike: constant(0),
  OnesLike: constant(1),
};
