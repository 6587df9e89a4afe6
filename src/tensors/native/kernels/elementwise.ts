import { backend_util, type SelectInputs, type TensorInfo } from "@tensorflow/tfjs-core";
import type { NativeBackend } from "../backend.js";
import { binaryFunctions, maxRank, Op, unaryFunctions } from "../operations.js";
import { isFloat, isPlain, kernel, type NativeKernel, sizeOf, view } from "./define.js";

type UnaryName = keyof typeof unaryFunctions;
type BinaryName = keyof typeof binaryFunctions;

/** Attributes of the functions that have constants. */
interface Constants {
  alpha?: number;
  clipValueMin?: number;
  clipValueMax?: number;
}

const toBool: readonly UnaryName[] = ["LogicalNot", "IsNan", "IsFinite", "IsInf"];

function unary(name: UnaryName): NativeKernel {
  const code = unaryFunctions[name];
  const wanted = name === "LogicalNot" ? "bool" : "float32";
  const outDtype = toBool.includes(name) ? "bool" : "float32";
  return kernel<"x", Constants>(({ inputs: { x }, attrs, backend }) => {
    if (x.dtype !== wanted) return null;
    const y = backend.allocate(x.shape, outDtype);
    const a = name === "ClipByValue" ? attrs.clipValueMin : attrs?.alpha;
    backend.execute(Op.unary, [code, a ?? 0, attrs?.clipValueMax ?? 0], [x, y], [1]);
    return y;
  });
}

/** Strides of a shape seen as a larger one: 0 along axes on which it is broadcast. */
function broadcastStrides(shape: readonly number[], out: readonly number[]): number[] {
  const strides = new Array<number>(out.length).fill(0);
  let stride = 1;
  for (let axis = out.length - 1; axis >= 0; axis--) {
    const dimension = shape[axis - out.length + shape.length] ?? 1;
    if (dimension !== 1) strides[axis] = stride;
    stride *= dimension;
  }
  return strides;
}

/** `[rank, dims, strides of a, strides of b]` with axes merged where both operands allow it. */
function broadcastParameters(
  a: readonly number[],
  b: readonly number[],
  out: readonly number[],
): number[] | null {
  const [stridesA, stridesB] = [broadcastStrides(a, out), broadcastStrides(b, out)];
  const dims: number[] = [];
  const ofA: number[] = [];
  const ofB: number[] = [];
  for (const [axis, dimension] of out.entries()) {
    if (dimension === 1) continue;
    const [sa, sb] = [stridesA[axis]!, stridesB[axis]!];
    const last = dims.length - 1;
    const merges = last >= 0 && ofA[last] === sa * dimension && ofB[last] === sb * dimension;
    if (merges) {
      dims[last]! *= dimension;
      ofA[last] = sa;
      ofB[last] = sb;
    } else {
      dims.push(dimension);
      ofA.push(sa);
      ofB.push(sb);
    }
  }
  if (dims.length === 0) return [1, 1, 0, 0];
  return dims.length > maxRank ? null : [dims.length, ...dims, ...ofA, ...ofB];
}

/** out = f(a, b), broadcast; null where the addon does not do it. */
export function combine(
  backend: NativeBackend,
  name: BinaryName,
  a: TensorInfo,
  b: TensorInfo,
): TensorInfo | null {
  const code = binaryFunctions[name];
  const comparison = code >= binaryFunctions.Equal;
  const wholes = a.dtype === "int32" && (comparison || code <= binaryFunctions.Minimum) && name !== "RealDiv";
  const fits = a.dtype === "float32" || wholes || (a.dtype === "bool" && comparison);
  if (!fits || a.dtype !== b.dtype) return null;
  const shape = backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
  const parameters = broadcastParameters(a.shape, b.shape, shape);
  if (parameters === null) return null;
  const out = backend.allocate(shape, comparison ? "bool" : (a.dtype as "float32"));
  backend.execute(Op.binary, [code, ...parameters], [a, b, out], [2]);
  return out;
}

function binary(name: BinaryName): NativeKernel {
  return kernel<"a" | "b">(({ inputs: { a, b }, backend }) => combine(backend, name, a, b));
}

const select = kernel<keyof SelectInputs>(({ inputs: { condition, t, e }, backend }) => {
  if (condition.dtype !== "bool" || t.dtype !== e.dtype || !isPlain(t.dtype)) return null;
  // A condition of rank 1 chooses whole rows.
  const size = sizeOf(t.shape);
  const conditions = sizeOf(condition.shape);
  const inner = conditions === 0 ? 1 : size / conditions;
  const out = backend.allocate(t.shape, t.dtype);
  if (size > 0) backend.execute(Op.select, [inner], [condition, t, e, out], [3]);
  return out;
});

const addN: NativeKernel = ({ inputs, backend }) => {
  const terms = Object.values(inputs);
  if (!isFloat(...terms)) return null;
  const [first, ...rest] = terms;
  let sum = view(backend, first!, first!.shape);
  for (const term of rest) {
    const next = combine(backend, "Add", sum, term)!;
    backend.disposeIntermediateTensorInfo(sum);
    sum = next;
  }
  return sum;
};

export const elementwiseKernels: Record<string, NativeKernel> = {
  ...Object.fromEntries((Object.keys(unaryFunctions) as UnaryName[]).map((name) => [name, unary(name)])),
  ...Object.fromEntries((Object.keys(binaryFunctions) as BinaryName[]).map((name) => [name, binary(name)])),
  Prelu: kernel<"x" | "alpha">(({ inputs: { x, alpha }, backend }) => combine(backend, "Prelu", x, alpha)),
  EluGrad: kernel<"dy" | "y">(({ inputs: { dy, y }, backend }) => combine(backend, "EluGrad", dy, y)),
  Select: select,
  AddN: addN,
};
