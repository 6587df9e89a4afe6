import { tf } from "../../tensors/index.js";
import { LossError } from "./errors.js";
import { asFloat, checkClasses, oneHot, type Pair } from "./shapes.js";

/**
 * -sum over classes k of q_k log softmax(z)_k, where q is 1 - s for the class given plus s / classes for each.
 *
 * Source of the smoothing s: Szegedy et al. 2016, section 7, https://arxiv.org/abs/1512.00567
 *
 * @param logits z `[..., classes]`
 * @param ids int32 `[...]`; one outside of 0 ... classes - 1 has no loss of its own and should have the weight 0
 * @returns `[...]`
 */
export function crossEntropies(logits: tf.Tensor, ids: tf.Tensor, labelSmoothing: number): tf.Tensor {
  checkClasses("crossEntropy", logits, ids);
  const classes = logits.shape.at(-1)!;
  const chosen = oneHot(ids, classes);
  if (labelSmoothing === 0) return againstDistributions(logits, chosen);
  const smoothed = tf.add(tf.mul(chosen, 1 - labelSmoothing), labelSmoothing / classes);
  return againstDistributions(logits, smoothed);
}

/**
 * -sum over classes k of q_k log softmax(z)_k
 *
 * @param logits z `[..., classes]`
 * @param distributions q `[..., classes]`, each row's sum 1
 * @returns `[...]`
 */
export function softCrossEntropies(logits: tf.Tensor, distributions: tf.Tensor): tf.Tensor {
  if (logits.rank < 2 || !tf.util.arraysEqual(logits.shape, distributions.shape)) {
    throw new LossError(
      "shape-mismatch",
      `The loss softCrossEntropy got outputs of shape [${logits.shape}] and targets of shape [${distributions.shape}]; give both as [..., classes].`,
    );
  }
  return againstDistributions(logits, asFloat(distributions));
}

function againstDistributions(logits: tf.Tensor, q: tf.Tensor): tf.Tensor {
  return tf.neg(tf.sum(tf.mul(q, tf.logSoftmax(logits)), -1));
}

/**
 * -t log sigmoid(z) - (1 - t) log(1 - sigmoid(z)) = t softplus(-z) + (1 - t) softplus(z), element by element: neither
 * term loses digits or overflows, however sure z is.
 */
export function binaryCrossEntropies({ outputs: z, targets: t }: Pair): tf.Tensor {
  return tf.add(tf.mul(t, tf.softplus(tf.neg(z))), tf.mul(tf.sub(1, t), tf.softplus(z)));
}
