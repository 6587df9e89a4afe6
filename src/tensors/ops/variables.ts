import * as tf from "@tensorflow/tfjs-core";
import type { NativeBackend } from "../native/backend.js";
import { Op } from "../native/operations.js";
import { prepareNatively } from "../native/optimizers.js";

/** variable = (1 - tau) variable + tau other, in float32 */
export function blendVariable(variable: tf.Variable, other: tf.Tensor, tau: number): void {
  if (tf.getBackend() === "native") {
    prepareNatively([variable]);
    (tf.backend() as NativeBackend).execute(Op.blend, [tau], [variable, other], []);
    return;
  }
  tf.tidy(() => variable.assign(tf.add(tf.mul(variable, 1 - tau), tf.mul(other, tau))));
}
