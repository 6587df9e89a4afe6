import type { Env } from "../env.js";
import { GymnasiumError } from "../errors.js";
import { RunningStatistics } from "./running-statistics.js";
import { RewardWrapper } from "./transform-reward.js";

export interface NormalizeRewardOptions {
  /** Discount of the running return; 0.99 by default. */
  gamma?: number;
  /** Added to the variance; 1e-8 by default. */
  epsilon?: number;
}

interface NormalizeRewardState {
  mean: number;
  variance: number;
  count: number;
  discountedReturn: number;
  updateStatistics: boolean;
}

/**
 * Divides rewards by the standard deviation of a running discounted return g = g * gamma * (1 - terminated) + reward.
 * As in Gymnasium, the reward of a terminating step carries over into the next episode, and truncation and reset
 * clear nothing. Set `updateStatistics` to false to freeze the deviation.
 *
 * @throws GymnasiumError `invalid-options` if gamma is outside [0, 1] or epsilon not positive
 */
export class NormalizeReward<Observation, Action> extends RewardWrapper<Observation, Action> {
  updateStatistics = true;
  readonly statistics = new RunningStatistics();
  discountedReturn = 0;
  private readonly gamma: number;
  private readonly epsilon: number;

  constructor(env: Env<Observation, Action>, options: NormalizeRewardOptions = {}) {
    super(env);
    const { gamma, epsilon } = readNormalizeRewardOptions(options, "NormalizeReward");
    this.gamma = gamma;
    this.epsilon = epsilon;
  }

  protected transform(reward: number, terminated: boolean): number {
    this.discountedReturn = this.discountedReturn * this.gamma * (terminated ? 0 : 1) + reward;
    if (this.updateStatistics) this.statistics.update(this.discountedReturn);
    return reward / Math.sqrt(this.statistics.variance + this.epsilon);
  }

  protected override ownState(): NormalizeRewardState {
    const { discountedReturn, updateStatistics } = this;
    return { ...this.statistics, discountedReturn, updateStatistics };
  }

  protected override restoreOwnState(state: unknown): void {
    const { mean, variance, count, discountedReturn, updateStatistics } = state as NormalizeRewardState;
    Object.assign(this.statistics, { mean, variance, count });
    this.discountedReturn = discountedReturn;
    this.updateStatistics = updateStatistics;
  }
}

/** @throws GymnasiumError `invalid-options` */
export function readNormalizeRewardOptions(
  { gamma = 0.99, epsilon = 1e-8 }: NormalizeRewardOptions,
  wrapperName: string,
): Required<NormalizeRewardOptions> {
  if (gamma >= 0 && gamma <= 1 && epsilon > 0) return { gamma, epsilon };
  throw new GymnasiumError(
    "invalid-options",
    `${wrapperName}: gamma is ${gamma} and epsilon ${epsilon}, expected gamma in [0, 1] and epsilon > 0.`,
  );
}
