import { z } from "zod";

const clipNorm = z
  .number()
  .positive()
  .nullable()
  .default(null)
  .describe(
    "Largest L2 norm of all gradients together; larger ones are scaled down to it. null: no clipping.",
  );

const learningRate = (initial: number) =>
  z
    .number()
    .positive()
    .default(initial)
    .describe("Step size, in weight units per unit of (scaled) gradient.");

const fraction = z.number().min(0).lt(1);

/** Which optimiser, with its constants; defaults are those of PyTorch, but for RMSProp's, which are Nature DQN's. */
export const optimizerSchema = z.discriminatedUnion("name", [
  z.strictObject({
    name: z.literal("sgd"),
    learningRate: learningRate(0.01),
    momentum: fraction.default(0).describe("Share of the last step that is kept, in [0, 1)."),
    nesterov: z.boolean().default(false).describe("Looks ahead along the momentum (Nesterov 1983)."),
    clipNorm,
  }),
  z.strictObject({
    name: z.literal("rmsprop"),
    learningRate: learningRate(0.00025),
    decay: fraction.default(0.95).describe("Share of the old averages that is kept at each step, in [0, 1)."),
    epsilon: z
      .number()
      .positive()
      .default(0.01)
      .describe("Added to the root, outside of it, as PyTorch does."),
    centered: z
      .boolean()
      .default(true)
      .describe("Divides by the standard deviation instead of the root mean square."),
    momentum: fraction.default(0).describe("Share of the last step that is kept, in [0, 1)."),
    clipNorm,
  }),
  z.strictObject({
    name: z.literal("adam"),
    learningRate: learningRate(0.001),
    beta1: fraction.default(0.9).describe("Share of the old mean gradient that is kept, in [0, 1)."),
    beta2: fraction
      .default(0.999)
      .describe("Share of the old mean squared gradient that is kept, in [0, 1)."),
    epsilon: z.number().positive().default(1e-8).describe("Added to the root, outside of it."),
    clipNorm,
  }),
  z.strictObject({
    name: z
      .literal("radam")
      .describe(
        "Adam that begins without its divisor and lets it in as its variance falls (Liu et al. 2020).",
      ),
    learningRate: learningRate(0.001),
    beta1: fraction.default(0.9).describe("Share of the old mean gradient that is kept, in [0, 1)."),
    beta2: fraction
      .default(0.999)
      .describe("Share of the old mean squared gradient that is kept, in [0, 1)."),
    epsilon: z.number().positive().default(1e-8).describe("Added to the corrected root, outside of it."),
    clipNorm,
  }),
]);

/** A complete configuration, as `optimizerSchema.parse` returns it. */
export type OptimizerConfig = z.output<typeof optimizerSchema>;
