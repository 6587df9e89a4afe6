import { z } from "zod";

const warmupEpochs = z
  .number()
  .min(0)
  .default(0)
  .describe("epochs over which the rate first rises linearly to its base; default 0 (Goyal et al. 2017)");

const factor = z.number().positive().max(1);

/** How the learning rate changes from step to step, as a factor of its base. Unknown keys are errors. */
export const scheduleSchema = z.discriminatedUnion("name", [
  z.strictObject({ name: z.literal("constant").describe("always the base rate"), warmupEpochs }),
  z.strictObject({
    name: z.literal("step").describe("multiplies the rate by factor every so many epochs"),
    every: z.int().min(1).describe("epochs from one drop to the next"),
    factor: factor.default(0.1).describe("default 0.1"),
    warmupEpochs,
  }),
  z.strictObject({
    name: z.literal("multistep").describe("multiplies the rate by factor at each milestone"),
    milestones: z.array(z.int().min(1)).describe("epochs at whose start the rate drops, counted from 0"),
    factor: factor.default(0.1).describe("default 0.1"),
    warmupEpochs,
  }),
  z.strictObject({
    name: z.literal("exponential").describe("multiplies the rate by factor after every epoch"),
    factor: factor.describe("of one epoch"),
    warmupEpochs,
  }),
  z.strictObject({
    name: z
      .literal("cosine")
      .describe("half a cosine from the base rate to the last (Loshchilov & Hutter 2017)"),
    final: z.number().min(0).max(1).default(0).describe("last factor; default 0"),
    warmupEpochs,
  }),
  z.strictObject({
    name: z
      .literal("oneCycle")
      .describe("half a cosine up to the base rate and another down to almost nothing (Smith & Topin 2019)"),
    rise: z
      .number()
      .gt(0)
      .lt(1)
      .default(0.3)
      .describe("share of all steps in which the rate rises; default 0.3"),
    initialDivisor: z.number().min(1).default(25).describe("base rate / first rate; default 25"),
    finalDivisor: z.number().min(1).default(10_000).describe("first rate / last rate; default 10000"),
  }),
  z.strictObject({
    name: z
      .literal("inverseSquareRoot")
      .describe("linearly up to the base rate, then as 1 / sqrt(step) (Vaswani et al. 2017)"),
    warmupSteps: z.int().min(1).default(4000).describe("steps up to the base rate; default 4000"),
  }),
]);

/** A schedule with all its settings, as `scheduleSchema.parse` returns it. */
export type ScheduleConfig = z.output<typeof scheduleSchema>;

/** How long a fit takes. */
export interface FitLength {
  /** Updates per epoch; a fraction where their gradients are of batches of several epochs. */
  stepsPerEpoch: number;
  epochs: number;
}

/** @param step updates made so far, from 0 @returns factor of the base rate for the next one */
export type Schedule = (step: number) => number;

/**
 * The factor of the base learning rate at each step. Steps beyond the length have the factor of the last.
 *
 * - constant, step, multistep, exponential change at the starts of epochs: with n the epoch from 0, step has
 *   factor^floor(n / every), multistep factor^(milestones up to n), exponential factor^n. All three count the epochs
 *   of the warm-up.
 * - cosine changes at every step: final + (1 - final) (1 + cos(pi t)) / 2, t from 0 to 1 over the steps after the
 *   warm-up (https://arxiv.org/abs/1608.03983)
 * - a warm-up of w steps multiplies the factor by (step + 1) / w in its steps (https://arxiv.org/abs/1706.02677)
 * - oneCycle is PyTorch's `OneCycleLR` (https://arxiv.org/abs/1708.07120)
 * - inverseSquareRoot: min((step + 1) / w, sqrt(w / (step + 1))), w = warmupSteps (https://arxiv.org/abs/1706.03762,
 *   equation 3, scaled so that its highest value is 1)
 *
 * @example
 * const schedule = scheduleOf(scheduleSchema.parse({ name: "cosine" }), { stepsPerEpoch: 100, epochs: 10 });
 * schedule(500); // about 0.5
 */
export function scheduleOf(config: ScheduleConfig, length: FitLength): Schedule {
  const steps = wholeSteps(length);
  const within = (step: number) => Math.min(step, steps - 1);
  if (config.name === "oneCycle") return (step) => oneCycle(config, within(step), steps);
  if (config.name === "inverseSquareRoot") {
    const { warmupSteps } = config;
    return (step) => Math.min((within(step) + 1) / warmupSteps, Math.sqrt(warmupSteps / (within(step) + 1)));
  }
  const warmup = Math.round(config.warmupEpochs * length.stepsPerEpoch);
  const decay = decayOf(config, { ...length, warmup });
  return (step) => Math.min(1, (within(step) + 1) / warmup) * decay(within(step));
}

