import type { Env } from "../../env.js";
import type { Batch, VectorEnv, VectorStep } from "../../vector/vector-env.js";
import { DoubleBuffer } from "../double-buffer.js";
import { ClipReward, RewardWrapper, TransformReward } from "../transform-reward.js";
import { requireStateless, StandIn } from "./stand-in.js";
import { VectorWrapper } from "./vector-wrapper.js";
import { WrappedStep } from "./wrapped-step.js";

/**
 * Does what a `RewardWrapper` does, reward by reward. One wrapper serves all sub-environments, so it may not remember
 * anything (`VectorNormalizeReward` is a class of its own). The steps that reset, of `next-step` mode, are no exception.
 *
 * @param wrap puts the wrapper around its argument, which has the spaces of a sub-environment
 * @throws GymnasiumError `invalid-options` if the wrapper is of another kind or remembers something
 */
export class VectorizeTransformReward extends VectorWrapper {
  private readonly steps = new DoubleBuffer(() => new WrappedStep());
  private readonly rewards: DoubleBuffer<Float64Array>;
  private readonly wrapper: RewardWrapper<never, never>;

  constructor(env: VectorEnv, wrap: (env: Env<never, never>) => unknown) {
    super(env);
    const what = "VectorizeTransformReward";
    this.wrapper = requireStateless(wrap(new StandIn(env)), RewardWrapper<never, never>, what);
    this.rewards = new DoubleBuffer(() => new Float64Array(env.numEnvs));
  }

  override step(actions: Batch): VectorStep {
    const inner = this.env.step(actions);
    const step = this.steps.next();
    step.follow(inner);
    const rewards = this.rewards.next();
    for (let i = 0; i < rewards.length; i++) {
      rewards[i] = this.wrapper["transform"](inner.rewards[i]!, inner.terminations[i] !== 0);
    }
    step.rewards = rewards;
    return step;
  }
}

/** Gives `transformation(reward)` instead of each reward. (In Gymnasium it takes the whole batch.) */
export class VectorTransformReward extends VectorizeTransformReward {
  constructor(env: VectorEnv, transformation: (reward: number) => number) {
    super(env, (single) => new TransformReward(single, transformation));
  }
}

/** `ClipReward` of each sub-environment. */
export class VectorClipReward extends VectorizeTransformReward {
  constructor(env: VectorEnv, bounds: { min?: number; max?: number }) {
    super(env, (single) => new ClipReward(single, bounds));
  }
}
