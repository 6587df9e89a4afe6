import type { Env, ResetOptions, ResetResult, RgbFrame, StepResult } from "../env.js";
import { GymnasiumError } from "../errors.js";
import { copyPicture } from "./rendered.js";
import { Wrapper } from "./wrapper.js";

export interface RenderCollectionOptions {
  /** Whether `takeFrames` starts a new list; true by default. */
  popFrames?: boolean;
  /** Whether `reset` starts a new list; true by default. */
  resetClean?: boolean;
}

/**
 * Renders after each reset and step and keeps all of it for `takeFrames`; `render` shows the present as ever. (In
 * Gymnasium `render` itself returns the list; here its type stays what it is.) Frames are no part of snapshots.
 *
 * @throws GymnasiumError `invalid-options` if the environment has no render mode
 */
export class RenderCollection<Observation, Action> extends Wrapper<Observation, Action> {
  private readonly popFrames: boolean;
  private readonly resetClean: boolean;
  private frames: (string | RgbFrame)[] = [];

  constructor(env: Env<Observation, Action>, options: RenderCollectionOptions = {}) {
    super(env);
    if (env.renderMode === null) {
      throw new GymnasiumError(
        "invalid-options",
        "RenderCollection: the environment's renderMode is null, expected one: make it with { renderMode }.",
      );
    }
    this.popFrames = options.popFrames ?? true;
    this.resetClean = options.resetClean ?? true;
  }

  reset(options?: { seed?: number; options?: ResetOptions }): ResetResult<Observation> {
    const result = this.env.reset(options);
    if (this.resetClean) this.frames = [];
    this.collect();
    return result;
  }

  step(action: Action): StepResult<Observation> {
    const result = this.env.step(action);
    this.collect();
    return result;
  }

  /** What was rendered so far, oldest first. */
  takeFrames(): readonly (string | RgbFrame)[] {
    const { frames } = this;
    if (this.popFrames) this.frames = [];
    return frames;
  }

  private collect(): void {
    const frame = this.env.render();
    if (frame !== null) this.frames.push(typeof frame === "string" ? frame : copyPicture(frame));
  }
}
