import { z } from "zod";
import { tf } from "../../../tensors/index.js";
import { defineLayer, oneOutput, soleShape } from "../layer.js";

/** A vector for each whole number 0 ... count - 1 (int32). Parameters: `weights` `[count, size]`, normal at the start. */
export const embeddingLayer = defineLayer(
  z.strictObject({
    type: z.literal("embedding"),
    count: z.int().min(1).describe("how many different numbers there are"),
    size: z.int().min(1).describe("values of a vector"),
    deviation: z.number().positive().default(0.1).describe("standard deviation at the start; default 0.1"),
  }),
  (context) => {
    const { spec, name, make } = context;
    const shape = soleShape(context, null, "any, of whole numbers");
    const weights = make.normal(`${name}.weights`, [spec.count, spec.size], spec.deviation);
    return oneOutput([...shape, spec.size], 0, ([ids]) => tf.gather(weights, ids as tf.Tensor1D));
  },
);
