import { tf } from "../../tensors/index.js";
import { LossError } from "./errors.js";
import { areAlike, checkClasses, oneHot, pairOf } from "./shapes.js";

/** A loss of the margin m = y f, element by element; f is a score and y = +-1 what it should be. */
type MarginLoss = (margins: tf.Tensor) => tf.Tensor;

/** Above this -m the exponential loss goes on as its tangent, so that it stays within float32. */
const steepest = 60;

/**
 * Losses of the margin. They are compared in Hastie, Tibshirani & Friedman 2009, The Elements of Statistical
 * Learning, section 10.6.
 */
export const marginLosses = {
  /** log(1 + exp(-m)), the binary cross-entropy of a logit. */
  logistic: (m) => tf.softplus(tf.neg(m)),
  /** max(0, 1 - m): Cortes & Vapnik 1995, https://doi.org/10.1007/BF00994018 */
  hinge: (m) => tf.relu(tf.sub(1, m)),
  /** max(0, 1 - m)^2 */
  squaredHinge: (m) => tf.square(tf.relu(tf.sub(1, m))),
  /**
   * exp(-m), the loss of AdaBoost (Friedman, Hastie & Tibshirani 2000, https://doi.org/10.1214/aos/1016218223); where
   * m is below -60, e^60 (1 - 60 - m).
   */
  exponential: (m) => {
    const u = tf.neg(m);
    return tf.mul(tf.exp(tf.minimum(u, steepest)), tf.add(1, tf.relu(tf.sub(u, steepest))));
  },
} as const satisfies Record<string, MarginLoss>;

export type MarginLossName = keyof typeof marginLosses;

/**
 * The losses of scores that say yes or no, or of classes one against the rest.
 *
 * - scores `[...]` or `[..., 1]` and targets of the same shape, 0 or 1: the loss of m = (2 t - 1) f
 * - scores `[..., classes]` and int32 class ids `[...]`: the mean over classes of the loss of m = y f, y = 1 for the
 *   class given and -1 for each other
 *
 * @returns of the targets' shape, without a last axis of 1
 */
export function marginErrors(name: MarginLossName, scores: tf.Tensor, targets: tf.Tensor): tf.Tensor {
  const lossOf: MarginLoss = marginLosses[name];
  if (isBinary(scores, targets)) return lossOf(binaryMargins(name, scores, targets));
  checkClasses(name, scores, targets);
  const signs = tf.sub(tf.mul(oneHot(targets, scores.shape.at(-1)!), 2), 1);
  return tf.mean(lossOf(tf.mul(signs, scores)), -1);
}

/** Whether each score has a target of its own. */
export function isBinary(scores: tf.Tensor, targets: tf.Tensor): boolean {
  return areAlike(scores.shape, targets.shape);
}

/** (2 t - 1) f */
export function binaryMargins(loss: string, scores: tf.Tensor, targets: tf.Tensor): tf.Tensor {
  if (targets.dtype === "float32") {
    throw new LossError(
      "dtype-mismatch",
      `The loss ${loss} got targets as float32; give 0 or 1 as int32, from an Int32Array.`,
    );
  }
  const { outputs: f, targets: t } = pairOf(loss, scores, targets);
  return tf.mul(tf.sub(tf.mul(t, 2), 1), f);
}
