import { z } from "zod";
import { dense, tf } from "../../../tensors/index.js";
import { NetError } from "../../errors.js";
import { checkInputs, defineLayer, known, type VariableMaker } from "../layer.js";
import { checkMask, masked, maskFor } from "./settings.js";

/**
 * Looks at a sequence with queries: weights = softmax over its steps of score(query, step), context = weights times the steps.
 * Inputs: queries `[queries, features]`, the sequence `[time, features]`, and its mask. Outputs: the contexts `[queries,
 * features of the sequence]`, and the weights `[queries, time]`; both 0 of a sequence that is all padding.
 *
 * - dot: q . k / sqrt(features) (Vaswani et al. 2017, equation 1, https://arxiv.org/abs/1706.03762)
 * - general: q W k (Luong et al. 2015, equation 8, https://arxiv.org/abs/1508.04025)
 * - additive: v . tanh(q W_q + k W_k) (Bahdanau et al. 2015, https://arxiv.org/abs/1409.0473)
 */
export const attentionLayer = defineLayer(
  z.strictObject({
    type: z.literal("attention"),
    score: z
      .enum(["dot", "general", "additive"])
      .default("dot")
      .describe("how a step is judged; default dot"),
    units: z.int().min(1).default(64).describe("width of the additive score; default 64"),
    masked,
  }),
  (context) => {
    const { spec, name, make, inputShapes } = context;
    const mask = spec.masked ? ", and a mask [time]" : "";
    checkInputs(
      context,
      [2, 2, ...(spec.masked ? [1] : [])],
      `queries and a sequence [time, features]${mask}`,
    );
    const [[queries, queryWidth], [time, keyWidth]] = inputShapes as [
      [number | null, number],
      [number | null, number],
    ];
    const widths = {
      query: known(queryWidth, name, "the width of its queries"),
      key: known(keyWidth, name, "the width of its sequence"),
    };
    if (spec.score === "dot" && widths.query !== widths.key) {
      throw new NetError(
        "invalid-net",
        `"${name}" multiplies queries of ${widths.query} features by steps of ${widths.key}; make them equal, or use the score "general".`,
      );
    }
    if (spec.masked) checkMask(name, time, inputShapes[2]![0]!);
    const { cost, score } = scoreOf(spec, { ...widths, name, make });
    const pairs = (queries ?? 1) * (time ?? 1);
    return {
      outputShapes: [
        [queries, widths.key],
        [queries, time],
      ],
      multiplyAdds: pairs * (cost + widths.key),
      apply: ([q, k, mask]) => {
        const scores = score(q as tf.Tensor3D, k as tf.Tensor3D);
        const weights = mask ? maskedSoftmax(scores, maskFor(name, k!, mask)) : tf.softmax(scores);
        return [tf.matMul(weights, k as tf.Tensor3D), weights];
      },
    };
  },
);

/** @param present `[batch, time]` */
function maskedSoftmax(scores: tf.Tensor3D, present: tf.Tensor): tf.Tensor3D {
  const there = tf.expandDims(present, 1);
  return tf.mul(tf.softmax(tf.add(scores, tf.mul(tf.sub(there, 1), 1e9))), there);
}

type Score = (queries: tf.Tensor3D, keys: tf.Tensor3D) => tf.Tensor3D;

function scoreOf(
  { score, units }: { score: "dot" | "general" | "additive"; units: number },
  { query, key, name, make }: { query: number; key: number; name: string; make: VariableMaker },
): { cost: number; score: Score } {
  const matrix = (part: string, inputs: number, outputs: number) =>
    make.weights(`${name}.${part}`, [inputs, outputs], { inputs, outputs, gain: 1 });
  switch (score) {
    case "dot":
      return {
        cost: key,
        score: (q, k) => tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(key)),
      };
    case "general": {
      const weights = matrix("weights", query, key);
      return { cost: key, score: (q, k) => tf.matMul(projected(q, weights), k, false, true) };
    }
    case "additive": {
      const ofQueries = matrix("queryWeights", query, units);
      const ofKeys = matrix("keyWeights", key, units);
      const v = matrix("weights", units, 1);
      return {
        cost: units,
        score: (q, k) => {
          const sums = tf.add(
            tf.expandDims(projected(q, ofQueries), 2),
            tf.expandDims(projected(k, ofKeys), 1),
          );
          return tf.reshape(projected(tf.tanh(sums), v), [q.shape[0], q.shape[1], k.shape[1]]);
        },
      };
    }
    default:
      throw new Error(`There is no score "${score satisfies never}".`);
  }
}

/** x W over the last dimension. */
function projected(x: tf.Tensor, weights: tf.Tensor): tf.Tensor3D {
  const rows: tf.Tensor = tf.reshape(x, [-1, x.shape.at(-1)!]);
  const y: tf.Tensor = dense(rows, weights);
  return tf.reshape(y, [...x.shape.slice(0, -1), weights.shape[1]!] as [number, number, number]);
}
