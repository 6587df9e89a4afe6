import { tf } from "../../tensors/index.js";
import type { LossConfig } from "./config.js";
import { LossError } from "./errors.js";
import { binaryMargins, isBinary } from "./margins.js";
import { asFloat, checkClasses, oneHot } from "./shapes.js";

type FocalConfig = Extract<LossConfig, { name: "focal" }>;

/** Puts a logit out of a sum of exponentials. */
const outOfSum = -1e9;

/**
 * -alpha (1 - p)^gamma log p, where p is the probability of what is true. With u, the logarithm of p's odds, it is
 * alpha exp(-gamma softplus(u)) softplus(-u), which neither overflows nor loses digits.
 *
 * - logits `[...]` or `[..., 1]` and targets of the same shape, 0 or 1: u = (2 t - 1) z
 * - logits `[..., classes]` and int32 class ids `[...]`: u = z_y - log of the sum over k != y of exp z_k
 *
 * Source: Lin et al. 2017, equation 5, https://arxiv.org/abs/1708.02002
 *
 * @returns of the targets' shape, without a last axis of 1
 */
export function focalErrors(config: FocalConfig, logits: tf.Tensor, targets: tf.Tensor): tf.Tensor {
  const binary = isBinary(logits, targets);
  const u = binary ? binaryMargins("focal", logits, targets) : classMargins(logits, targets);
  const errors = tf.mul(tf.exp(tf.mul(tf.softplus(u), -config.gamma)), tf.softplus(tf.neg(u)));
  if (config.alpha === null) return errors;
  const classes = binary ? 2 : logits.shape.at(-1)!;
  return tf.mul(errors, classWeights(config.alpha, classes, tf.reshape(targets, errors.shape)));
}

function classMargins(logits: tf.Tensor, ids: tf.Tensor): tf.Tensor {
  checkClasses("focal", logits, ids);
  const chosen = oneHot(ids, logits.shape.at(-1)!);
  const own = tf.sum(tf.mul(chosen, logits), -1);
  return tf.sub(own, tf.logSumExp(tf.add(logits, tf.mul(chosen, outOfSum)), -1));
}

/** Each row's weight by its class. */
function classWeights(alpha: number | readonly number[], classes: number, ids: tf.Tensor): tf.Tensor {
  const weights = typeof alpha === "number" ? [1 - alpha, alpha] : alpha;
  if (weights.length !== classes) {
    throw new LossError(
      "shape-mismatch",
      `The loss focal has alpha ${JSON.stringify(alpha)}, but there are ${classes} classes; give ${classes} weights.`,
    );
  }
  if (classes === 2) return tf.add(tf.mul(asFloat(ids), weights[1]! - weights[0]!), weights[0]!);
  return tf.sum(tf.mul(oneHot(ids, classes), tf.tensor1d([...weights])), -1);
}
