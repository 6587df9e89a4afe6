import { z } from "zod";
import { netSpecSchema } from "../../nets/index.js";
import { optimizerSchema } from "../../tensors/index.js";
import { learningRateScheduleSchema, shareScheduleSchema } from "../learning-rate.js";

/** Everything that decides how a PPO acts and learns. Defaults are near those of Huang et al. 2022. */
export const ppoConfigSchema = z.strictObject({
  net: netSpecSchema
    .prefault({ type: "mlp", hidden: [64, 64], activation: "tanh", initializer: "orthogonal" })
    .describe("body of the policy net, and of the value net; default an orthogonal mlp of [64,64] with tanh"),
  gamma: z.number().min(0).max(1).default(0.99).describe("discount per env step; default 0.99"),
  lambda: z
    .number()
    .min(0)
    .max(1)
    .default(0.95)
    .describe(
      "share of what really followed in the advantages, the rest being its estimate by one step: 0 has no variance but the step's, 1 no bias; default 0.95 (Schulman et al. 2016)",
    ),
  clip: z
    .number()
    .positive()
    .lt(1)
    .default(0.2)
    .describe(
      "epsilon: how far the probability of an action, by its ratio to the one before, is drawn by a rollout; default 0.2",
    ),
  clipSchedule: shareScheduleSchema("clip")
    .prefault({ type: "constant" })
    .describe("how clip falls over env steps; default constant"),
  valueClip: z
    .boolean()
    .default(false)
    .describe("whether values, too, are drawn by no more than clip; default false"),
  valueCoefficient: z
    .number()
    .min(0)
    .default(0.5)
    .describe("weight of the value loss in the whole loss; default 0.5"),
  entropyCoefficient: z
    .number()
    .min(0)
    .default(0.01)
    .describe("weight of the policy's entropy, in nats, which keeps it exploring; default 0.01"),
  normalizeAdvantages: z
    .boolean()
    .default(true)
    .describe("advantages of each minibatch to mean 0 and deviation 1; default true"),
  targetKl: z
    .number()
    .positive()
    .nullable()
    .default(null)
    .describe(
      "approximate divergence of the policy from the one that acted, in nats, as a mean over an epoch, above which a rollout gets no further epochs; default null: all",
    ),
  initialLogStd: z
    .number()
    .default(0)
    .describe("logarithm of the deviation that actions in a Box start with; default 0"),
  rewardScale: z
    .number()
    .positive()
    .default(1)
    .describe("factor of every reward before it is learnt; values are scaled with it; default 1"),
  optimizer: optimizerSchema
    .prefault({ name: "adam", learningRate: 0.0003, epsilon: 1e-5, clipNorm: 0.5 })
    .describe(
      "optimiser of both nets, with clipNorm for the global gradient norm; default adam with step size 0.0003 and epsilon 1e-5, clipped to 0.5",
    ),
  learningRate: learningRateScheduleSchema
    .prefault({ type: "constant" })
    .describe("how the optimiser's step size falls over env steps; default constant"),
});

/** A config with all its defaults, as `ppoConfigSchema.parse` returns it. */
export type PpoConfig = z.output<typeof ppoConfigSchema>;

/** A config as a person writes it. */
export type PpoConfigInput = z.input<typeof ppoConfigSchema>;
