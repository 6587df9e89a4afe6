import { greedyAction } from "../exploration.js";
import type { LossResult, TargetInputs, TdBatch, TdOutputs } from "./losses.js";

/** Returns that a distribution tells apart: `count` of them, evenly from `vMin` to `vMax`. */
export interface Support {
  vMin: number;
  vMax: number;
  count: number;
}

/** z_i = vMin + i (vMax - vMin) / (count - 1). Source: Bellemare et al. 2017, section 4.1 */
export function atomAt({ vMin, vMax, count }: Support, i: number): number {
  return vMin + (i * (vMax - vMin)) / (count - 1);
}

/**
 * log p_i = logit_i - log sum over j of exp logit_j, of the `count` logits from `at` on
 *
 * @param logP filled
 */
export function logSoftmax(logits: ArrayLike<number>, at: number, logP: Float64Array): void {
  let largest = -Infinity;
  for (let i = 0; i < logP.length; i++) largest = Math.max(largest, logits[at + i]!);
  let sum = 0;
  for (let i = 0; i < logP.length; i++) sum += Math.exp(logits[at + i]! - largest);
  const logSum = largest + Math.log(sum);
  for (let i = 0; i < logP.length; i++) logP[i] = logits[at + i]! - logSum;
}

/**
 * Q(s, a) = sum over i of z_i p_i(s, a), p = softmax of the logits
 *
 * Source: Bellemare et al. 2017, section 4.1, https://arxiv.org/abs/1707.06887
 *
 * @param logits `[values.length, support.count]`
 * @param values filled
 */
export function expectedValues(logits: ArrayLike<number>, support: Support, values: Float32Array): void {
  const { count } = support;
  for (let row = 0; row < values.length; row++) {
    const at = row * count;
    let largest = -Infinity;
    for (let i = 0; i < count; i++) largest = Math.max(largest, logits[at + i]!);
    let sum = 0;
    let weighted = 0;
    for (let i = 0; i < count; i++) {
      const p = Math.exp(logits[at + i]! - largest);
      sum += p;
      weighted += p * atomAt(support, i);
    }
    values[row] = weighted / sum;
  }
}

/**
 * The distribution of R + discount z, brought back onto the support:
 *
 * m_i = sum over j of [1 - |clip(R + discount z_j) - z_i| / dz] clipped to [0, 1] p_j, dz = (vMax - vMin) / (count - 1)
 *
 * Source: Bellemare et al. 2017, equation 7 and algorithm 1, https://arxiv.org/abs/1707.06887
 *
 * @param p of z, `[count]`
 * @param m filled; NaN if R or the discount is not finite
 */
export function projectDistribution(
  { reward, discount, support }: { reward: number; discount: number; support: Support },
  p: ArrayLike<number>,
  m: Float64Array,
): void {
  const { vMin, vMax, count } = support;
  m.fill(0);
  if (!Number.isFinite(reward + discount)) {
    // Clipped, an infinite reward would look like a good one.
    m.fill(Number.NaN);
    return;
  }
  const last = count - 1;
  for (let j = 0; j < count; j++) {
    const z = Math.min(vMax, Math.max(vMin, reward + discount * atomAt(support, j)));
    // Where it falls among the atoms, counted from 0; rounding may not carry it beyond the last.
    const place = Math.min(last, ((z - vMin) / (vMax - vMin)) * last);
    const lower = Math.floor(place);
    const upperShare = place - lower;
    // On an atom all mass goes there; the paper's algorithm, taken literally, would lose it.
    m[lower]! += p[j]! * (1 - upperShare);
    if (upperShare > 0) m[lower + 1]! += p[j]! * upperShare;
  }
}

export interface CategoricalInputs {
  support: Support;
  batch: TdBatch;
  targets: TargetInputs;
  /** `[rows, numActions, count]` of the online net on the observations. */
  logitsTm1: ArrayLike<number>;
  /** `[rows, numActions, count]` of the target net on the next observations. */
  logitsT: ArrayLike<number>;
  /** Q `[rows, numActions]` by which the next action is chosen. */
  chooserT: ArrayLike<number>;
}

/**
 * L = 1/rows * sum over rows of w H(m, p(s, a)), H = -sum over i of m_i log p_i(s, a);
 * dL/dlogit_k(s, a) = w (p_k - m_k) / rows
 *
 * m is the projected distribution of R + discount z under p_target(s', a*), a* the best legal action by `chooserT`. Where
 * the task terminated, or no action is legal, all of it is at R.
 *
 * Source: Bellemare et al. 2017, algorithm 1. The error of a row, for priorities, is KL(m || p) = H(m, p) - H(m) as in
 * Hessel et al. 2018, "The Integrated Agent", https://arxiv.org/abs/1710.02298
 */
export class CategoricalLoss {
  private readonly logP: Float64Array;
  private readonly p: Float64Array;
  private readonly m: Float64Array;

  constructor(count: number) {
    this.logP = new Float64Array(count);
    this.p = new Float64Array(count);
    this.m = new Float64Array(count);
  }

  compute(inputs: CategoricalInputs, { tdErrors, gradient }: TdOutputs): LossResult {
    const { support, batch, logitsTm1 } = inputs;
    const { count } = support;
    const { logP, m } = this;
    const rows = tdErrors.length;
    let lossSum = 0;
    let qSum = 0;
    gradient.fill(0);
    for (let row = 0; row < rows; row++) {
      this.target(inputs, row);
      const at = (row * batch.numActions + batch.aTm1[row]! - batch.actionStart) * count;
      logSoftmax(logitsTm1, at, logP);
      let crossEntropy = 0;
      let entropy = 0;
      for (let i = 0; i < count; i++) {
        const p = Math.exp(logP[i]!);
        qSum += p * atomAt(support, i);
        gradient[at + i] = (batch.weights[row]! * (p - m[i]!)) / rows;
        // 0 log 0 = 0; NaN has to get through.
        if (m[i] === 0) continue;
        crossEntropy -= m[i]! * logP[i]!;
        entropy -= m[i]! * Math.log(m[i]!);
      }
      lossSum += batch.weights[row]! * crossEntropy;
      // Rounding may leave it a little below 0.
      tdErrors[row] = Math.max(0, crossEntropy - entropy);
    }
    return { loss: lossSum / rows, meanQ: qSum / rows };
  }

  /** Fills m. */
  private target({ support, targets, logitsT, chooserT }: CategoricalInputs, row: number): void {
    const { rewards, rewardScale, discounts, numActions, nextMask } = targets;
    const { logP, p, m } = this;
    const choices = { q: chooserT, numActions, mask: nextMask };
    const action = discounts[row] === 0 ? -1 : greedyAction(choices, row);
    const reward = rewardScale * rewards[row]!;
    if (action < 0) {
      // Whatever p is, it all falls on R.
      p.fill(0);
      p[0] = 1;
      projectDistribution({ reward, discount: 0, support }, p, m);
      return;
    }
    logSoftmax(logitsT, (row * numActions + action) * support.count, logP);
    for (let i = 0; i < p.length; i++) p[i] = Math.exp(logP[i]!);
    projectDistribution({ reward, discount: discounts[row]!, support }, p, m);
  }
}
