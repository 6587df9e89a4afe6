import { greedyAction } from "../exploration.js";
import type { LossResult, TargetInputs, TdBatch, TdOutputs } from "./losses.js";

/** tau_i = (2 i + 1) / (2 count): the middles of `count` equal shares. Source: Dabney et al. 2018, lemma 2 */
export function quantileMidpoints(count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => (2 * i + 1) / (2 * count));
}

/**
 * Q(s, a) = 1/count * sum over i of theta_i(s, a)
 *
 * Source: Dabney et al. 2018, section "Quantile Regression Temporal Difference Learning", https://arxiv.org/abs/1710.10044
 *
 * @param quantiles `[values.length, count]`
 * @param values filled
 */
export function meanQuantiles(quantiles: ArrayLike<number>, count: number, values: Float32Array): void {
  for (let row = 0; row < values.length; row++) {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += quantiles[row * count + i]!;
    values[row] = sum / count;
  }
}

/** Quantiles that are compared with samples of a target. */
export interface QuantileComparison {
  quantiles: ArrayLike<number>;
  /** Where the `taus.length` quantiles begin. */
  at: number;
  /** The share of returns below each quantile. */
  taus: Float64Array;
  /** `[samples]` */
  targets: Float64Array;
  /** Error above which Huber's loss is linear. */
  kappa: number;
}

/**
 * L = sum over i of 1/samples * sum over j of |tau_i - [u_ij < 0]| Huber_kappa(u_ij), u_ij = target_j - theta_i
 *
 * Source: Dabney et al. 2018, equations 9 and 10 and algorithm 1, https://arxiv.org/abs/1710.10044
 *
 * @param gradient dL/dtheta, times `scale`, from the same place on as the quantiles
 * @returns L, and the mean of |u_ij|
 */
export function quantileHuberLoss(
  { quantiles, at, taus, targets, kappa }: QuantileComparison,
  scale: number,
  gradient: Float32Array,
): { loss: number; meanError: number } {
  let total = 0;
  let errors = 0;
  for (let i = 0; i < taus.length; i++) {
    let slope = 0;
    for (let j = 0; j < targets.length; j++) {
      const u = targets[j]! - quantiles[at + i]!;
      const share = u < 0 ? 1 - taus[i]! : taus[i]!;
      const size = Math.abs(u);
      errors += size;
      // Huber's loss, as in `huberLoss`, spelt out: this runs for each pair of quantiles.
      if (size <= kappa) {
        total += share * 0.5 * u * u;
        slope -= share * u;
      } else {
        total += share * kappa * (size - 0.5 * kappa);
        slope -= share * (u < 0 ? -kappa : kappa);
      }
    }
    gradient[at + i] = (scale * slope) / targets.length;
  }
  return { loss: total / targets.length, meanError: errors / (targets.length * taus.length) };
}

export interface QuantileInputs {
  batch: TdBatch;
  targets: TargetInputs;
  /** `[rows, numActions, count]` of the online net on the observations. */
  quantilesTm1: ArrayLike<number>;
  /** `[rows, numActions, count]` of the target net on the next observations. */
  quantilesT: ArrayLike<number>;
  /** Q `[rows, numActions]` by which the next action is chosen. */
  chooserT: ArrayLike<number>;
}

/**
 * L = 1/rows * sum over rows of w times the quantile Huber loss between theta(s, a) and R + discount theta_target(s', a*),
 * a* the best legal action by `chooserT`. Where the task terminated, or no action is legal, all targets are R.
 *
 * The error of a row, for priorities, is the mean of |u_ij|. Source: Dabney et al. 2018, algorithm 1
 */
export class QuantileLoss {
  private readonly taus: Float64Array;
  private readonly targets: Float64Array;

  constructor(
    count: number,
    private readonly kappa: number,
  ) {
    this.taus = quantileMidpoints(count);
    this.targets = new Float64Array(count);
  }

  compute(inputs: QuantileInputs, { tdErrors, gradient }: TdOutputs): LossResult {
    const { batch, quantilesTm1: quantiles } = inputs;
    const { taus, targets, kappa } = this;
    const rows = tdErrors.length;
    let lossSum = 0;
    let qSum = 0;
    gradient.fill(0);
    for (let row = 0; row < rows; row++) {
      this.target(inputs, row);
      const at = (row * batch.numActions + batch.aTm1[row]! - batch.actionStart) * taus.length;
      const weight = batch.weights[row]!;
      const found = quantileHuberLoss({ quantiles, at, taus, targets, kappa }, weight / rows, gradient);
      lossSum += weight * found.loss;
      tdErrors[row] = found.meanError;
      for (let i = 0; i < taus.length; i++) qSum += quantiles[at + i]! / taus.length;
    }
    return { loss: lossSum / rows, meanQ: qSum / rows };
  }

  /** Fills the targets. */
  private target({ targets: inputs, quantilesT, chooserT }: QuantileInputs, row: number): void {
    const { rewards, rewardScale, discounts, numActions, nextMask } = inputs;
    const { targets } = this;
    const choices = { q: chooserT, numActions, mask: nextMask };
    const action = discounts[row] === 0 ? -1 : greedyAction(choices, row);
    const reward = rewardScale * rewards[row]!;
    const at = (row * numActions + action) * targets.length;
    for (let j = 0; j < targets.length; j++) {
      targets[j] = reward + (action < 0 ? 0 : discounts[row]! * quantilesT[at + j]!);
    }
  }
}
