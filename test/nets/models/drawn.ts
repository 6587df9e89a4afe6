import { Generator } from "gymnasium-js";
import { sizeOf, tf } from "../../../src/tensors/index.js";

/** Standard normal numbers of a seed. */
export function drawn(shape: readonly number[], seed = 1): tf.Tensor {
  const rng = new Generator(seed);
  return tf.tensor(
    Array.from({ length: sizeOf(shape) }, () => rng.standardNormal()),
    [...shape],
  );
}
