import type { Env } from "../../env.js";
import type { Space } from "../../spaces/space.js";
import { ActionBatch } from "../../vector/action-batch.js";
import type { VectorResetOptions } from "../../vector/vector-base.js";
import type { Batch, VectorEnv, VectorReset, VectorStep } from "../../vector/vector-env.js";
import type { Bounds } from "../affine.js";
import { ClipAction } from "../clip-action.js";
import { RescaleAction } from "../rescale-action.js";
import { ActionWrapper } from "../transform-action.js";
import { actionRows, type BatchRows } from "./batch-rows.js";
import { requireStateless, StandIn } from "./stand-in.js";
import { VectorWrapper } from "./vector-wrapper.js";

/** A vector wrapper that takes other actions; a subclass translates them. It shows no action masks where spaces differ. */
export abstract class VectorActionWrapper extends VectorWrapper {
  override get actionMasks(): Uint8Array | null {
    const { actionMasks } = this.env;
    return this.singleActionSpace === this.env.singleActionSpace ? actionMasks : null;
  }

  override step(actions: Batch): VectorStep {
    return this.env.step(this.transform(actions));
  }

  protected abstract transform(actions: Batch): Batch;
}

/**
 * Does `transformation(actions)` instead of each batch of actions.
 *
 * @param singleActionSpace what one action is; needed unless it is the space inside
 */
export class VectorTransformAction extends VectorActionWrapper {
  constructor(
    env: VectorEnv,
    private readonly transformation: (actions: Batch) => Batch,
    singleActionSpace?: Space<unknown>,
  ) {
    super(env, singleActionSpace === undefined ? {} : { singleActionSpace });
  }

  protected transform(actions: Batch): Batch {
    return this.transformation(actions);
  }
}

/**
 * Does what an `ActionWrapper` does, row by row. One wrapper serves all sub-environments, so it may not remember
 * anything.
 *
 * @param wrap puts the wrapper around its argument, which has the spaces of a sub-environment
 * @throws GymnasiumError `invalid-options` if the wrapper is of another kind or remembers something; at each step
 * `invalid-action` for actions outside the space, save where the step resets
 */
export class VectorizeTransformAction extends VectorActionWrapper {
  private readonly single: (action: unknown) => unknown;
  private readonly taken: ActionBatch;
  private readonly inner: BatchRows;
  private readonly transformed: Batch;
  /** 1 where the next step resets (`next-step` mode), and its action is ignored. */
  private readonly resetting: Uint8Array;

  constructor(env: VectorEnv, wrap: (env: Env<never, never>) => unknown) {
    const what = "VectorizeTransformAction";
    const wrapper = requireStateless(wrap(new StandIn(env)), ActionWrapper<never, never, never>, what);
    super(env, { singleActionSpace: wrapper.actionSpace });
    this.single = (action) => wrapper["transform"](action as never);
    this.taken = new ActionBatch(wrapper.actionSpace, env.numEnvs, this.constructor.name);
    this.inner = actionRows(env.singleActionSpace, env.numEnvs);
    this.transformed = this.inner.allocate();
    this.resetting = new Uint8Array(env.numEnvs);
  }

  override reset(options: VectorResetOptions = {}): VectorReset {
    const result = this.env.reset(options);
    for (let i = 0; i < this.numEnvs; i++) {
      if (options.mask === undefined || options.mask[i]) this.resetting[i] = 0;
    }
    return result;
  }

  override step(actions: Batch): VectorStep {
    const step = super.step(actions);
    if (this.autoresetMode !== "next-step") return step;
    const { resetting } = this;
    for (let i = 0; i < resetting.length; i++) {
      resetting[i] = step.terminations[i] !== 0 || step.truncations[i] !== 0 ? 1 : 0;
    }
    return step;
  }

  protected transform(actions: Batch): Batch {
    const { taken, transformed, resetting } = this;
    taken.take(actions, resetting);
    const { discrete, elements } = taken;
    for (let i = 0; i < this.numEnvs; i++) {
      if (resetting[i] !== 0) continue;
      this.inner.write(transformed, i, this.single(discrete !== null ? discrete[i] : elements[i]));
    }
    return transformed;
  }

  protected override ownState(): Uint8Array {
    return this.resetting.slice();
  }

  protected override restoreOwnState(state: unknown): void {
    this.resetting.set(state as Uint8Array);
  }
}

/** `ClipAction` of each sub-environment. */
export class VectorClipAction extends VectorizeTransformAction {
  constructor(env: VectorEnv) {
    super(env, (single) => new ClipAction(single));
  }
}

/** `RescaleAction` of each sub-environment. */
export class VectorRescaleAction extends VectorizeTransformAction {
  constructor(env: VectorEnv, bounds: { min: Bounds; max: Bounds }) {
    super(env, (single) => new RescaleAction(single, bounds));
  }
}
