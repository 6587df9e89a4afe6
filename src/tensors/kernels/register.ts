import { getKernel, type KernelFunc, registerKernel, unregisterKernel } from "@tensorflow/tfjs-core";
import { fusedKernels } from "../ops/fused.js";
import { conv2d, conv2dBackpropFilter, conv2dBackpropInput } from "./conv2d.js";
import { depthwiseBackpropFilter, depthwiseBackpropInput } from "./depthwise.js";
import { activationGradient, biasGradient, fusedConv2d, fusedDense } from "./fused.js";
import { batchMatMul } from "./matmul.js";
import { maxPoolGradient } from "./max-pool.js";
import { unsortedSegmentSum } from "./segment-sum.js";

/** Kernels that tfjs-backend-wasm 4.22 lacks and that gradients need. */
const missing: Record<string, KernelFunc> = {
  Conv2DBackpropFilter: conv2dBackpropFilter,
  DepthwiseConv2dNativeBackpropFilter: depthwiseBackpropFilter,
  DepthwiseConv2dNativeBackpropInput: depthwiseBackpropInput,
  UnsortedSegmentSum: unsortedSegmentSum,
  [fusedKernels.dense]: fusedDense,
  [fusedKernels.conv2d]: fusedConv2d,
  [fusedKernels.activationGradient]: activationGradient,
  [fusedKernels.biasGradient]: biasGradient,
};

/**
 * Kernels that it has, but slow or wrong: its products of transposed matrices are plain loops, it packs a filter anew
 * whenever a weight has changed, which in training is always, and its MaxPoolGrad sends gradients to wrong elements.
 */
const replaced: Record<string, KernelFunc> = {
  BatchMatMul: batchMatMul,
  Conv2D: conv2d,
  Conv2DBackpropInput: conv2dBackpropInput,
  MaxPoolGrad: maxPoolGradient,
};

/** Registers our kernels with tfjs's wasm backend; calling it again does nothing. */
export function registerWasmKernels(): void {
  if (getKernel(fusedKernels.dense, "wasm")) return;
  for (const kernelName of Object.keys(replaced)) unregisterKernel(kernelName, "wasm");
  for (const [kernelName, kernelFunc] of Object.entries({ ...missing, ...replaced })) {
    registerKernel({ kernelName, backendName: "wasm", kernelFunc });
  }
}
