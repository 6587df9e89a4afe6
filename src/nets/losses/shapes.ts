import { tf } from "../../tensors/index.js";
import { LossError } from "./errors.js";

/** Outputs and targets of one shape. */
export interface Pair {
  outputs: tf.Tensor;
  /** float32 */
  targets: tf.Tensor;
}

/** Without a last axis of 1, which scores have or have not. */
export function withoutUnit(shape: readonly number[]): number[] {
  return shape.length > 1 && shape.at(-1) === 1 ? shape.slice(0, -1) : [...shape];
}

/** Whether two shapes are the same, but for a last axis of 1 that one of them may lack. */
export function areAlike(a: readonly number[], b: readonly number[]): boolean {
  const same = (x: readonly number[], y: readonly number[]) => tf.util.arraysEqual([...x], [...y]);
  return same(a, b) || same(withoutUnit(a), b) || same(a, withoutUnit(b));
}

/** The tensor as float32: itself, if it is that already. */
export function asFloat(x: tf.Tensor): tf.Tensor {
  return x.dtype === "float32" ? x : tf.cast(x, "float32");
}

/**
 * Outputs and targets that must have the same shape, but for a last axis of 1: `[n]` and `[n, 1]` go together, where
 * broadcasting would make `[n, n]`.
 *
 * @throws {LossError} `shape-mismatch`
 */
export function pairOf(loss: string, outputs: tf.Tensor, targets: tf.Tensor): Pair {
  if (!areAlike(outputs.shape, targets.shape)) {
    throw new LossError(
      "shape-mismatch",
      `The loss ${loss} got outputs of shape [${outputs.shape}] and targets of shape [${targets.shape}]; give targets of the outputs' shape.`,
    );
  }
  const shape = withoutUnit(outputs.shape);
  return { outputs: tf.reshape(outputs, shape), targets: tf.reshape(asFloat(targets), shape) };
}

/**
 * Checks that logits `[..., classes]` go with int32 class ids `[...]`.
 *
 * @throws {LossError} `shape-mismatch` or `dtype-mismatch`
 */
export function checkClasses(loss: string, logits: tf.Tensor, ids: tf.Tensor): void {
  const classes = logits.shape.at(-1) ?? 1;
  if (classes < 2 || !tf.util.arraysEqual(logits.shape.slice(0, -1), ids.shape)) {
    throw new LossError(
      "shape-mismatch",
      `The loss ${loss} got outputs of shape [${logits.shape}] and targets of shape [${ids.shape}]; give logits [..., classes] of two or more classes and class ids [...].`,
    );
  }
  if (ids.dtype !== "int32") {
    throw new LossError(
      "dtype-mismatch",
      `The loss ${loss} got class ids as ${ids.dtype}; give them as int32, from an Int32Array.`,
    );
  }
}

/**
 * sum(w l) / sum(w); with weights of fewer axes than the losses have, l is first the mean over the others. Where all
 * weights are 0 the loss is 0, with a gradient of 0.
 *
 * @param losses `[batch, ...]`
 * @param weights `[batch]` or as many of the losses' leading axes as it has, 0 or more each; null for ones
 * @throws {LossError} `shape-mismatch`
 */
export function weightedMean(losses: tf.Tensor, weights: tf.Tensor | null): tf.Scalar {
  if (weights === null) return tf.mean(losses);
  // Losses of one step have no axis of steps where scores have none of outputs.
  const shape = weights.rank > losses.rank ? withoutUnit(weights.shape) : weights.shape;
  const rank = shape.length;
  if (rank === 0 || !tf.util.arraysEqual(shape, losses.shape.slice(0, rank))) {
    throw new LossError(
      "shape-mismatch",
      `The weights have the shape [${weights.shape}], but the losses [${losses.shape}]; give one weight per row [${losses.shape[0]}], or per row and step.`,
    );
  }
  const others = losses.shape.map((_, axis) => axis).slice(rank);
  const ofRows = others.length > 0 ? tf.mean(losses, others) : losses;
  const w = asFloat(tf.reshape(weights, shape));
  return tf.div(tf.sum(tf.mul(w, ofRows)), tf.maximum(tf.sum(w), smallestWeight));
}

/** Keeps a batch without weight from dividing by 0. */
const smallestWeight = 1e-30;

/**
 * 1 for each row's class and 0 for the others, float32 `[..., classes]`; all 0 for an id that is none of them.
 *
 * @param ids int32 `[...]`
 */
export function oneHot(ids: tf.Tensor, classes: number): tf.Tensor {
  // The wasm engine's kernel writes whole numbers, whatever dtype is asked for.
  return tf.cast(tf.oneHot(ids as tf.Tensor1D, classes, 1, 0, "int32"), "float32");
}
