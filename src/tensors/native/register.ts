import {
  copyRegisteredKernels,
  getKernel,
  getKernelsForBackend,
  type KernelFunc,
  registerBackend,
  registerKernel,
  type TensorInfo,
  unregisterKernel,
} from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { loadAddon } from "./addon.js";
import { NativeBackend } from "./backend.js";
import type { NativeKernel } from "./kernels/define.js";
import { elementwiseKernels } from "./kernels/elementwise.js";
import { frameKernels } from "./kernels/frames.js";
import { fusedLayerKernels } from "./kernels/fused.js";
import { movementKernels } from "./kernels/movement.js";
import { netKernels } from "./kernels/nets.js";
import { reductionKernels } from "./kernels/reductions.js";

const nativeKernels: Record<string, NativeKernel> = {
  ...elementwiseKernels,
  ...reductionKernels,
  ...movementKernels,
  ...netKernels,
  ...fusedLayerKernels,
  ...frameKernels,
};

/** Kernels of tfjs-backend-cpu that only give memory another shape, or read none. */
const harmless = new Set(["Identity", "Reshape", "ExpandDims", "Fill", "Range", "LinSpace"]);

/**
 * Registers the backend and its kernels with tfjs: those of the addon, and for all else tfjs-backend-cpu's.
 *
 * @throws {EngineMissingError} if the addon is not there
 */
export function registerNative(): void {
  const addon = loadAddon();
  if (getKernel("Add", "native")) return;
  registerBackend("native", () => new NativeBackend(addon));
  copyRegisteredKernels("cpu", "native");
  for (const { kernelName, kernelFunc } of getKernelsForBackend("native")) {
    if (harmless.has(kernelName)) continue;
    replace(kernelName, borrowed(kernelName, kernelFunc));
  }
  for (const [name, native] of Object.entries(nativeKernels)) {
    const fallback = getKernel(name, "native")?.kernelFunc;
    replace(name, preferring(name, native, fallback));
  }
}

function replace(kernelName: string, kernelFunc: KernelFunc): void {
  if (getKernel(kernelName, "native")) unregisterKernel(kernelName, "native");
  registerKernel({ kernelName, backendName: "native", kernelFunc });
}

/** A kernel of tfjs-backend-cpu: it may return views of its inputs, whose arrays are therefore never pooled again. */
function borrowed(name: string, compute: KernelFunc): KernelFunc {
  return (call) => {
    const backend = call.backend as NativeBackend;
    // Some kernels have lists of tensors as inputs.
    for (const input of Object.values(call.inputs).flat() as (TensorInfo | undefined)[]) {
      if (!input) continue;
      backend.recorder?.refuseRead(backend.memoryOf(input), `the kernel ${name} of tfjs-backend-cpu`);
      backend.retain(input);
    }
    return compute(call);
  };
}

function preferring(name: string, native: NativeKernel, fallback: KernelFunc | undefined): KernelFunc {
  return (call) => {
    const result = native(call as unknown as Parameters<NativeKernel>[0]);
    if (result !== null) return result;
    if (fallback) return fallback(call);
    throw new Error(`The native engine has no kernel ${name} for these dtypes; use --engine cpu.`);
  };
}
