import { z } from "zod";
import { tf } from "../../tensors/index.js";
import { LossError } from "./errors.js";

/** Which parameters are weights by their names, those of recurrent layers and attention too, and not biases, scales or offsets. */
export const weightPattern = String.raw`(^|\.)(weights|kernel|(input|hidden|query|key)Weights)$`;

const pattern = z
  .string()
  .refine(isPattern, { error: "This is not a regular expression" })
  .default(weightPattern)
  .describe("regular expression of the parameters' names; default those of weights, and not of biases");

const factor = z.number().min(0).default(0);

/** A penalty on large weights, which is added to the loss. Unknown keys are errors. */
export const penaltySchema = z.strictObject({
  l1: factor.describe("factor of the sum of absolute weights; default 0"),
  l2: factor.describe("factor of half the sum of squared weights; default 0"),
  pattern,
});

export type PenaltyConfig = z.output<typeof penaltySchema>;

/**
 * l1 sum |w| + l2 / 2 sum w^2 over the weights that the pattern names. By the half, the gradient of the second term
 * is l2 w: as much as PyTorch's `weight_decay` with SGD.
 *
 * @returns a function that makes the penalty of the parameters as they are then; it can be differentiated and captured
 * @throws {LossError} `no-parameters`, if the pattern names none
 */
export function penaltyOf(
  { l1, l2, pattern: names }: PenaltyConfig,
  parameters: ReadonlyMap<string, tf.Variable>,
): () => tf.Scalar {
  const weights = namedBy(names, parameters);
  return () =>
    tf.tidy(() => {
      const terms: tf.Scalar[] = [];
      for (const w of weights) {
        if (l1 > 0) terms.push(tf.mul(tf.sum(tf.abs(w)), l1));
        if (l2 > 0) terms.push(tf.mul(tf.sum(tf.square(w)), l2 / 2));
      }
      return terms.length > 0 ? tf.addN(terms) : tf.scalar(0);
    });
}

/**
 * Scales each unit's incoming weights down to the norm `limit` where they are above it; to be called after an update.
 * A unit's weights are those of one index of the last axis: a column of `[inputs, outputs]`, a filter of `[height,
 * width, in, out]`.
 *
 * Source: Srivastava et al. 2014, section 5.1, https://jmlr.org/papers/v15/srivastava14a.html
 *
 * @param limit Euclidean norm, above 0
 * @param names regular expression of the parameters' names
 * @throws {LossError} `no-parameters`, if the pattern names none; `invalid-limit`, if the limit is not above 0
 */
export function maxNorm(
  parameters: ReadonlyMap<string, tf.Variable>,
  limit: number,
  names: string = weightPattern,
): void {
  if (!(limit > 0)) {
    throw new LossError("invalid-limit", `Max-norm takes a limit above 0, not ${limit}.`);
  }
  for (const w of namedBy(names, parameters)) {
    tf.tidy(() => {
      const axes = w.shape.map((_, axis) => axis).slice(0, -1);
      const norms = tf.sqrt(tf.sum(tf.square(w), axes, true));
      w.assign(tf.mul(w, tf.div(limit, tf.maximum(norms, limit))));
    });
  }
}

function namedBy(names: string, parameters: ReadonlyMap<string, tf.Variable>): tf.Variable[] {
  const expression = new RegExp(names, "u");
  const found = [...parameters].filter(([name]) => expression.test(name)).map(([, variable]) => variable);
  if (found.length === 0) {
    throw new LossError(
      "no-parameters",
      `No parameter's name matches ${names}; there are ${[...parameters.keys()].join(", ")}.`,
    );
  }
  return found;
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text, "u");
    return true;
  } catch {
    return false;
  }
}
