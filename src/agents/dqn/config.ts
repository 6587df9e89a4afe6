import { z } from "zod";
import { netSpecSchema } from "../../nets/index.js";
import { optimizerSchema } from "../../tensors/index.js";
import { explorationSchema } from "../behaviour.js";
import { learningRateScheduleSchema } from "../learning-rate.js";

/** How the target net follows the online net. */
export const targetSchema = z.discriminatedUnion("type", [
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

const noiseSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("none") }),
  z.strictObject({
    type: z.literal("factorised"),
    sigma0: z
      .number()
      .positive()
      .default(0.5)
      .describe(
        "the noise begins with a deviation of this over the root of a layer's inputs; default 0.5 (Fortunato et al. 2018)",
      ),
  }),
]);

const distributionSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("none") }),
  z
    .strictObject({
      type: z.literal("c51"),
      atoms: z
        .int()
        .min(2)
        .max(1024)
        .default(51)
        .describe("returns told apart; default 51 (Bellemare et al. 2017)"),
      vMin: z
        .number()
        .default(-10)
        .describe("lowest of them, in scaled reward; default -10 (Bellemare et al. 2017)"),
      vMax: z
        .number()
        .default(10)
        .describe("highest of them, in scaled reward; default 10 (Bellemare et al. 2017)"),
    })
    .refine(({ vMin, vMax }) => vMin < vMax, { path: ["vMax"], error: "vMax has to be above vMin" }),
  z.strictObject({
    type: z.literal("qr"),
    quantiles: z
      .int()
      .min(1)
      .max(1024)
      .default(50)
      .describe(
        "quantiles of the return; an update takes their square in time; default 50 (Dabney et al. 2018: 200)",
      ),
    kappa: z
      .number()
      .positive()
      .default(1)
      .describe(
        "error, in scaled reward, above which the quantile loss is linear; default 1 (Dabney et al. 2018)",
      ),
  }),
]);

const munchausenSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("off") }),
  z.strictObject({
    type: z.literal("on"),
    alpha: z
      .number()
      .min(0)
      .max(1)
      .default(0.9)
      .describe("share of the log-policy that is added to the reward; default 0.9 (Vieillard et al. 2020)"),
    temperature: z
      .number()
      .positive()
      .default(0.03)
      .describe("tau of the policy softmax(q / tau), in scaled reward; default 0.03 (Vieillard et al. 2020)"),
    clip: z
      .number()
      .max(0)
      .default(-1)
      .describe("lowest value of tau log pi(a|s), in scaled reward; default -1 (Vieillard et al. 2020)"),
  }),
]);

const share = (initial: number, what: string) =>
  z.number().min(0).max(1).default(initial).describe(`${what}; default ${initial} (Schaul et al. 2016)`);

const samplingSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("uniform") }),
  z.strictObject({
    type: z.literal("prioritised"),
    alpha: share(0.6, "how much errors decide, from 0 (not at all) to 1 (in proportion)"),
    betaStart: share(0.4, "exponent of the importance weights at first"),
    betaEnd: share(1, "exponent of the importance weights at last"),
    betaUpdates: z
      .int()
      .min(1)
      .default(100_000)
      .describe("updates in which it goes from the one to the other; default 100000"),
    epsilon: z
      .number()
      .positive()
      .default(1e-6)
      .describe("added to each error, so that none is out of reach; default 1e-6"),
  }),
]);

const dqnShape = z.strictObject({
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
    .describe(
      "of the TD error, where there is no distribution: huber, or mse = half its square; default huber (Mnih et al. 2015)",
    ),
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
  exploration: explorationSchema
    .prefault({ type: "linear" })
    .describe(
      "epsilon of the behaviour policy over env steps, or boltzmann; default linear from 1 to 0.1 in 100000",
    ),
  noise: noiseSchema
    .prefault({ type: "none" })
    .describe("noisy dense layers that explore by themselves, or none; default none (Fortunato et al. 2018)"),
  distribution: distributionSchema
    .prefault({ type: "none" })
    .describe(
      "none: mean returns; c51 (Bellemare et al. 2017); qr: quantiles (Dabney et al. 2018); default none",
    ),
  munchausen: munchausenSchema
    .prefault({ type: "off" })
    .describe(
      "adds the log-policy to the reward, with a soft bootstrap; default off (Vieillard et al. 2020)",
    ),
  sampling: samplingSchema
    .prefault({ type: "uniform" })
    .describe(
      "how the replay buffer draws: uniform, or prioritised by TD error; default uniform (Schaul et al. 2016)",
    ),
  optimizer: optimizerSchema
    .prefault({ name: "adam", learningRate: 0.00025 })
    .describe("optimiser, with clipNorm for the global gradient norm; default adam with step size 0.00025"),
  learningRate: learningRateScheduleSchema
    .prefault({ type: "constant" })
    .describe("how the optimiser's step size changes over env steps; default constant"),
});

/** Everything that decides how a DQN acts and learns. Defaults are plain DQN; every extension is a switch of its own. */
export const dqnConfigSchema = dqnShape
  .refine(({ munchausen, double }) => munchausen.type === "off" || !double, {
    path: ["munchausen"],
    error:
      "a Munchausen target averages over the next actions, so that double has nothing to choose; switch one of them off",
  })
  .refine(({ munchausen, distribution }) => munchausen.type === "off" || distribution.type === "none", {
    path: ["munchausen"],
    error:
      "a Munchausen target is made of mean returns; set distribution.type to none, or munchausen.type to off",
  });

/** A config with all its defaults, as `dqnConfigSchema.parse` returns it. */
export type DqnConfig = z.output<typeof dqnConfigSchema>;

/** A config as a person writes it. */
export type DqnConfigInput = z.input<typeof dqnConfigSchema>;
