import type { ResetOptions, ResetResult, StepResult } from "../env.js";
import { copyOutcome, emptyStepResult, Wrapper } from "./wrapper.js";

/** A wrapper that shows another observation; a subclass says which in `transform`. */
export abstract class ObservationWrapper<Observation, Action, InnerObservation = Observation> extends Wrapper<
  Observation,
  Action,
  InnerObservation,
  Action
> {
  private readonly stepResult = emptyStepResult<Observation>();
  private readonly resetResult: ResetResult<Observation> = { observation: null as Observation, info: {} };

  reset(options?: { seed?: number; options?: ResetOptions }): ResetResult<Observation> {
    const inner = this.env.reset(options);
    this.resetResult.observation = this.transform(inner.observation);
    this.resetResult.info = inner.info;
    return this.resetResult;
  }

  step(action: Action): StepResult<Observation> {
    const inner = this.env.step(action);
    const result = this.stepResult;
    copyOutcome(inner, result);
    result.observation = this.transform(inner.observation);
    return result;
  }

  /** May return reused memory that lasts as long as `Env` promises: until the second following call. */
  protected abstract transform(observation: InnerObservation): Observation;
}
