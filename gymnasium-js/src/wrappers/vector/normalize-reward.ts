import type { VectorResetOptions } from "../../vector/vector-base.js";
import type { Batch, VectorEnv, VectorReset, VectorStep } from "../../vector/vector-env.js";
import { DoubleBuffer } from "../double-buffer.js";
import { type NormalizeRewardOptions, readNormalizeRewardOptions } from "../normalize-reward.js";
import { RunningStatistics } from "../running-statistics.js";
import { VectorWrapper } from "./vector-wrapper.js";
import { WrappedStep } from "./wrapped-step.js";

interface NormalizeRewardState {
  mean: number;
  variance: number;
  count: number;
  discountedReturns: Float32Array;
  resetting: Uint8Array;
  updateStatistics: boolean;
}

/**
 * Divides rewards by the standard deviation of the running discounted returns
 * g = g * gamma * (1 - terminated) + reward of all sub-environments, each kept in float32. Set `updateStatistics` to
 * false to freeze the deviation.
 *
 * As in Gymnasium, the returns start at 0 with each `reset`, and in `same-step` mode with each episode. In
 * `next-step` mode the step that resets counts nothing, and the past is dropped only by a terminating step, whose own
 * reward carries over. Other than in Gymnasium, a reset by mask starts only the returns of those that it resets.
 *
 * @throws GymnasiumError `invalid-options` if gamma is outside [0, 1] or epsilon not positive
 */
export class VectorNormalizeReward extends VectorWrapper {
  updateStatistics = true;
  readonly statistics = new RunningStatistics();
  /** Running discounted return of each sub-environment. */
  readonly discountedReturns: Float32Array;
  private readonly gamma: number;
  private readonly epsilon: number;
  /** 1 where the next step resets (`next-step` mode). */
  private readonly resetting: Uint8Array;
  /** The returns that count in a step. */
  private readonly counted: Float32Array;
  private readonly steps = new DoubleBuffer(() => new WrappedStep());
  private readonly rewards: DoubleBuffer<Float64Array>;

  constructor(env: VectorEnv, options: NormalizeRewardOptions = {}) {
    super(env);
    const { gamma, epsilon } = readNormalizeRewardOptions(options, "VectorNormalizeReward");
    this.gamma = Math.fround(gamma);
    this.epsilon = epsilon;
    this.discountedReturns = new Float32Array(env.numEnvs);
    this.resetting = new Uint8Array(env.numEnvs);
    this.counted = new Float32Array(env.numEnvs);
    this.rewards = new DoubleBuffer(() => new Float64Array(env.numEnvs));
  }

  override reset(options: VectorResetOptions = {}): VectorReset {
    const result = this.env.reset(options);
    const { mask } = options;
    for (let i = 0; i < this.numEnvs; i++) {
      if (mask !== undefined && !mask[i]) continue;
      this.discountedReturns[i] = 0;
      this.resetting[i] = 0;
    }
    return result;
  }

  override step(actions: Batch): VectorStep {
    const inner = this.env.step(actions);
    this.accumulate(inner);
    const step = this.steps.next();
    step.follow(inner);
    const rewards = this.rewards.next();
    const deviation = Math.sqrt(this.statistics.variance + this.epsilon);
    for (let i = 0; i < rewards.length; i++) rewards[i] = inner.rewards[i]! / deviation;
    step.rewards = rewards;
    return step;
  }

  /** Brings returns and statistics up to date. */
  private accumulate({ rewards, terminations, truncations }: VectorStep): void {
    const { numEnvs, autoresetMode, gamma, discountedReturns, resetting, counted } = this;
    let numCounted = 0;
    for (let i = 0; i < numEnvs; i++) {
      if (resetting[i] !== 0) {
        resetting[i] = 0;
        continue;
      }
      const past = terminations[i] === 0 ? Math.fround(discountedReturns[i]! * gamma) : 0;
      const discountedReturn = past + rewards[i]!;
      discountedReturns[i] = discountedReturn;
      counted[numCounted++] = discountedReturn;
      if (terminations[i] === 0 && truncations[i] === 0) continue;
      if (autoresetMode === "next-step") resetting[i] = 1;
      else if (autoresetMode === "same-step") discountedReturns[i] = 0;
    }
    if (this.updateStatistics && numCounted > 0) this.statistics.updateBatch(counted, numCounted);
  }

  protected override ownState(): NormalizeRewardState {
    const { updateStatistics } = this;
    const [discountedReturns, resetting] = [this.discountedReturns.slice(), this.resetting.slice()];
    return { ...this.statistics, discountedReturns, resetting, updateStatistics };
  }

  protected override restoreOwnState(state: unknown): void {
    const { mean, variance, count, ...taken } = state as NormalizeRewardState;
    Object.assign(this.statistics, { mean, variance, count });
    this.discountedReturns.set(taken.discountedReturns);
    this.resetting.set(taken.resetting);
    this.updateStatistics = taken.updateStatistics;
  }
}
