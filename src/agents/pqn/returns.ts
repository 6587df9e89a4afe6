/** A rollout, row by row: `[steps + 1, numEnvs]`, of which the last row is only bootstrapped from. */
export interface ReturnInputs {
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
  /** `[T + 1, numEnvs]` max over legal a of Q(s_t, a); where an episode ended before t, s_t begins the next one. */
  values: ArrayLike<number>;
  /** `[T, numEnvs]` the same of the observation that a truncated episode ended with; read there only. */
  finalValues: ArrayLike<number>;
  gamma: number;
  lambda: number;
}

/**
 * Q(lambda) returns, from the last step back:
 *
 *   G_t = r_t + gamma (lambda G_{t+1} + (1 - lambda) max_a Q(s_{t+1}, a)),   G_T = max_a Q(s_T, a)
 *
 * At the end of an episode nothing follows: G_t = r_t where the task terminated, and where a limit cut it
 * G_t = r_t + gamma max_a Q(s'), s' being the last observation, not the first of the next episode.
 *
 * Source: Gallici et al. 2024, section 4 and appendix on lambda returns, https://arxiv.org/abs/2407.04811; the recursion is
 * that of Peng's Q(lambda), Daley and Amato 2019, https://arxiv.org/abs/1810.09967
 *
 * @param returns `[T, numEnvs]`, filled; sums are of float64
 */
export function lambdaReturns(inputs: ReturnInputs, returns: Float32Array): void {
  const { steps, numEnvs, rewards, rewardScale, terminations, truncations, values, finalValues } = inputs;
  const { gamma, lambda } = inputs;
  for (let env = 0; env < numEnvs; env++) {
    let following = values[steps * numEnvs + env]!;
    for (let at = (steps - 1) * numEnvs + env; at >= 0; at -= numEnvs) {
      const reward = rewardScale * rewards[at]!;
      if (terminations[at] !== 0) following = reward;
      else if (truncations[at] !== 0) following = reward + gamma * finalValues[at]!;
      else following = reward + gamma * (lambda * following + (1 - lambda) * values[at + numEnvs]!);
      returns[at] = following;
    }
  }
}
