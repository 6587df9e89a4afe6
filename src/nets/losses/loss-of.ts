import { tf } from "../../tensors/index.js";
import type { LossConfig } from "./config.js";
import { binaryCrossEntropies, crossEntropies, softCrossEntropies } from "./cross-entropy.js";
import { focalErrors } from "./focal.js";
import { marginErrors } from "./margins.js";
import { absoluteErrors, huberErrors, squaredErrors } from "./regression.js";
import { pairOf, weightedMean } from "./shapes.js";

/**
 * @param outputs of the net, float32 `[batch, ...]`
 * @param targets see the loss: class ids are int32
 * @param weights one per row `[batch]`, or per row and step `[batch, time]`; null for ones
 */
export type Loss = (outputs: tf.Tensor, targets: tf.Tensor, weights: tf.Tensor | null) => tf.Scalar;

/**
 * A loss as a function of tensors that can be differentiated and captured: the weighted mean sum(w l) / sum(w) over
 * rows (and steps) of each one's loss l, which is itself a mean where a row has several outputs.
 *
 * | loss | outputs | targets |
 * | --- | --- | --- |
 * | mse, mae, huber | `[n, ...]` | of the same shape |
 * | binaryCrossEntropy | logits `[n, ...]` | in [0, 1], of the same shape |
 * | crossEntropy | logits `[n, classes]`, `[n, time, classes]` | int32 class ids `[n]`, `[n, time]` |
 * | softCrossEntropy | as crossEntropy | distributions, of the outputs' shape |
 * | logistic, hinge, squaredHinge, exponential, focal | `[n]`, `[n, 1]`, or as crossEntropy | int32, 0 or 1, or class ids |
 *
 * The loss throws a `LossError` for shapes and dtypes that do not go together.
 *
 * @example
 * const loss = lossOf(lossSchema.parse({ name: "crossEntropy" }));
 * const { value, gradients } = valueAndGradients(() => loss(net.apply(x), y, null), net.parameters);
 */
export function lossOf(config: LossConfig): Loss {
  const elements = elementsOf(config);
  return (outputs, targets, weights) => tf.tidy(() => weightedMean(elements(outputs, targets), weights));
}

/** The losses before their mean is taken: `[batch, ...]`. */
function elementsOf(config: LossConfig): (outputs: tf.Tensor, targets: tf.Tensor) => tf.Tensor {
  const { name } = config;
  switch (name) {
    case "mse":
      return (outputs, targets) => squaredErrors(pairOf(name, outputs, targets));
    case "mae":
      return (outputs, targets) => absoluteErrors(pairOf(name, outputs, targets));
    case "huber":
      return (outputs, targets) => huberErrors(pairOf(name, outputs, targets), config.delta);
    case "crossEntropy":
      return (outputs, targets) => crossEntropies(outputs, targets, config.labelSmoothing);
    case "softCrossEntropy":
      return softCrossEntropies;
    case "binaryCrossEntropy":
      return (outputs, targets) => binaryCrossEntropies(pairOf(name, outputs, targets));
    case "logistic":
    case "hinge":
    case "squaredHinge":
    case "exponential":
      return (outputs, targets) => marginErrors(name, outputs, targets);
    case "focal":
      return (outputs, targets) => focalErrors(config, outputs, targets);
    default:
      throw new Error(`There is no loss ${JSON.stringify(config satisfies never)}.`);
  }
}
