import type { ResetOptions, ResetResult, StepResult } from "../env.js";
import { emptyStepResult, Wrapper } from "./wrapper.js";

/**
 * Resets in the step *after* an episode ended: that step ignores its action and gives reward 0 and the first
 * observation of the new episode (the `next-step` mode of vector environments).
 */
export class Autoreset<Observation, Action> extends Wrapper<Observation, Action> {
  private hasEnded = false;
  private readonly resetStep = emptyStepResult<Observation>();

  reset(options?: { seed?: number; options?: ResetOptions }): ResetResult<Observation> {
    const result = this.env.reset(options);
    this.hasEnded = false;
    return result;
  }

  step(action: Action): StepResult<Observation> {
    if (!this.hasEnded) {
      const result = this.env.step(action);
      this.hasEnded = result.terminated || result.truncated;
      return result;
    }
    const { observation, info } = this.env.reset();
    this.hasEnded = false;
    const result = this.resetStep;
    result.observation = observation;
    result.reward = 0;
    result.info = info;
    return result;
  }

  protected override ownState(): boolean {
    return this.hasEnded;
  }

  protected override restoreOwnState(state: unknown): void {
    this.hasEnded = state as boolean;
  }
}
