import { getKernel, type KernelFunc, registerKernel } from "@tensorflow/tfjs-core";
import { conv2dBackpropFilter } from "./conv2d.js";
import { depthwiseBackpropFilter, depthwiseBackpropInput } from "./depthwise.js";
import { unsortedSegmentSum } from "./segment-sum.js";

/** Kernels that tfjs-backend-wasm 4.22 lacks and that gradients need. */
const missing: Record<string, KernelFunc> = {
  Conv2DBackpropFilter: conv2dBackpropFilter,
  DepthwiseConv2dNativeBackpropFilter: depthwiseBackpropFilter,
  DepthwiseConv2dNativeBackpropInput: depthwiseBackpropInput,
  UnsortedSegmentSum: unsortedSegmentSum,
};

/** Registers our kernels with tfjs's wasm backend; calling it again does nothing. */
export function registerWasmKernels(): void {
  for (const [kernelName, kernelFunc] of Object.entries(missing)) {
    if (getKernel(kernelName, "wasm")) continue;
    registerKernel({ kernelName, backendName: "wasm", kernelFunc });
  }
}