/** Updates of a whole fit; the last batches make none where they are too few. */
function wholeSteps({ stepsPerEpoch, epochs }: FitLength): number {
  const rounding = 1e-6;
  return Math.max(1, Math.floor(stepsPerEpoch * epochs + rounding));
}

type DecayConfig = Exclude<ScheduleConfig, { name: "oneCycle" | "inverseSquareRoot" }>;

function decayOf(config: DecayConfig, length: FitLength & { warmup: number }): Schedule {
  const { stepsPerEpoch, warmup } = length;
  const epochOf = (step: number) => Math.floor(step / stepsPerEpoch);
  switch (config.name) {
    case "constant":
      return () => 1;
    case "step":
      return (step) => config.factor ** Math.floor(epochOf(step) / config.every);
    case "multistep":
      return (step) =>
        config.factor ** config.milestones.filter((milestone) => milestone <= epochOf(step)).length;
    case "exponential":
      return (step) => config.factor ** epochOf(step);
    case "cosine": {
      const last = Math.max(1, wholeSteps(length) - 1 - warmup);
      return (step) => cosine(1, config.final, Math.max(0, step - warmup) / last);
    }
    default:
      throw new Error(`There is no schedule ${JSON.stringify(config satisfies never)}.`);
  }
}

function oneCycle(
  { rise, initialDivisor, finalDivisor }: Extract<ScheduleConfig, { name: "oneCycle" }>,
  step: number,
  steps: number,
): number {
  const first = 1 / initialDivisor;
  const peak = rise * steps - 1;
  if (step < peak) return cosine(first, 1, step / peak);
  return cosine(1, first / finalDivisor, (step - peak) / (steps - 1 - peak));
}

/** Half a cosine from one value to another, `share` from 0 to 1. */
function cosine(from: number, to: number, share: number): number {
  return to + ((from - to) * (1 + Math.cos(Math.PI * share))) / 2;
}

/** The schedule that follows a measure instead of the steps. Unknown keys are errors. */
export const plateauSchema = z.strictObject({
  name: z.literal("plateau").describe("multiplies the rate by factor when a measure gets no better"),
  factor: factor.lt(1).default(0.1).describe("default 0.1"),
  patience: z.int().min(0).default(10).describe("epochs without improvement that are let pass; default 10"),
  threshold: z
    .number()
    .min(0)
    .default(1e-4)
    .describe("share by which the measure must beat the best one to count as better; default 1e-4"),
  cooldown: z.int().min(0).default(0).describe("epochs after a drop that are not counted; default 0"),
  final: z.number().min(0).max(1).default(0).describe("lowest factor; default 0"),
});

export type PlateauConfig = z.output<typeof plateauSchema>;

/** What a plateau schedule has to remember; JSON. */
export interface PlateauState {
  factor: number;
  /** Best measure; null before the first. */
  best: number | null;
  /** Epochs since it was reached or since the last drop. */
  waited: number;
  /** Epochs that are still not counted. */
  cooling: number;
}

/**
 * Lowers the learning rate when a measure has not improved for more than `patience` epochs; as PyTorch's
 * `ReduceLROnPlateau`.
 */
export class PlateauSchedule {
  private state: PlateauState = { factor: 1, best: null, waited: 0, cooling: 0 };

  constructor(
    private readonly config: PlateauConfig,
    /** Of the measure: true for accuracy, false for a loss. */
    private readonly higherIsBetter: boolean,
  ) {}

  /** Factor of the base rate. */
  get factor(): number {
    return this.state.factor;
  }

  /** Takes the measure of an epoch; NaN counts as no improvement. @returns the factor for the next epoch */
  observe(measure: number): number {
    const { state, config } = this;
    if (this.isBetter(measure)) {
      state.best = measure;
      state.waited = 0;
    } else {
      state.waited++;
    }
    if (state.cooling > 0) {
      state.cooling--;
      state.waited = 0;
    }
    if (state.waited > config.patience) {
      state.factor = Math.max(config.final, state.factor * config.factor);
      state.waited = 0;
      state.cooling = config.cooldown;
    }
    return state.factor;
  }

  save(): PlateauState {
    return { ...this.state };
  }

  restore(state: PlateauState): void {
    this.state = { ...state };
  }

  private isBetter(measure: number): boolean {
    const { best } = this.state;
    if (best === null) return !Number.isNaN(measure);
    const margin = this.config.threshold * Math.abs(best);
    return this.higherIsBetter ? measure > best + margin : measure < best - margin;
  }
}
