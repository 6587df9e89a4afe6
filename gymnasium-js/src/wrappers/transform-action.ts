import type { Env, ResetOptions, ResetResult, StepResult } from "../env.js";
import type { Space } from "../spaces/space.js";
import { Wrapper } from "./wrapper.js";

/** A wrapper that takes other actions; a subclass translates them in `transform`. */
export abstract class ActionWrapper<Observation, Action, InnerAction = Action> extends Wrapper<
  Observation,
  Action,
  Observation,
  InnerAction
> {
  reset(options?: { seed?: number; options?: ResetOptions }): ResetResult<Observation> {
    return this.env.reset(options);
  }

  step(action: Action): StepResult<Observation> {
    return this.env.step(this.transform(action));
  }

  protected abstract transform(action: Action): InnerAction;
}

/**
 * Does `transformation(action)` instead of each action.
 *
 * @param actionSpace what the transformation takes; needed unless it is the space inside
 */
export class TransformAction<Observation, Action, InnerAction = Action> extends ActionWrapper<
  Observation,
  Action,
  InnerAction
> {
  constructor(
    env: Env<Observation, InnerAction>,
    private readonly transformation: (action: Action) => InnerAction,
    actionSpace?: Space<Action>,
  ) {
    super(env, actionSpace === undefined ? {} : { actionSpace });
  }

  protected transform(action: Action): InnerAction {
    return this.transformation(action);
  }
}
