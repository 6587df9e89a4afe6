import * as tf from "@tensorflow/tfjs-core";
import type { Activation } from "../ops/activation.js";
import { type Conv2dAttributes, type DenseAttributes, fusedKernels, runKernel } from "../ops/fused.js";
import { convolutionGradients } from "./convolution.js";
import { defineGradient } from "./define.js";

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
      return {
        ...convolutionGradients({ x: x!, filter: filter!, dy: dz, attrs }),
        bias: () => runKernel(fusedKernels.biasGradient, { dy: dz }),
      };
    },
  });
}
