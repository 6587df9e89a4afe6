import type { Env, ResetOptions, ResetResult, StepResult } from "../env.js";
import { GymnasiumError } from "../errors.js";
import { copyOutcome, emptyStepResult, Wrapper } from "./wrapper.js";

/** A wrapper that gives another reward; a subclass says which in `transform`. */
export abstract class RewardWrapper<Observation, Action> extends Wrapper<Observation, Action> {
  private readonly result = emptyStepResult<Observation>();

  reset(options?: { seed?: number; options?: ResetOptions }): ResetResult<Observation> {
    return this.env.reset(options);
  }

  step(action: Action): StepResult<Observation> {
    const inner = this.env.step(action);
    const result = this.result;
    copyOutcome(inner, result);
    result.observation = inner.observation;
    result.reward = this.transform(inner.reward, inner.terminated);
    return result;
  }

  protected abstract transform(reward: number, terminated: boolean): number;
}

/** Gives `transformation(reward)` instead of each reward. */
export class TransformReward<Observation, Action> extends RewardWrapper<Observation, Action> {
  constructor(
    env: Env<Observation, Action>,
    private readonly transformation: (reward: number) => number,
  ) {
    super(env);
  }

  protected transform(reward: number): number {
    return this.transformation(reward);
  }
}

/**
 * Clips each reward to [min, max]; a side that is left out has no bound.
 *
 * @throws GymnasiumError `invalid-options` if neither bound is given, or min > max
 */
export class ClipReward<Observation, Action> extends RewardWrapper<Observation, Action> {
  readonly min: number;
  readonly max: number;

  constructor(env: Env<Observation, Action>, bounds: { min?: number; max?: number }) {
    super(env);
    const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = bounds;
    if ((bounds.min === undefined && bounds.max === undefined) || !(min <= max)) {
      throw new GymnasiumError(
        "invalid-options",
        `ClipReward: min is ${bounds.min} and max is ${bounds.max}, expected at least one of them, and min <= max.`,
      );
    }
    this.min = min;
    this.max = max;
  }

  protected transform(reward: number): number {
    return Math.min(Math.max(reward, this.min), this.max);
  }
}
