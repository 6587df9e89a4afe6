import * as tf from "@tensorflow/tfjs-core";
import { defineGradient } from "../gradients/define.js";
import type { Activation } from "./activation.js";

/**
 * Kernels that an engine may have beside tfjs's own; where it has them, `dense` and `conv2d` are one kernel forward
 * and at most one per gradient backward.
 */
export const fusedKernels = {
  /** x `[n, i]`, weights `[i, o]`, bias `[o]` -> `[n, o]`. */
  dense: "LudusDense",
  /** x `[n, h, w, c]`, filter `[fh, fw, c, k]`, bias `[k]` -> `[n, oh, ow, k]`. */
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
  pad: "valid" | "same";
}

/** Whether the engine in use has the fused kernels. */
export function hasFusedKernels(): boolean {
  return tf.getKernel(fusedKernels.dense, tf.getBackend()) !== undefined;
}

/** Runs a kernel by name, recorded for gradients. */
export function runKernel(name: string, inputs: Record<string, tf.Tensor>, attrs: object = {}): tf.Tensor {
  return tf.engine().runKernel(name, inputs, attrs as tf.NamedAttrMap);
}

/** The gradient before the activation. Computed at once, since all inputs' gradients need it. */
function beforeActivation(dy: tf.Tensor, y: tf.Tensor, activation: Activation): tf.Tensor {
  return activation === "linear" ? dy : runKernel(fusedKernels.activationGradient, { dy, y }, { activation });
}

/** Registers the gradients of the fused kernels. */
export function defineFusedGradients(): void {
  defineGradient<DenseAttributes>({
    kernel: fusedKernels.dense,
    inputs: ["x", "weights"],
    output: true,
    backward: ({ dy, inputs: [x, weights], outputs: [y], attrs }) => {
      const dz = beforeActivation(dy, y!, attrs.activation) as tf.Tensor2D;
      return {
        x: () => tf.matMul(dz, weights as tf.Tensor2D, false, true),
        weights: () => tf.matMul(x as tf.Tensor2D, dz, true, false),
        bias: () => runKernel(fusedKernels.biasGradient, { dy: dz }),
      };
    },
  });
  defineGradient<Conv2dAttributes>({
    kernel: fusedKernels.conv2d,
    inputs: ["x", "filter"],
    output: true,
    backward: ({ dy, inputs: [x, filter], outputs: [y], attrs }) => {
      const dz = beforeActivation(dy, y!, attrs.activation);
      const convolution = { strides: attrs.strides, pad: attrs.pad, dataFormat: "NHWC" };
      return {
        x: () =>
          runKernel(
            "Conv2DBackpropInput",
            { dy: dz, filter: filter! },
            { ...convolution, inputShape: x!.shape },
          ),
        filter: () =>
          runKernel(
            "Conv2DBackpropFilter",
            { x: x!, dy: dz },
            { ...convolution, filterShape: filter!.shape },
          ),
        bias: () => runKernel(fusedKernels.biasGradient, { dy: dz }),
      };
    },
  });
}
