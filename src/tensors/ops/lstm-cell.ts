import * as tf from "@tensorflow/tfjs-core";
import { defineGradient } from "../gradients/define.js";
import { hasKernel, runKernels } from "./fused.js";

/** Kernels that an engine may have for `lstmCell` and its gradient. */
export const lstmCellKernels = {
  /** gates, cell -> hidden, next cell, the gates after their activations. */
  forward: "LudusLstmCell",
  /** dhidden, dnext, activations, cell, next cell -> dgates, dcell. */
  backward: "LudusLstmCellGradient",
} as const;

/** What an LSTM puts out and keeps after a step, `[batch, units]` both. */
export type LstmCellOutput = {
  hidden: tf.Tensor2D;
  cell: tf.Tensor2D;
};

/**
 * One step of long short-term memory behind its products, with torch.nn.LSTM's order of gates:
 *
 *   i, f, g, o = the quarters of gates, in this order
 *   c' = sigmoid(f) c + sigmoid(i) tanh(g)
 *   h' = sigmoid(o) tanh(c')
 *
 * Source: Hochreiter & Schmidhuber 1997, https://doi.org/10.1162/neco.1997.9.8.1735; the forget gate: Gers et al. 2000
 *
 * @param gates float32 `[batch, 4 units]`, before their activations
 * @param cell c, float32 `[batch, units]`
 */
export function lstmCell(gates: tf.Tensor2D, cell: tf.Tensor2D): LstmCellOutput {
  const [batch, units] = cell.shape;
  if (gates.rank !== 2 || cell.rank !== 2 || gates.shape[0] !== batch || gates.shape[1] !== 4 * units) {
    throw new Error(
      `lstmCell needs gates [batch, 4 units] and a cell [batch, units], not [${gates.shape}] and [${cell.shape}].`,
    );
  }
  if (!hasKernel(lstmCellKernels.forward)) return tf.tidy(() => byFormula(gates, cell));
  const [hidden, next, activations] = runKernels(lstmCellKernels.forward, { gates, cell }) as tf.Tensor2D[];
  // Where there is a backward pass it keeps them itself.
  activations!.dispose();
  return { hidden: hidden!, cell: next! };
}

function byFormula(gates: tf.Tensor2D, cell: tf.Tensor2D): LstmCellOutput {
  const [i, f, g, o] = tf.split(gates, 4, 1) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
  const next = tf.add(tf.mul(tf.sigmoid(f), cell), tf.mul(tf.sigmoid(i), tf.tanh(g))) as tf.Tensor2D;
  return { hidden: tf.mul(tf.sigmoid(o), tf.tanh(next)) as tf.Tensor2D, cell: next };
}

/** Registers the gradient of the fused kernel. */
export function defineLstmCellGradient(): void {
  defineGradient({
    kernel: lstmCellKernels.forward,
    inputs: ["cell"],
    output: [false, true, true],
    backward: ({ dys: [dhidden, dnext], inputs: [cell], outputs: [next, activations] }) => {
      const inputs = {
        dhidden: dhidden!,
        dnext: dnext!,
        activations: activations!,
        cell: cell!,
        next: next!,
      };
      const [dgates, dcell] = runKernels(lstmCellKernels.backward, inputs);
      return { gates: () => dgates!, cell: () => dcell! };
    },
  });
}
