import { z } from "zod";

const share = z.number().min(0).lt(1);

/** Which loss, with its constants. Unknown keys are errors. */
export const lossSchema = z.discriminatedUnion("name", [
  z.strictObject({ name: z.literal("mse").describe("squared error") }),
  z.strictObject({ name: z.literal("mae").describe("absolute error") }),
  z.strictObject({
    name: z.literal("huber").describe("half the squared error, but linear beyond delta (Huber 1964)"),
    delta: z
      .number()
      .positive()
      .default(1)
      .describe("absolute error, in units of the targets, above which the loss grows linearly; default 1"),
  }),
  z.strictObject({
    name: z.literal("crossEntropy").describe("negative log-likelihood of one class, of logits"),
    labelSmoothing: share
      .default(0)
      .describe("share of the target that is spread over all classes; default 0 (Szegedy et al. 2016)"),
  }),
  z.strictObject({
    name: z.literal("softCrossEntropy").describe("cross-entropy against distributions, of logits"),
  }),
  z.strictObject({
    name: z
      .literal("binaryCrossEntropy")
      .describe("cross-entropy of yes or no, of logits; targets in [0, 1]"),
  }),
  z.strictObject({ name: z.literal("logistic").describe("log(1 + exp(-m)) of the margin m") }),
  z.strictObject({
    name: z.literal("hinge").describe("max(0, 1 - m) of the margin m (Cortes & Vapnik 1995)"),
  }),
  z.strictObject({ name: z.literal("squaredHinge").describe("max(0, 1 - m)^2 of the margin m") }),
  z.strictObject({
    name: z.literal("exponential").describe("exp(-m) of the margin m (Freund & Schapire 1997)"),
  }),
  z.strictObject({
    name: z
      .literal("focal")
      .describe("cross-entropy that makes little of easy rows, of logits (Lin et al. 2017)"),
    gamma: z
      .number()
      .min(0)
      .default(2)
      .describe("how much easy rows are played down; 0: not at all; default 2"),
    alpha: z
      .union([z.number().gt(0).lt(1), z.array(z.number().min(0)).min(2)])
      .nullable()
      .default(null)
      .describe(
        "weight of class 1 in (0, 1), class 0 having the rest, or one weight per class; null: 1; default null",
      ),
  }),
]);

/** A loss with all its settings, as `lossSchema.parse` returns it. */
export type LossConfig = z.output<typeof lossSchema>;

/** A loss as a person writes it: what has a default may be left out. */
export type LossConfigInput = z.input<typeof lossSchema>;
