import { z } from "zod";

/** How far a value moves towards its target in one update. */
export const stepSizeSchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("constant"),
    alpha: z.number().gt(0).max(1).default(0.1).describe("share of the error; default 0.1"),
  }),
  z.strictObject({
    type: z.literal("visits"),
    initial: z.number().gt(0).max(1).default(1).describe("share of the error at the first update; default 1"),
    delay: z
      .number()
      .positive()
      .default(1)
      .describe("updates of the pair from which it falls noticeably; default 1: initial / n^exponent"),
    exponent: z
      .number()
      .gt(0)
      .max(1)
      .default(1)
      .describe("how fast it falls; default 1; values converge for 0.5 < exponent <= 1"),
    least: z.number().min(0).max(1).default(0).describe("it never falls below; default 0"),
  }),
]);

export type StepSizeConfig = z.output<typeof stepSizeSchema>;

/** Counts an update of the pair in `updates`, and says its step size. */
export function nextStepSize(config: StepSizeConfig, updates: Uint32Array, pair: number): number {
  updates[pair]!++;
  return config.type === "constant" ? config.alpha : visitsStepSize(config, updates[pair]!);
}

/** The step size of the pair's latest update. */
export function latestStepSize(config: StepSizeConfig, updates: Uint32Array, pair: number): number {
  return config.type === "constant" ? config.alpha : visitsStepSize(config, Math.max(1, updates[pair]!));
}

/**
 * alpha_n = max(least, initial / (1 + (n - 1) / delay)^exponent) for the n-th update of a pair; 1/n by default, which
 * makes a value the mean of its targets (Sutton and Barto 2018, 2.3; what convergence needs is 2.7).
 */
function visitsStepSize(config: Extract<StepSizeConfig, { type: "visits" }>, n: number): number {
  const { initial, delay, exponent, least } = config;
  const age = 1 + (n - 1) / delay;
  return Math.max(least, exponent === 1 ? initial / age : initial / age ** exponent);
}
