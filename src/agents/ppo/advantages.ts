/** A rollout, row by row. */
export interface AdvantageInputs {
  /** Vector steps, T. */
  steps: number;
  numEnvs: number;
  /** `[T, numEnvs]` */
  rewards: ArrayLike<number>;
  rewardScale: number;
  /** `[T, numEnvs]` 1 where the task ended with this step. */
  terminations: ArrayLike<number>;
  /** `[T, numEnvs]` 1 where a limit cut the episode after this step. */
  truncations: ArrayLike<number>;
  /** `[T, numEnvs]` V(s_t) */
  values: ArrayLike<number>;
  /** `[T, numEnvs]` V of what followed step t in its own episode; not read where the task ended. */
  nextValues: ArrayLike<number>;
  gamma: number;
  lambda: number;
}

/**
 * Generalised advantage estimation, from the last step back, and the returns that values are moved towards:
 *
 *   delta_t = r_t + gamma V(s_{t+1}) - V(s_t),   A_t = delta_t + gamma lambda A_{t+1},   G_t = A_t + V(s_t)
 *
 * Where the task terminated, delta_t = r_t - V(s_t). Where a limit cut the episode, s_{t+1} is its last observation, not
 * the first of the next one. No sum goes on across either end, nor beyond the rollout.
 *
 * Source: Schulman et al. 2016, equations 11, 12 and 16, https://arxiv.org/abs/1506.02438
 *
 * @param out `[T, numEnvs]` each, filled; sums are of float64
 */
export function generalizedAdvantages(
  inputs: AdvantageInputs,
  { advantages, returns }: { advantages: Float32Array; returns: Float32Array },
): void {
  const { steps, numEnvs, rewards, rewardScale, terminations, truncations, values, nextValues } = inputs;
  const { gamma, lambda } = inputs;
  for (let env = 0; env < numEnvs; env++) {
    let following = 0;
    for (let at = (steps - 1) * numEnvs + env; at >= 0; at -= numEnvs) {
      const terminated = terminations[at] !== 0;
      const bootstrap = terminated ? 0 : gamma * nextValues[at]!;
      const delta = rewardScale * rewards[at]! + bootstrap - values[at]!;
      const ended = terminated || truncations[at] !== 0;
      following = ended ? delta : delta + gamma * lambda * following;
      advantages[at] = following;
      returns[at] = following + values[at]!;
    }
  }
}
