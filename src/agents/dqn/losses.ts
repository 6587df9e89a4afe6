import { greedyAction } from "../exploration.js";

/** What targets are made of: rows of n-step transitions, as a replay batch has them. */
export interface TargetInputs {
  /** `[rows]` sum of gamma^k r_{t+k}, scaled by `rewardScale` here. */
  rewards: ArrayLike<number>;
  rewardScale: number;
  /** `[rows]` gamma^m, or 0 where the task terminated. */
  discounts: ArrayLike<number>;
  numActions: number;
  /** `[rows, numActions]` legal actions of the next observations; null where all are. */
  nextMask: Uint8Array | null;
}

/**
 * y = R + discount * max over legal a' of Qtarget(s', a')
 *
 * A row without a legal next action has no bootstrap. Source: Mnih et al. 2015, https://doi.org/10.1038/nature14236
 *
 * @param qTargetT `[rows, numActions]` of the target net on the next observations
 * @param targets `[rows]`, filled
 */
export function qTargets(inputs: TargetInputs, qTargetT: ArrayLike<number>, targets: Float32Array): void {
  doubleQTargets(inputs, { chooser: qTargetT, valuer: qTargetT }, targets);
}

/**
 * y = R + discount * Qtarget(s', argmax over legal a' of Qonline(s', a'))
 *
 * Source: van Hasselt et al. 2016, equation 4, https://arxiv.org/abs/1509.06461
 *
 * @param q `chooser`: `[rows, numActions]` of the online net on the next observations; `valuer`: of the target net
 * @param targets `[rows]`, filled
 */
export function doubleQTargets(
  inputs: TargetInputs,
  q: { chooser: ArrayLike<number>; valuer: ArrayLike<number> },
  targets: Float32Array,
): void {
  const { rewards, rewardScale, discounts, numActions, nextMask } = inputs;
  const choices = { q: q.chooser, numActions, mask: nextMask };
  for (let row = 0; row < targets.length; row++) {
    // Where the task terminated, the value of what follows does not matter, not even if it is not finite.
    const action = discounts[row] === 0 ? -1 : greedyAction(choices, row);
    const bootstrap = action < 0 ? 0 : discounts[row]! * q.valuer[row * numActions + action]!;
    targets[row] = rewardScale * rewards[row]! + bootstrap;
  }
}

/** A loss of one TD error and its derivative. */
export interface ErrorLoss {
  value(tdError: number): number;
  derivative(tdError: number): number;
}

/**
 * L(e) = e^2 / 2 if |e| <= delta, else delta (|e| - delta / 2); L'(e) = e clipped to [-delta, delta]
 *
 * Source: Huber 1964, https://doi.org/10.1214/aoms/1177703732
 */
export function huberLoss(delta: number): ErrorLoss {
  return {
    value: (tdError) => {
      const size = Math.abs(tdError);
      return size <= delta ? 0.5 * tdError * tdError : delta * (size - 0.5 * delta);
    },
    derivative: (tdError) => Math.min(delta, Math.max(-delta, tdError)),
  };
}

/** L(e) = e^2 / 2; L'(e) = e. The half makes it agree with Huber's loss near 0. */
export function squaredLoss(): ErrorLoss {
  return { value: (tdError) => 0.5 * tdError * tdError, derivative: (tdError) => tdError };
}

/** The actions that are learnt about, and how much each row counts. */
export interface TdBatch {
  numActions: number;
  /** `[rows]`, counted from `actionStart`. */
  aTm1: ArrayLike<number>;
  actionStart: number;
  /** `[rows]` importance weights. */
  weights: ArrayLike<number>;
}

export interface TdInputs extends TdBatch {
  /** `[rows, numActions]` of the online net. */
  qTm1: ArrayLike<number>;
  /** `[rows]` */
  targets: Float32Array;
  loss: ErrorLoss;
}

/** Memory that a loss fills. */
export interface TdOutputs {
  /** `[rows]` y - Q(s, a); for distributions a distance that is 0 or more. */
  tdErrors: Float32Array;
  /** As the net's outputs: dL/dQ, zero but at the actions taken. */
  gradient: Float32Array;
}

/** In float64. */
export interface LossResult {
  loss: number;
  /** Mean of Q(s, a). */
  meanQ: number;
}

/**
 * L = 1/rows * sum of w_i l(e_i), e_i = y_i - Q(s_i, a_i); dL/dQ(s_i, a_i) = -w_i l'(e_i) / rows
 *
 * The targets are constants: no gradient flows through them (a semi-gradient).
 */
export function tdLoss(inputs: TdInputs, { tdErrors, gradient }: TdOutputs): LossResult {
  const { qTm1, numActions, aTm1, actionStart, targets, weights, loss } = inputs;
  const rows = targets.length;
  let lossSum = 0;
  let qSum = 0;
  gradient.fill(0);
  for (let row = 0; row < rows; row++) {
    const at = row * numActions + aTm1[row]! - actionStart;
    const tdError = targets[row]! - qTm1[at]!;
    tdErrors[row] = tdError;
    gradient[at] = (-weights[row]! * loss.derivative(tdError)) / rows;
    lossSum += weights[row]! * loss.value(tdError);
    qSum += qTm1[at]!;
  }
  return { loss: lossSum / rows, meanQ: qSum / rows };
}
