import type { Env, ResetOptions, ResetResult, StepResult } from "../env.js";
import { GymnasiumError } from "../errors.js";
import { clonePlain } from "../plain.js";
import { elementCopier } from "./elements.js";
import { Wrapper } from "./wrapper.js";

/** How many steps an action sticks: always so many, or drawn from [low, high], both included. */
export type StickyDuration = number | readonly [low: number, high: number];

interface StickyState<Action> {
  /** What was really done in the step before; null before the first step of an episode. */
  lastAction: Action | null;
  isStuck: boolean;
  repeats: number;
  repeatsTaken: number;
}

/**
 * With `repeatProbability`, the action of the step before is done again instead of the one asked for
 * (Machado et al. 2018, "Revisiting the Arcade Learning Environment", section 5.2,
 * https://arxiv.org/abs/1709.06009).
 *
 * Draws from the environment's own generator: one uniform number per step where there is a previous action and none
 * is stuck, then one integer for the duration where a repeat begins.
 *
 * @throws GymnasiumError `invalid-options` for a probability outside [0, 1) or a duration below 1 step
 */
export class StickyAction<Observation, Action> extends Wrapper<Observation, Action> {
  private readonly lowDuration: number;
  private readonly highDuration: number;
  private readonly keep: (action: Action) => Action;
  private state: StickyState<Action> = { lastAction: null, isStuck: false, repeats: 0, repeatsTaken: 0 };

  constructor(
    env: Env<Observation, Action>,
    readonly repeatProbability: number,
    options: { duration?: StickyDuration } = {},
  ) {
    super(env);
    const { duration = 1 } = options;
    [this.lowDuration, this.highDuration] = typeof duration === "number" ? [duration, duration] : duration;
    const isDuration = (steps: number) => Number.isSafeInteger(steps) && steps >= 1;
    if (!(repeatProbability >= 0 && repeatProbability < 1)) {
      throw new GymnasiumError(
        "invalid-options",
        `StickyAction: repeatProbability is ${repeatProbability}, expected a number in [0, 1).`,
      );
    }
    if (
      !isDuration(this.lowDuration) ||
      !isDuration(this.highDuration) ||
      this.lowDuration > this.highDuration
    ) {
      throw new GymnasiumError(
        "invalid-options",
        `StickyAction: duration is ${JSON.stringify(duration)}, expected a whole number of steps >= 1 or a pair [low, high] of them.`,
      );
    }
    this.keep = elementCopier(env.actionSpace, 1);
  }

  reset(options?: { seed?: number; options?: ResetOptions }): ResetResult<Observation> {
    const result = this.env.reset(options);
    const { state } = this;
    state.lastAction = null;
    state.isStuck = false;
    state.repeats = 0;
    state.repeatsTaken = 0;
    return result;
  }

  step(action: Action): StepResult<Observation> {
    return this.env.step(this.choose(action));
  }

  private choose(action: Action): Action {
    const { state, rng } = this;
    let chosen = action;
    if (state.isStuck || (state.lastAction !== null && rng.random() < this.repeatProbability)) {
      if (state.repeats === 0) state.repeats = rng.integers(this.lowDuration, this.highDuration + 1);
      chosen = state.lastAction as Action;
      state.isStuck = true;
      state.repeatsTaken++;
    } else {
      // The caller may reuse the memory of its action.
      state.lastAction = this.keep(action);
    }
    if (state.isStuck && state.repeats === state.repeatsTaken) {
      state.isStuck = false;
      state.repeats = 0;
      state.repeatsTaken = 0;
    }
    return chosen;
  }

  protected override ownState(): StickyState<Action> {
    return { ...this.state, lastAction: clonePlain(this.state.lastAction, "last action") };
  }

  protected override restoreOwnState(state: unknown): void {
    const { lastAction, ...rest } = state as StickyState<Action>;
    this.state = { ...rest, lastAction: lastAction === null ? null : this.keep(lastAction) };
  }
}
