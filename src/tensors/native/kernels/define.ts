import type { DataType, TensorInfo } from "@tensorflow/tfjs-core";
import type { NativeBackend } from "../backend.js";
import type { PooledDtype } from "../buffer-pool.js";

/** What tfjs passes to a kernel, typed for the native backend. Optional inputs may be missing. */
export interface NativeKernelCall<InputName extends string, Attributes> {
  inputs: Record<InputName, TensorInfo>;
  attrs: Attributes;
  backend: NativeBackend;
}

/**
 * A kernel of the native engine. It returns null for what the addon does not do (a dtype, a layout); tfjs-backend-cpu's
 * kernel takes that.
 */
export type NativeKernel = (call: {
  inputs: Record<string, TensorInfo>;
  attrs: unknown;
  backend: NativeBackend;
}) => TensorInfo | TensorInfo[] | null;

/** Gives a kernel with typed inputs and attributes the type under which all are listed. */
export function kernel<InputName extends string, Attributes = object>(
  compute: (call: NativeKernelCall<InputName, Attributes>) => TensorInfo | TensorInfo[] | null,
): NativeKernel {
  return compute as unknown as NativeKernel;
}

export function sizeOf(shape: readonly number[]): number {
  let size = 1;
  for (const dimension of shape) size *= dimension;
  return size;
}

export function isFloat(...tensors: TensorInfo[]): boolean {
  return tensors.every(({ dtype }) => dtype === "float32");
}

/** The dtypes that the addon moves about; not strings and complex numbers. */
export function isPlain(dtype: DataType): dtype is PooledDtype {
  return dtype === "float32" || dtype === "int32" || dtype === "bool";
}

/** The same memory under another shape. */
export function view(backend: NativeBackend, x: TensorInfo, shape: readonly number[]): TensorInfo {
  backend.incRef(x.dataId);
  return { dataId: x.dataId, shape: shape as number[], dtype: x.dtype };
}
