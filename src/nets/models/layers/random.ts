import { z } from "zod";
import { hostStep, tf } from "../../../tensors/index.js";
import { NetError } from "../../errors.js";
import { fillMask, fillNormal } from "../../fast-random.js";
import { defineLayer, oneOutput, shapesText, soleShape } from "../layer.js";

const rate = z
  .number()
  .min(0)
  .lt(1)
  .default(0.5)
  .describe("probability of being dropped, in [0, 1); default 0.5");

/**
 * Sets values to 0 with probability `rate` while training, and scales the others up so that the expectation stays.
 * Source: Srivastava et al. 2014, https://jmlr.org/papers/v15/srivastava14a.html
 */
export const dropoutLayer = defineLayer(
  z.strictObject({
    type: z.literal("dropout"),
    rate,
    whole: z
      .enum(["none", "channels", "steps"])
      .default("none")
      .describe(
        "channels: a channel is dropped everywhere or nowhere in a row; steps: all channels of a position together; default none",
      ),
  }),
  (context) => {
    const { rate, whole } = context.spec;
    const shape = soleShape(context, null, "any");
    if (whole === "steps" && shape.length < 2) {
      throw new NetError(
        "invalid-net",
        `"${context.name}" drops whole steps, of which its input ${shapesText([shape])} has none; use the whole "none".`,
      );
    }
    return oneOutput(shape, 0, ([x], { training, random }) => {
      if (!training || rate === 0) return x!;
      const last = x!.rank - 1;
      const maskShape = x!.shape.map((extent, axis) => {
        if (axis === 0 || whole === "none") return extent;
        return (whole === "channels") === (axis === last) ? extent : 1;
      });
      const [mask] = hostStep([], [maskShape], (_, [out]) => fillMask(random, out!, 1 - rate));
      return tf.mul(x!, mask!);
    });
  },
);

/** Adds normal numbers of a mean of 0 while training. */
export const gaussianNoiseLayer = defineLayer(
  z.strictObject({
    type: z.literal("gaussianNoise"),
    deviation: z.number().positive().describe("standard deviation, in units of the input"),
  }),
  (context) => {
    const { deviation } = context.spec;
    const shape = soleShape(context, null, "any");
    return oneOutput(shape, 0, ([x], { training, random }) => {
      if (!training) return x!;
      const [noise] = hostStep([], [x!.shape], (_, [out]) => fillNormal(random, out!, (e) => deviation * e));
      return tf.add(x!, noise!);
    });
  },
);
