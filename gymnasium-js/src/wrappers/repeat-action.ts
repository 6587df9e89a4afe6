import type { Env, ResetOptions, ResetResult, StepResult } from "../env.js";
import { GymnasiumError } from "../errors.js";
import { elementCopier } from "./elements.js";
import { copyOutcome, emptyStepResult, Wrapper } from "./wrapper.js";

/**
 * Does each action `repeats` times and gives the sum of the rewards with the last observation; stops early where
 * the episode ends.
 *
 * @throws GymnasiumError `invalid-options` if `repeats` is not a positive integer
 */
export class RepeatAction<Observation, Action> extends Wrapper<Observation, Action> {
  private readonly result = emptyStepResult<Observation>();
  /** One step here is several inside, which would overwrite an observation too early. */
  private readonly keep: (observation: Observation) => Observation;

  constructor(
    env: Env<Observation, Action>,
    readonly repeats: number,
  ) {
    super(env);
    if (!Number.isSafeInteger(repeats) || repeats < 1) {
      throw new GymnasiumError(
        "invalid-options",
        `RepeatAction: repeats is ${repeats}, expected a positive integer number of steps.`,
      );
    }
    this.keep = elementCopier(env.observationSpace, 2);
  }

  reset(options?: { seed?: number; options?: ResetOptions }): ResetResult<Observation> {
    const { observation, info } = this.env.reset(options);
    return { observation: this.keep(observation), info };
  }

  step(action: Action): StepResult<Observation> {
    const result = this.result;
    let totalReward = 0;
    for (let i = 0; i < this.repeats; i++) {
      const inner = this.env.step(action);
      totalReward += inner.reward;
      copyOutcome(inner, result);
      result.observation = inner.observation;
      if (inner.terminated || inner.truncated) break;
    }
    result.observation = this.keep(result.observation);
    result.reward = totalReward;
    return result;
  }
}
