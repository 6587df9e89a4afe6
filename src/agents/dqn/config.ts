import { z } from "zod";
import { netSpecSchema } from "../../nets/index.js";
import { optimizerSchema } from "../../tensors/index.js";
import { epsilonScheduleSchema } from "../exploration.js";

const targetSchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("hard"),
    every: z
      .int()
      .min(1)
      .default(1000)
      .describe(
        "updates from one copy of the online net to the next; default 1000 (Mnih et al. 2015: 10000)",
      ),
  }),
  z.strictObject({
    type: z.literal("soft"),
    tau: z
      .number()
      .gt(0)
      .max(1)
      .default(0.005)
      .describe("share of the online net that enters at every update; default 0.005 (Lillicrap et al. 2016)"),
  }),
]);

/** Everything that decides how a DQN acts and learns. Defaults are plain DQN; every extension is a switch of its own. */
export const dqnConfigSchema = z.strictObject({
  net: netSpecSchema
    .prefault({ type: "mlp" })
    .describe("body of the Q-network; default an mlp of [128,128]; Mnih et al. 2015: nature"),
  dueling: z
    .boolean()
    .default(false)
    .describe("state value and advantages in two streams; default false (Wang et al. 2016)"),
  double: z
    .boolean()
    .default(false)
    .describe(
      "the online net chooses the next action, the target net values it; default false (van Hasselt et al. 2016)",
    ),
  gamma: z
    .number()
    .min(0)
    .max(1)
    .default(0.99)
    .describe("discount per env step, applied by the replay buffer; default 0.99 (Mnih et al. 2015)"),
  nStep: z
    .int()
    .min(1)
    .default(1)
    .describe(
      "rewards before the bootstrap, in env steps, summed by the replay buffer; default 1 (Sutton 1988)",
    ),
  loss: z
    .enum(["huber", "mse"])
    .default("huber")
    .describe("of the TD error: huber, or mse = half its square; default huber (Mnih et al. 2015)"),
  huberDelta: z
    .number()
    .positive()
    .default(1)
    .describe(
      "absolute TD error, in scaled reward, above which huber grows linearly; default 1 (Mnih et al. 2015)",
    ),
  rewardScale: z
    .number()
    .positive()
    .default(1)
    .describe("factor of every reward before it is learnt; action values are scaled with it; default 1"),
  target: targetSchema
    .prefault({ type: "hard" })
    .describe("how the target net follows the online net; default a copy every 1000 updates"),
  exploration: epsilonScheduleSchema
    .prefault({ type: "linear" })
    .describe("epsilon of the behaviour policy over env steps; default linear from 1 to 0.1 in 100000"),
  optimizer: optimizerSchema
    .prefault({ name: "adam", learningRate: 0.00025 })
    .describe("optimiser, with clipNorm for the global gradient norm; default adam with step size 0.00025"),
});

/** A config with all its defaults, as `dqnConfigSchema.parse` returns it. */
export type DqnConfig = z.output<typeof dqnConfigSchema>;

/** A config as a person writes it. */
export type DqnConfigInput = z.input<typeof dqnConfigSchema>;
