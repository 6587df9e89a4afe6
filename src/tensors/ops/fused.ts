import * as tf from "@tensorflow/tfjs-core";
import type { Activation } from "./activation.js";

/**
 * Kernels that an engine may have beside tfjs's own; where it has them, `dense` and `conv2d` are one kernel forward
 * and at most one per gradient backward.
 */
export const fusedKernels = {
  /** x `[n, i]`, weights `[i, o]`, bias `[o]` -> `[n, o]`. */
  dense: "LudusDense",
  /** x `[n, h, w, c]`, filter `[fh, fw, c, k]`, bias `[k]` or none -> `[n, oh, ow, k]`. */
  conv2d: "LudusConv2d",
  /** dy, y -> dy times the derivative of the activation. */
  activationGradient: "LudusActivationGradient",
  /** dy `[..., k]` -> `[k]`, summed over all other axes. */
  biasGradient: "LudusBiasGradient",
} as const;

export interface DenseAttributes {
  activation: Activation;
}

export interface Conv2dAttributes {
  activation: Activation;
  strides: [number, number];
  dilations: [number, number];
  pad: "valid" | "same" | tf.backend_util.ExplicitPadding;
}

/** Whether the engine in use has the fused kernels. */
export function hasFusedKernels(): boolean {
  return tf.getKernel(fusedKernels.dense, tf.getBackend()) !== undefined;
}

/** Whether the engine in use has a kernel of this name. */
export function hasKernel(name: string): boolean {
  return tf.getKernel(name, tf.getBackend()) !== undefined;
}

/** Runs a kernel by name, recorded for gradients. */
export function runKernel(name: string, inputs: Record<string, tf.Tensor>, attrs: object = {}): tf.Tensor {
  return tf.engine().runKernel(name, inputs, attrs as tf.NamedAttrMap);
}

/** As `runKernel`, for a kernel with several outputs. */
export function runKernels(name: string, inputs: Record<string, tf.Tensor>, attrs: object = {}): tf.Tensor[] {
  return runKernel(name, inputs, attrs) as unknown as tf.Tensor[];
}
