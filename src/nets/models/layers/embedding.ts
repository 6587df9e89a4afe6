import { z } from "zod";
import { hostStep, tf } from "../../../tensors/index.js";
import { NetError } from "../../errors.js";
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
    return oneOutput([...shape, spec.size], 0, ([ids]) => {
      try {
        return tf.gather(weights, ids as tf.Tensor1D);
      } catch (error) {
        let outside: number | undefined;
        // Where the pass is being captured, tensors may be read here alone.
        hostStep([ids!], [[]], ([values]) => {
          outside = values!.find((id) => id < 0 || id >= spec.count);
        });
        if (outside === undefined) throw error;
        throw new NetError(
          "invalid-input",
          `"${name}" has vectors for 0 to ${spec.count - 1}, but is asked for ${outside}; map what is unknown to a number of its own, or raise "count".`,
        );
      }
    });
  },
);
