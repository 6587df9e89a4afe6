import type { Env, ResetOptions, ResetResult } from "../env.js";
import { GymnasiumError } from "../errors.js";
import { describeSpace, describeValue } from "../explain.js";
import { clonePlain } from "../plain.js";
import { batchSpace } from "../spaces/batch.js";
import type { Space } from "../spaces/space.js";
import { createFrameStack, type FrameStack } from "./frame-stack.js";
import { ObservationWrapper } from "./observation-wrapper.js";
import { zeroElement } from "./zero-element.js";

/** What stands before the first frame: that frame again, zeros, or an observation of one's own. */
export type FramePadding<Observation> = "reset" | "zero" | { observation: Observation };

/**
 * Shows the last `stackSize` observations together, oldest first: shape `[stackSize, ...shape]`.
 *
 * @throws GymnasiumError `invalid-options` if `stackSize` is not a positive integer, or the padding is not in the space
 */
export class FrameStackObservation<Observation, Action> extends ObservationWrapper<
  unknown,
  Action,
  Observation
> {
  private readonly frames: FrameStack;
  /** Null: the first frame itself. */
  private readonly padding: { observation: Observation } | null;
  private isStart = true;

  constructor(
    env: Env<Observation, Action>,
    readonly stackSize: number,
    options: { padding?: FramePadding<Observation> } = {},
  ) {
    if (!Number.isSafeInteger(stackSize) || stackSize < 1) {
      throw new GymnasiumError(
        "invalid-options",
        `FrameStackObservation: stackSize is ${stackSize}, expected a positive integer number of frames.`,
      );
    }
    super(env, { observationSpace: batchSpace(env.observationSpace, stackSize) as Space<unknown> });
    this.frames = createFrameStack(env.observationSpace, stackSize);
    this.padding = readPadding(env.observationSpace, options.padding ?? "reset");
  }

  override reset(options?: { seed?: number; options?: ResetOptions }): ResetResult<unknown> {
    this.isStart = true;
    return super.reset(options);
  }

  protected transform(observation: Observation): unknown {
    if (!this.isStart) return this.frames.push(observation);
    this.isStart = false;
    return this.frames.start(this.padding === null ? observation : this.padding.observation, observation);
  }

  protected override ownState(): unknown {
    return { frames: this.frames.save(), isStart: this.isStart };
  }

  protected override restoreOwnState(state: unknown): void {
    const { frames, isStart } = state as { frames: unknown; isStart: boolean };
    this.frames.load(frames);
    this.isStart = isStart;
  }
}

function readPadding<Observation>(
  space: Space<Observation>,
  padding: FramePadding<Observation>,
): { observation: Observation } | null {
  if (padding === "reset") return null;
  if (padding === "zero") return { observation: zeroElement(space) as Observation };
  if (typeof padding === "object" && space.contains(padding.observation))
    return clonePlain(padding, "padding");
  throw new GymnasiumError(
    "invalid-options",
    `FrameStackObservation: padding is ${describeValue(padding)}, expected "reset", "zero" or { observation } with an element of ${describeSpace(space)}.`,
  );
}
