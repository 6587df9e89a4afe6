import { tf } from "../../tensors/index.js";
import type { Pair } from "./shapes.js";

/** (f - t)^2, element by element. */
export function squaredErrors({ outputs, targets }: Pair): tf.Tensor {
  return tf.squaredDifference(outputs, targets);
}

/** |f - t|, element by element; its gradient at 0 is taken as 0. */
export function absoluteErrors({ outputs, targets }: Pair): tf.Tensor {
  return tf.abs(tf.sub(outputs, targets));
}

/**
 * With e = f - t and q = min(|e|, delta): q^2 / 2 + delta (|e| - q), which is e^2 / 2 up to delta and
 * delta (|e| - delta / 2) beyond.
 *
 * Source: Huber 1964, https://doi.org/10.1214/aoms/1177703732
 */
export function huberErrors({ outputs, targets }: Pair, delta: number): tf.Tensor {
  const sizes = tf.abs(tf.sub(outputs, targets));
  const quadratic = tf.minimum(sizes, delta);
  return tf.add(tf.mul(tf.square(quadratic), 0.5), tf.mul(tf.sub(sizes, quadratic), delta));
}
