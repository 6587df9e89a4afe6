import { z } from "zod";
import { netSpecSchema } from "../../nets/index.js";
import { optimizerSchema } from "../../tensors/index.js";
import { explorationSchema } from "../behaviour.js";
import { targetSchema } from "../dqn/config.js";
import { learningRateScheduleSchema } from "../learning-rate.js";

/** Everything that decides how a DRQN acts and learns. */
export const drqnConfigSchema = z.strictObject({
  net: netSpecSchema
    .prefault({ type: "mlp", hidden: [64] })
    .describe("body of the Q-network, below its LSTM; default an mlp of [64]"),
  lstm: z
    .strictObject({
      units: z
        .int()
        .min(1)
        .max(4096)
        .default(64)
        .describe("numbers of each of its two states, c and h; default 64 (Hausknecht & Stone 2015: 512)"),
    })
    .prefault({})
    .describe("the memory, between the body and the action values; default 64 units"),
  dueling: z
    .boolean()
    .default(false)
    .describe("state value and advantages in two streams above the LSTM; default false (Wang et al. 2016)"),
  double: z
    .boolean()
    .default(true)
    .describe("the online net chooses the next action, the target net values it; default true"),
  gamma: z.number().min(0).max(1).default(0.99).describe("discount per env step; default 0.99"),
  sequence: z
    .strictObject({
      length: z
        .int()
        .min(1)
        .max(1024)
        .default(16)
        .describe("steps of a sequence that are learnt from, and through which gradients flow; default 16"),
      burnIn: z
        .int()
        .min(0)
        .max(1024)
        .default(8)
        .describe("steps before those that only warm the memory up; default 8 (Kapturowski et al. 2019: 40)"),
    })
    .prefault({})
    .describe("what is learnt from together; default 16 steps, after 8 that warm up"),
  storedState: z
    .boolean()
    .default(true)
    .describe(
      "sequences begin with the memory that the agent had there; false: with an empty one; default true (Kapturowski et al. 2019)",
    ),
  loss: z
    .enum(["huber", "mse"])
    .default("huber")
    .describe("of the TD error: huber, or mse = half its square; default huber"),
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
    .prefault({ type: "soft", tau: 0.01 })
    .describe("how the target net follows the online net; default soft with tau 0.01"),
  exploration: explorationSchema
    .prefault({ type: "linear", end: 0.05 })
    .describe(
      "epsilon of the behaviour policy over env steps, or boltzmann; default linear from 1 to 0.05 in 100000",
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

/** A config with all its defaults, as `drqnConfigSchema.parse` returns it. */
export type DrqnConfig = z.output<typeof drqnConfigSchema>;

/** A config as a person writes it. */
export type DrqnConfigInput = z.input<typeof drqnConfigSchema>;
