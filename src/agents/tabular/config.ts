import { z } from "zod";
import { tabularExplorationSchema } from "./exploration.js";
import { stepSizeSchema } from "./step-size.js";

const steps = z.int().min(1).default(4).describe("rewards before the bootstrap, in env steps; default 4");

const traces = {
  lambda: z
    .number()
    .min(0)
    .max(1)
    .default(0.9)
    .describe("share of a trace that stays, beside gamma; default 0.9"),
  traces: z
    .enum(["replacing", "accumulating"])
    .default("replacing")
    .describe(
      "a visit sets the trace of its pair to 1, or adds 1 to it; default replacing (Singh and Sutton 1996)",
    ),
};

/** The rule by which values are learnt. Each has its own settings. */
export const tabularMethodSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("monte-carlo") }),
  z.strictObject({ type: z.literal("sarsa") }),
  z.strictObject({ type: z.literal("expected-sarsa") }),
  z.strictObject({ type: z.literal("q-learning") }),
  z.strictObject({ type: z.literal("double-q-learning") }),
  z.strictObject({ type: z.literal("n-step-sarsa"), n: steps }),
  z.strictObject({ type: z.literal("n-step-expected-sarsa"), n: steps }),
  z.strictObject({
    type: z.literal("tree-backup"),
    n: steps,
    target: z
      .enum(["greedy", "behaviour"])
      .default("greedy")
      .describe("the policy that is learnt about; default greedy"),
  }),
  z.strictObject({ type: z.literal("sarsa-lambda"), ...traces }),
  z.strictObject({ type: z.literal("q-lambda"), ...traces }),
  z.strictObject({
    type: z.literal("dyna-q"),
    planningSteps: z
      .int()
      .min(0)
      .default(10)
      .describe("updates from the learnt model after each env step; default 10"),
    model: z
      .enum(["latest", "counts"])
      .default("counts")
      .describe(
        "what it remembers of a pair: the latest outcome, for worlds that change but know no chance (Sutton 1990), or how often each came; default counts",
      ),
    kappa: z
      .number()
      .min(0)
      .default(0)
      .describe(
        "Dyna-Q+: planned rewards grow by kappa sqrt(env steps since the pair was tried); default 0: Dyna-Q",
      ),
  }),
]);

/** Everything that decides how a tabular agent acts and learns. */
export const tabularConfigSchema = z.strictObject({
  method: tabularMethodSchema
    .prefault({ type: "q-learning" })
    .describe("the rule by which values are learnt; default q-learning (Watkins 1989)"),
  gamma: z.number().min(0).max(1).default(0.99).describe("discount per env step; default 0.99"),
  stepSize: stepSizeSchema
    .prefault({ type: "constant" })
    .describe("how far a value moves towards its target; default constant 0.1"),
  initialQ: z
    .number()
    .default(0)
    .describe("all values at first; above what can be earned, it makes the agent try everything; default 0"),
  exploration: tabularExplorationSchema
    .prefault({ type: "epsilon-greedy" })
    .describe("how actions are chosen while learning; default epsilon-greedy"),
  countBonus: z
    .number()
    .min(0)
    .default(0)
    .describe(
      "beta: learnt rewards grow by beta / sqrt(visits of the pair) (Strehl and Littman 2008); what was never tried has none, so initialQ should be beta / (1 - gamma); default 0",
    ),
});

/** A config with all its defaults, as `tabularConfigSchema.parse` returns it. */
export type TabularConfig = z.output<typeof tabularConfigSchema>;

/** A config as a person writes it. */
export type TabularConfigInput = z.input<typeof tabularConfigSchema>;

export type TabularMethod = TabularConfig["method"];
