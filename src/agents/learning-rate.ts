import { z } from "zod";

const endOf = (what: string) =>
  z.number().min(0).max(1).default(0).describe(`share of the ${what} at last; default 0`);

const stepsOf = (what: string) =>
  z
    .int()
    .min(1)
    .default(10_000_000)
    .describe(`env steps from the whole ${what} to its share at last; default 10000000`);

const timeConstant = z
  .number()
  .positive()
  .default(2_000_000)
  .describe("env steps in which the distance to end falls to 1/e; default 2000000");

const shapesOf = (what: string) =>
  [
    z.strictObject({ type: z.literal("constant") }),
    z.strictObject({ type: z.literal("linear"), end: endOf(what), steps: stepsOf(what) }),
    z.strictObject({ type: z.literal("exponential"), end: endOf(what), timeConstant }),
    z.strictObject({ type: z.literal("cosine"), end: endOf(what), steps: stepsOf(what) }),
  ] as const;

/**
 * A setting's share of its first value, by environment steps.
 * @param what the setting, for the descriptions
 */
export function shareScheduleSchema(what: string) {
  return z.discriminatedUnion("type", shapesOf(what));
}

export type ShareSchedule = z.output<ReturnType<typeof shareScheduleSchema>>;

/**
 * Share of the first value after t environment steps:
 *
 *   constant     1
 *   linear       1 + (end - 1) min(1, t / steps)
 *   exponential  end + (1 - end) exp(-t / timeConstant)
 *   cosine       end + (1 - end) (1 + cos(pi min(1, t / steps))) / 2
 *
 * The cosine is that of Loshchilov and Hutter 2017, equation 5, without restarts, https://arxiv.org/abs/1608.03983
 */
export function shareAt(schedule: ShareSchedule, envSteps: number): number {
  switch (schedule.type) {
    case "constant":
      return 1;
    case "linear":
      return 1 + (schedule.end - 1) * Math.min(1, envSteps / schedule.steps);
    case "exponential":
      return schedule.end + (1 - schedule.end) * Math.exp(-envSteps / schedule.timeConstant);
    case "cosine": {
      const { end, steps } = schedule;
      return end + ((1 - end) * (1 + Math.cos(Math.PI * Math.min(1, envSteps / steps)))) / 2;
    }
    default:
      throw new Error(`There is no schedule ${JSON.stringify(schedule satisfies never)}.`);
  }
}

const warmup = z
  .int()
  .min(0)
  .default(0)
  .describe(
    "env steps in which it first rises in a straight line from 0, before the schedule begins; default 0",
  );

const [constant, linear, exponential, cosine] = shapesOf("learning rate");

/** The optimiser's step size as a share of its `learningRate`, by environment steps. */
export const learningRateScheduleSchema = z.discriminatedUnion("type", [
  constant.extend({ warmup }),
  linear.extend({ warmup }),
  exponential.extend({ warmup }),
  cosine.extend({ warmup }),
]);

export type LearningRateSchedule = z.output<typeof learningRateScheduleSchema>;

/**
 * Share of the learning rate after t environment steps: t / warmup during the warm-up (Goyal et al. 2017, section 2.2,
 * https://arxiv.org/abs/1706.02677), then `shareAt` of the steps since.
 */
export function learningRateShare(schedule: LearningRateSchedule, envSteps: number): number {
  const { warmup } = schedule;
  return envSteps < warmup ? envSteps / warmup : shareAt(schedule, envSteps - warmup);
}
