import { z } from "zod";
import { lossSchema, penaltySchema } from "../../nets/index.js";
import { optimizerSchema } from "../../tensors/index.js";
import { metricSchema } from "../metrics/index.js";
import { plateauSchema, scheduleSchema } from "../schedules.js";

/** What one output of a model is to become. */
export const headSchema = z.strictObject({
  target: z
    .string()
    .default("targets")
    .describe("field of the batches that holds the targets; default targets"),
  loss: lossSchema.describe("how far outputs are from targets"),
  weight: z
    .number()
    .positive()
    .default(1)
    .describe("factor of this loss in the sum of all heads' losses; default 1"),
  mask: z
    .string()
    .nullable()
    .default(null)
    .describe("field with a weight for each row, or for each row and step; default null: all count alike"),
  classWeights: z
    .array(z.number().min(0))
    .nullable()
    .default(null)
    .describe("factor of a row's loss in training by its class; default null: all classes count alike"),
  metrics: z.array(metricSchema).default([]).describe("what evaluations tell beside the loss"),
});

/** What a model's outputs are to become, by their names, and what it is given. */
export const objectiveSchema = z.strictObject({
  heads: z.record(z.string(), headSchema).describe("by output"),
  inputs: z
    .record(z.string(), z.string())
    .default({})
    .describe(
      "field of the batches for an input of the model; by default that of its name, or `inputs` where a model has one input only",
    ),
});

export type Objective = z.output<typeof objectiveSchema>;
export type ObjectiveInput = z.input<typeof objectiveSchema>;

const earlyStoppingSchema = z.strictObject({
  metric: z
    .string()
    .default("loss")
    .describe("figure of the validation that is judged, such as loss or accuracy; default loss"),
  patience: z
    .int()
    .min(1)
    .nullable()
    .default(null)
    .describe("ends after so many evaluations in a row without a new best; default null: goes on"),
  minDelta: z.number().min(0).default(0).describe("what counts as better; default 0"),
  restoreBest: z
    .boolean()
    .default(true)
    .describe("gives the model the weights of its best evaluation at the end; default true"),
});

/** A regular expression of parameters' names. */
const namePattern = penaltySchema.shape.pattern.unwrap();

/** Names of the figures that evaluations have; of several heads `<head>.<metric>`. */
function figureNames(heads: Objective["heads"]): string[] {
  const all = Object.entries(heads);
  const several = all.length > 1;
  const own = all.flatMap(([head, { metrics }]) =>
    several ? ["loss", ...metrics].map((name) => `${head}.${name}`) : metrics,
  );
  return ["loss", ...own];
}

/** How a model is fitted. */
export const fitConfigSchema = z
  .strictObject({
    objective: objectiveSchema,
    epochs: z.int().min(1).default(10).describe("passes through the training data; default 10"),
    optimizer: optimizerSchema.default(() => optimizerSchema.parse({ name: "adam" })),
    schedule: scheduleSchema
      .default(() => scheduleSchema.parse({ name: "constant" }))
      .describe("factor of the optimiser's learning rate over the updates; default constant"),
    plateau: plateauSchema
      .nullable()
      .default(null)
      .describe(
        "lowers the rate when the figure of earlyStopping.metric gets no better; default null: does not",
      ),
    penalty: penaltySchema.nullable().default(null).describe("added to the loss; default null: none"),
    maxNorm: z
      .number()
      .positive()
      .nullable()
      .default(null)
      .describe("largest norm of a unit's incoming weights; default null: any (Srivastava et al. 2014)"),
    accumulate: z
      .int()
      .min(1)
      .default(1)
      .describe("batches whose gradients are averaged for an update; default 1"),
    trainable: namePattern
      .nullable()
      .default(null)
      .describe("regular expression of the parameters that are trained; default null: all"),
    evaluateEvery: z.int().min(1).default(1).describe("epochs from one validation to the next; default 1"),
    earlyStopping: earlyStoppingSchema.default(() => earlyStoppingSchema.parse({})),
  })
  .superRefine(({ objective, earlyStopping: { metric } }, context) => {
    const names = figureNames(objective.heads);
    if (names.includes(metric)) return;
    const message = `Validations have no such figure, but ${names.join(", ")}`;
    context.addIssue({ code: "custom", path: ["earlyStopping", "metric"], message });
  });

/** With all settings, as `fitConfigSchema.parse` returns it. */
export type FitConfig = z.output<typeof fitConfigSchema>;
export type FitConfigInput = z.input<typeof fitConfigSchema>;
