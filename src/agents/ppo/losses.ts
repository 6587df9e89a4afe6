import type { ActionDistribution, DrawnActions } from "./distribution.js";

/**
 * S = min(r A, clip(r, 1 - epsilon, 1 + epsilon) A), r = pi(a|s) / pi_before(a|s); it is to grow.
 *
 * The slope by r is A, or 0 where r has left the range on the side to which A draws it.
 *
 * Source: Schulman et al. 2017, equation 7, https://arxiv.org/abs/1707.06347
 */
export function clippedSurrogate(clip: number): {
  value(ratio: number, advantage: number): number;
  slope(ratio: number, advantage: number): number;
} {
  const bounded = (ratio: number) => Math.min(1 + clip, Math.max(1 - clip, ratio));
  return {
    value: (ratio, advantage) => Math.min(ratio * advantage, bounded(ratio) * advantage),
    slope: (ratio, advantage) => (ratio * advantage <= bounded(ratio) * advantage ? advantage : 0),
  };
}

/**
 * l = (V - G)^2 / 2, or with clipping the greater of this and (Vbefore + clip(V - Vbefore, -epsilon, epsilon) - G)^2 / 2
 *
 * The slope by V is V - G, or 0 where the clipped one is the greater.
 *
 * Source of the clipping: OpenAI's baselines, as told in Huang et al. 2022, detail 9,
 * https://iclr-blog-track.github.io/2022/03/25/ppo-implementation-details/
 *
 * @param clip null for none
 */
export function valueLoss(clip: number | null): {
  value(v: number, vBefore: number, target: number): number;
  slope(v: number, vBefore: number, target: number): number;
} {
  const clippedError = (v: number, vBefore: number, target: number): number =>
    clip === null ? 0 : vBefore + Math.min(clip, Math.max(-clip, v - vBefore)) - target;
  return {
    value: (v, vBefore, target) => 0.5 * Math.max((v - target) ** 2, clippedError(v, vBefore, target) ** 2),
    slope: (v, vBefore, target) =>
      (v - target) ** 2 >= clippedError(v, vBefore, target) ** 2 ? v - target : 0,
  };
}

/**
 * A <- (A - mean) / (deviation + 1e-8), over the rows of one minibatch (Huang et al. 2022, detail 7). The deviation is the
 * population's; a single row stays as it is.
 *
 * @param normalized `[rows]`, filled
 */
export function normalizeAdvantages(advantages: Float32Array, normalized: Float64Array): void {
  const rows = advantages.length;
  normalized.set(advantages);
  if (rows < 2) return;
  let sum = 0;
  for (let row = 0; row < rows; row++) sum += advantages[row]!;
  const mean = sum / rows;
  let squares = 0;
  for (let row = 0; row < rows; row++) squares += (advantages[row]! - mean) ** 2;
  const deviation = Math.sqrt(squares / rows);
  for (let row = 0; row < rows; row++) normalized[row] = (advantages[row]! - mean) / (deviation + 1e-8);
}

export interface PpoLossInputs {
  /** Of the rows as the policy is now. */
  distribution: ActionDistribution;
  actions: DrawnActions;
  /** `[rows]` V(s) as it is now. */
  values: ArrayLike<number>;
  /** `[rows]` log pi(a|s) and V(s) when the actions were done. */
  logProbsBefore: Float32Array;
  valuesBefore: Float32Array;
  /** `[rows]`, normalised or not. */
  advantages: ArrayLike<number>;
  returns: Float32Array;
  /** epsilon */
  clip: number;
  clipsValues: boolean;
  valueCoefficient: number;
  entropyCoefficient: number;
}

/** Memory that the loss fills. */
export interface PpoLossOutputs {
  /** `[rows, outputs]` dL/d(what describes the distributions) */
  policyGradient: Float32Array;
  /** `[rows]` dL/dV */
  valueGradient: Float32Array;
  /** `[rows]` dL/d log pi(a|s) */
  logProbSlopes: Float64Array;
  /** `[rows]` G - V(s) */
  tdErrors: Float32Array;
}

/** Means over the rows, in float64. */
export interface PpoLossResult {
  loss: number;
  meanValue: number;
  figures: {
    /** Of the policy, in nats. */
    entropy: number;
    /** (r - 1) - log r, which estimates the Kullback-Leibler divergence of the policy from the one before. */
    approximateKl: number;
    /** Share of rows whose r is outside of the range. */
    clipFraction: number;
    valueLoss: number;
  };
}

/**
 * L = mean over rows of ( - S + c_V l - c_H H ), with S the clipped surrogate, l the loss of the value, H the entropy
 *
 * Source: Schulman et al. 2017, equation 9 (negated). The estimate of the divergence is Schulman's,
 * http://joschu.net/blog/kl-approx.html
 */
export function ppoLoss(inputs: PpoLossInputs, outputs: PpoLossOutputs): PpoLossResult {
  const { distribution, actions, values, logProbsBefore, valuesBefore, advantages, returns, clip } = inputs;
  const { valueCoefficient, entropyCoefficient } = inputs;
  const { policyGradient, valueGradient, logProbSlopes, tdErrors } = outputs;
  const rows = returns.length;
  const surrogate = clippedSurrogate(clip);
  const error = valueLoss(inputs.clipsValues ? clip : null);
  const sums = { surrogate: 0, value: 0, valueLoss: 0, entropy: 0, divergence: 0, clipped: 0 };
  for (let row = 0; row < rows; row++) {
    const logRatio = distribution.logProb(actions, row) - logProbsBefore[row]!;
    const ratio = Math.exp(logRatio);
    const advantage = advantages[row]!;
    const v = values[row]!;
    const vBefore = valuesBefore[row]!;
    const target = returns[row]!;
    sums.surrogate += surrogate.value(ratio, advantage);
    sums.entropy += distribution.entropy(row);
    sums.divergence += ratio - 1 - logRatio;
    if (Math.abs(ratio - 1) > clip) sums.clipped++;
    sums.value += v;
    sums.valueLoss += error.value(v, vBefore, target);
    // d r/d log pi = r
    logProbSlopes[row] = (-surrogate.slope(ratio, advantage) * ratio) / rows;
    valueGradient[row] = (valueCoefficient * error.slope(v, vBefore, target)) / rows;
    tdErrors[row] = target - v;
  }
  const slopes = { logProbs: logProbSlopes, entropy: -entropyCoefficient / rows };
  distribution.writeGradient(actions, slopes, policyGradient);
  const loss = -sums.surrogate + valueCoefficient * sums.valueLoss - entropyCoefficient * sums.entropy;
  return {
    loss: loss / rows,
    meanValue: sums.value / rows,
    figures: {
      entropy: sums.entropy / rows,
      approximateKl: sums.divergence / rows,
      clipFraction: sums.clipped / rows,
      valueLoss: sums.valueLoss / rows,
    },
  };
}
