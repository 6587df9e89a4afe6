import { z } from "zod";
import { netSpecSchema } from "../../nets/index.js";
import { optimizerSchema } from "../../tensors/index.js";
import { targetSchema } from "../dqn/config.js";
import { epsilonScheduleSchema } from "../exploration.js";
import { learningRateScheduleSchema } from "../learning-rate.js";

const mixingSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("sum").describe("the utilities add up (VDN, Sunehag et al. 2018)") }),
  z.strictObject({
    type: z
      .literal("monotonic")
      .describe(
        "a net that never falls with a utility, its weights made from the state (Rashid et al. 2018)",
      ),
    embedding: z
      .int()
      .min(1)
      .max(4096)
      .default(32)
      .describe("units of the mixing net's hidden layer; default 32 (Rashid et al. 2018)"),
    hypernet: z
      .int()
      .min(0)
      .max(4096)
      .default(64)
      .describe(
        "hidden units of the nets that make its weights; 0: single linear layers, as Rashid et al. 2018; default 64 (Samvelyan et al. 2019)",
      ),
  }),
]);

export type Mixing = z.output<typeof mixingSchema>;

/** Everything that decides how a team acts and learns whose utilities add up: value decomposition networks. */
export const vdnConfigSchema = z.strictObject({
  net: netSpecSchema
    .prefault({ type: "mlp", hidden: [64, 64] })
    .describe("body of the utility net, which all agents share; default an mlp of [64,64]"),
  agentId: z
    .boolean()
    .default(true)
    .describe("the utility net also sees which agent it is, so that agents can differ; default true"),
  double: z
    .boolean()
    .default(true)
    .describe("the online net chooses the next actions, the target net values them; default true"),
  gamma: z
    .number()
    .min(0)
    .max(1)
    .default(0.99)
    .describe("discount per env step, applied by the replay buffer; default 0.99 (Rashid et al. 2018)"),
  nStep: z
    .int()
    .min(1)
    .default(1)
    .describe("rewards before the bootstrap, in env steps, summed by the replay buffer; default 1"),
  loss: z
    .enum(["huber", "mse"])
    .default("mse")
    .describe("of the team's TD error: huber, or mse = half its square; default mse (Rashid et al. 2018)"),
  huberDelta: z
    .number()
    .positive()
    .default(1)
    .describe("absolute TD error, in scaled reward, above which huber grows linearly; default 1"),
  rewardScale: z
    .number()
    .positive()
    .default(1)
    .describe("factor of every reward before it is learnt; action values are scaled with it; default 1"),
  target: targetSchema
    .prefault({ type: "hard", every: 200 })
    .describe("how the target nets follow the online nets; default a copy every 200 updates"),
  exploration: epsilonScheduleSchema
    .prefault({ type: "linear", end: 0.05, steps: 50_000 })
    .describe(
      "epsilon of each agent by itself over env steps; default linear from 1 to 0.05 in 50000 (Rashid et al. 2018)",
    ),
  optimizer: optimizerSchema
    .prefault({ name: "adam", learningRate: 0.0005, clipNorm: 10 })
    .describe(
      "optimiser, with clipNorm for the global gradient norm; default adam with step size 0.0005, clipped to 10",
    ),
  learningRate: learningRateScheduleSchema
    .prefault({ type: "constant" })
    .describe("how the optimiser's step size changes over env steps; default constant"),
});

export type VdnConfig = z.output<typeof vdnConfigSchema>;

export type VdnConfigInput = z.input<typeof vdnConfigSchema>;

/** Everything that decides how a team acts and learns, and how its utilities are mixed. */
export const qmixConfigSchema = vdnConfigSchema.extend({
  mixing: mixingSchema
    .prefault({ type: "monotonic" })
    .describe("how the agents' utilities make the team's value: monotonic or sum; default monotonic"),
});

/** A config with all its defaults, as `qmixConfigSchema.parse` returns it. */
export type QmixConfig = z.output<typeof qmixConfigSchema>;

/** A config as a person writes it. */
export type QmixConfigInput = z.input<typeof qmixConfigSchema>;
