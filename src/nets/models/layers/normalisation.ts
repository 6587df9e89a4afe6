import { z } from "zod";
import { batchNormTraining, layerNorm, localResponseNormalization, tf } from "../../../tensors/index.js";
import { defineLayer, lastOf, oneOutput, soleShape, vectorShape } from "../layer.js";

const epsilon = (initial: number) =>
  z.number().positive().default(initial).describe(`added to the variance; default ${initial}`);

/**
 * y = scale (x - mean) / sqrt(variance + epsilon) + offset, over all dimensions but the last. Training passes use the batch's
 * mean and variance, and keep moving ones in the buffers `mean` and `variance` (of which the second is the unbiased variance,
 * as PyTorch's is); others use those. A batch of a single value per channel becomes the offset, and as it has no unbiased
 * variance the moving one stays. Parameters: `scale`, `offset`.
 *
 * Source: Ioffe & Szegedy 2015, algorithms 1 and 2, https://arxiv.org/abs/1502.03167
 */
export const batchNormLayer = defineLayer(
  z.strictObject({
    type: z.literal("batchNorm"),
    momentum: z
      .number()
      .gt(0)
      .max(1)
      .default(0.1)
      .describe(
        "share of the batch's statistics in the moving ones, at each training pass; default 0.1 (PyTorch's)",
      ),
    epsilon: epsilon(1e-5),
  }),
  (context) => {
    const { spec, name, make } = context;
    const shape = vectorShape(context, "[..., channels]");
    const [, channels] = lastOf(shape, name, "its number of channels");
    const scale = make.constant(`${name}.scale`, [channels], 1);
    const offset = make.constant(`${name}.offset`, [channels], 0);
    const mean = make.buffer(`${name}.mean`, [channels], 0);
    const variance = make.buffer(`${name}.variance`, [channels], 1);
    const { momentum } = spec;
    return oneOutput(shape, 0, ([x], { training }) => {
      if (!training) {
        return tf.batchNorm(
          x as tf.Tensor4D,
          mean as tf.Tensor1D,
          variance as tf.Tensor1D,
          offset as tf.Tensor1D,
          scale as tf.Tensor1D,
          spec.epsilon,
        );
      }
      const batch = batchNormTraining(x!, scale, offset, spec.epsilon);
      const rows = x!.size / channels;
      mean.assign(tf.add(tf.mul(mean, 1 - momentum), tf.mul(batch.mean, momentum)));
      if (rows > 1) {
        const unbiased = rows / (rows - 1);
        variance.assign(tf.add(tf.mul(variance, 1 - momentum), tf.mul(batch.variance, momentum * unbiased)));
      }
      return batch.y;
    });
  },
);

/** The same with the mean and variance of each vector along the last dimension (Ba et al. 2016, https://arxiv.org/abs/1607.06450). */
export const layerNormLayer = defineLayer(
  z.strictObject({ type: z.literal("layerNorm"), epsilon: epsilon(1e-5) }),
  (context) => {
    const { spec, name, make } = context;
    const shape = vectorShape(context, "[..., features]");
    const [, features] = lastOf(shape, name, "its number of features");
    const scale = make.constant(`${name}.scale`, [features], 1);
    const offset = make.constant(`${name}.offset`, [features], 0);
    return oneOutput(shape, 0, ([x]) =>
      tf.reshape(layerNorm(tf.reshape(x!, [-1, features]), scale, offset, spec.epsilon), x!.shape),
    );
  },
);

/**
 * b_i = a_i / (bias + alpha * sum over the `size` channels around i of a_j^2)^beta
 *
 * Source: Krizhevsky et al. 2012, section 3.3
 */
export const localResponseNormLayer = defineLayer(
  z.strictObject({
    type: z.literal("localResponseNorm"),
    size: z
      .int()
      .min(1)
      .refine((size) => size % 2 === 1, "an odd number is needed")
      .default(5)
      .describe("channels in a sum, odd, n in the paper; default 5"),
    alpha: z.number().positive().default(1e-4).describe("default 1e-4"),
    beta: z.number().positive().default(0.75).describe("default 0.75"),
    bias: z.number().positive().default(2).describe("k in the paper; default 2"),
  }),
  (context) => {
    const { size, alpha, beta, bias } = context.spec;
    const shape = soleShape(context, 3, "[height, width, channels]");
    return oneOutput(shape, 0, ([x]) => localResponseNormalization(x!, { size, alpha, beta, bias }));
  },
);
