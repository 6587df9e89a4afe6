import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import type { KernelFunc, TensorInfo } from "@tensorflow/tfjs-core";

/** What tfjs passes to a kernel, typed for the wasm backend. */
export interface WasmKernelCall<InputName extends string, Attributes> {
  inputs: Record<InputName, TensorInfo>;
  attrs: Attributes;
  backend: BackendWasm;
}

/** Gives a kernel written for the wasm backend the type under which tfjs registers kernels. */
export function asKernel<InputName extends string, Attributes>(
  kernel: (call: WasmKernelCall<InputName, Attributes>) => TensorInfo,
): KernelFunc {
  return kernel as unknown as KernelFunc;
}

/**
 * A tensor's float32 memory inside the engine. Valid until the next allocation there: growing the memory detaches
 * every view, so make the outputs first and take the views then.
 */
export function floatsOf(backend: BackendWasm, tensor: TensorInfo): Float32Array {
  return backend.typedArrayFromHeap(tensor) as Float32Array;
}

/** As `floatsOf`, for an int32 tensor. */
export function intsOf(backend: BackendWasm, tensor: TensorInfo): Int32Array {
  return backend.typedArrayFromHeap(tensor) as Int32Array;
}
