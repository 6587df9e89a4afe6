import { z } from "zod";
import { netSpecSchema } from "../../nets/index.js";
import { optimizerSchema } from "../../tensors/index.js";
import { explorationSchema } from "../behaviour.js";
import { learningRateScheduleSchema } from "../learning-rate.js";

/** Everything that decides how a PQN acts and learns. Defaults are the paper's, for MinAtar. */
export const pqnConfigSchema = z.strictObject({
  net: netSpecSchema
    .prefault({ type: "mlp", norm: "layer" })
    .describe(
      "body of the Q-network; default an mlp of [128,128] with LayerNorm, which stands in for the target net (Gallici et al. 2024)",
    ),
  dueling: z
    .boolean()
    .default(false)
    .describe("state value and advantages in two streams; default false (Wang et al. 2016)"),
  gamma: z.number().min(0).max(1).default(0.99).describe("discount per env step; default 0.99"),
  lambda: z
    .number()
    .min(0)
    .max(1)
    .default(0.65)
    .describe(
      "share of what really followed in the returns, the rest being its estimate by one step: 0 is Q-learning, 1 the rewards of the whole rollout; default 0.65",
    ),
  loss: z
    .enum(["huber", "mse"])
    .default("mse")
    .describe("of the error against the return: huber, or mse = half its square; default mse"),
  huberDelta: z
    .number()
    .positive()
    .default(1)
    .describe("absolute error, in scaled reward, above which huber grows linearly; default 1"),
  rewardScale: z
    .number()
    .positive()
    .default(1)
    .describe("factor of every reward before it is learnt; action values are scaled with it; default 1"),
  exploration: explorationSchema
    .prefault({ type: "linear", end: 0.05, steps: 1_000_000 })
    .describe(
      "epsilon of the behaviour policy over env steps, or boltzmann; default linear from 1 to 0.05 in 1000000",
    ),
  optimizer: optimizerSchema
    .prefault({ name: "radam", learningRate: 0.0005, clipNorm: 10 })
    .describe(
      "optimiser, with clipNorm for the global gradient norm; default radam with step size 0.0005, clipped to 10",
    ),
  learningRate: learningRateScheduleSchema
    .prefault({ type: "constant" })
    .describe("how the optimiser's step size changes over env steps; default constant"),
});

/** A config with all its defaults, as `pqnConfigSchema.parse` returns it. */
export type PqnConfig = z.output<typeof pqnConfigSchema>;

/** A config as a person writes it. */
export type PqnConfigInput = z.input<typeof pqnConfigSchema>;
