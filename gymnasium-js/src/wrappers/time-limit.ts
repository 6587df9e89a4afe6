import type { Env, ResetOptions, ResetResult, StepResult } from "../env.js";
import type { EnvSpec } from "../env-spec.js";
import { GymnasiumError } from "../errors.js";
import { copyOutcome, emptyStepResult, Wrapper } from "./wrapper.js";

/**
 * Truncates an episode after `maxEpisodeSteps` steps. A step can be both terminated and truncated.
 *
 * @throws GymnasiumError `invalid-options` if `maxEpisodeSteps` is not a positive integer
 */
export class TimeLimit<Observation, Action> extends Wrapper<Observation, Action> {
  private elapsedSteps = 0;
  private readonly result = emptyStepResult<Observation>();
  private innerSpec: EnvSpec | null = null;
  private limitedSpec: EnvSpec | null = null;

  constructor(
    env: Env<Observation, Action>,
    readonly maxEpisodeSteps: number,
  ) {
    super(env);
    if (!Number.isSafeInteger(maxEpisodeSteps) || maxEpisodeSteps <= 0) {
      throw new GymnasiumError(
        "invalid-options",
        `TimeLimit: maxEpisodeSteps is ${maxEpisodeSteps}, expected a positive integer number of steps.`,
      );
    }
  }

  /** The spec inside, with this limit. */
  override get spec(): EnvSpec | null {
    const inner = this.env.spec;
    if (inner !== this.innerSpec) {
      this.innerSpec = inner;
      this.limitedSpec = inner === null ? null : inner.with({ maxEpisodeSteps: this.maxEpisodeSteps });
    }
    return this.limitedSpec;
  }

  reset(options?: { seed?: number; options?: ResetOptions }): ResetResult<Observation> {
    const result = this.env.reset(options);
    this.elapsedSteps = 0;
    return result;
  }

  step(action: Action): StepResult<Observation> {
    const inner = this.env.step(action);
    if (++this.elapsedSteps < this.maxEpisodeSteps) return inner;
    // Not written into `inner`: an environment may reuse that object without clearing the flag.
    const result = this.result;
    copyOutcome(inner, result);
    result.observation = inner.observation;
    result.truncated = true;
    return result;
  }

  protected override ownState(): number {
    return this.elapsedSteps;
  }

  protected override restoreOwnState(state: unknown): void {
    this.elapsedSteps = state as number;
  }
}
