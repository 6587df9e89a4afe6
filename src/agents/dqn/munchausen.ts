import type { TargetInputs } from "./losses.js";

/** Constants of the Munchausen target, in units of scaled reward. */
export interface MunchausenConstants {
  /** Share of the log-policy that is added to the reward. */
  alpha: number;
  /** Temperature tau of the policy, which is softmax(q / tau). */
  temperature: number;
  /** Lowest value of tau log pi(a|s), 0 or less: l0. */
  clip: number;
}

/**
 * V(s) = tau log sum over legal a of exp(q(s, a) / tau), which is sum over a of pi(a|s) (q(s, a) - tau log pi(a|s))
 *
 * @param q `[rows, numActions]`
 * @param mask 1 where an action is legal; null where all are
 * @returns -Infinity if no action is legal
 */
export function softValue(
  q: ArrayLike<number>,
  { numActions, mask, temperature }: { numActions: number; mask: Uint8Array | null; temperature: number },
  row: number,
): number {
  const at = row * numActions;
  let largest = -Infinity;
  for (let a = at; a < at + numActions; a++)
    if (mask === null || mask[a] !== 0) largest = Math.max(largest, q[a]!);
  if (largest === -Infinity) return -Infinity;
  let sum = 0;
  for (let a = at; a < at + numActions; a++) {
    if (mask === null || mask[a] !== 0) sum += Math.exp((q[a]! - largest) / temperature);
  }
  return largest + temperature * Math.log(sum);
}

/** What Munchausen targets need beside those of DQN. */
export interface MunchausenInputs extends MunchausenConstants {
  /** `[rows]`, counted from `actionStart`. */
  aTm1: ArrayLike<number>;
  actionStart: number;
  /** `[rows, numActions]` of the target net on the observations. */
  qTargetTm1: ArrayLike<number>;
  /** `[rows, numActions]` of the target net on the next observations. */
  qTargetT: ArrayLike<number>;
}

/**
 * alpha clip(tau log pi(a|s), l0, 0), tau log pi(a|s) = q(s, a) - V(s): what is added to the first reward of each row.
 * All actions count in pi(.|s), since a replay keeps the legal actions of next observations only.
 *
 * Source: Vieillard et al. 2020, section 2, and section 4 for the clipping, https://arxiv.org/abs/2007.14430
 */
export function munchausenBonus(inputs: MunchausenInputs, numActions: number, row: number): number {
  const { alpha, temperature, clip, aTm1, actionStart, qTargetTm1 } = inputs;
  const value = softValue(qTargetTm1, { numActions, mask: null, temperature }, row);
  const scaledLogPolicy = qTargetTm1[row * numActions + aTm1[row]! - actionStart]! - value;
  return alpha * Math.min(0, Math.max(clip, scaledLogPolicy));
}

/**
 * y = R + alpha clip(tau log pi(a|s), l0, 0) + discount V(s'), pi = softmax(qTarget / tau)
 *
 * With n-step returns the bonus is that of the first action alone, and the bootstrap n steps later, as in the authors'
 * code. A row without a legal next action has no bootstrap.
 *
 * Source: Vieillard et al. 2020, section 2, and section 4 for the clipping, https://arxiv.org/abs/2007.14430
 *
 * @param targets `[rows]`, filled
 */
export function munchausenTargets(
  { rewards, rewardScale, discounts, numActions, nextMask }: TargetInputs,
  munchausen: MunchausenInputs,
  targets: Float32Array,
): void {
  const { temperature, qTargetT } = munchausen;
  for (let row = 0; row < targets.length; row++) {
    const value =
      discounts[row] === 0
        ? -Infinity
        : softValue(qTargetT, { numActions, mask: nextMask, temperature }, row);
    const bootstrap = value === -Infinity ? 0 : discounts[row]! * value;
    targets[row] = rewardScale * rewards[row]! + munchausenBonus(munchausen, numActions, row) + bootstrap;
  }
}
