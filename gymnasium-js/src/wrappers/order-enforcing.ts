import type { Env, ResetOptions, ResetResult, RgbFrame, StepResult } from "../env.js";
import { GymnasiumError } from "../errors.js";
import { Wrapper } from "./wrapper.js";

/**
 * Refuses `step` and `render` before the first `reset` (error `reset-needed`).
 * With `allowRenderBeforeReset`, only `step`.
 */
export class OrderEnforcing<Observation, Action> extends Wrapper<Observation, Action> {
  private hasReset = false;
  private readonly allowRenderBeforeReset: boolean;

  constructor(env: Env<Observation, Action>, options: { allowRenderBeforeReset?: boolean } = {}) {
    super(env);
    this.allowRenderBeforeReset = options.allowRenderBeforeReset ?? false;
  }

  reset(options?: { seed?: number; options?: ResetOptions }): ResetResult<Observation> {
    const result = this.env.reset(options);
    this.hasReset = true;
    return result;
  }

  step(action: Action): StepResult<Observation> {
    if (!this.hasReset) {
      throw new GymnasiumError("reset-needed", "step was called before reset: call env.reset() first.");
    }
    return this.env.step(action);
  }

  override render(): string | RgbFrame | null {
    if (!this.hasReset && !this.allowRenderBeforeReset) {
      throw new GymnasiumError("reset-needed", "render was called before reset: call env.reset() first.");
    }
    return this.env.render();
  }

  protected override ownState(): boolean {
    return this.hasReset;
  }

  protected override restoreOwnState(state: unknown): void {
    this.hasReset = state as boolean;
  }
}
