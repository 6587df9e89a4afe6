import {
  doubleQTargets,
  huberLoss,
  type LossResult,
  squaredLoss,
  type TdOutputs,
  tdLoss,
} from "../dqn/losses.js";
import type { ActionCodes } from "../spaces.js";
import type { DrqnConfig } from "./config.js";
import type { SequenceBatch } from "./sequence-batch.js";

/** Q `[length + 1, size, actions]` of the learnt steps and of what came after the last, by each of the nets. */
interface SequenceValues {
  online: Float32Array;
  target: Float32Array;
}

/** Computes the loss of sequences, its gradient by the online net's values, and the mean error of each row. */
export type SequenceLoss = (q: SequenceValues, batch: SequenceBatch, outputs: TdOutputs) => LossResult;

/**
 * The mean of DQN's loss over all learnt steps of all rows, by its formulas (`doubleQTargets`, `tdLoss`):
 *
 *   y_t = r_t + discount_t Qtarget(o_1 ... o_t+1, argmax over legal a of Qonline(o_1 ... o_t+1, a))
 *
 * Steps that a row lacks weigh nothing. The error of a row is the mean over its learnt steps of y_t - Q(o_1 ... o_t, a_t).
 */
export function sequenceLoss(config: DrqnConfig, { n, start }: ActionCodes): SequenceLoss {
  const { sequence, double, rewardScale } = config;
  const loss = config.loss === "huber" ? huberLoss(config.huberDelta) : squaredLoss();
  let targets = new Float32Array(0);
  let weights = new Float32Array(0);
  let errors = new Float32Array(0);
  return ({ online, target }, batch, { tdErrors, gradient }) => {
    const { size, learntSteps, rewards, discounts, actions: aTm1, nextActionMasks: nextMask } = batch;
    const rows = sequence.length * size;
    if (targets.length !== rows) {
      targets = new Float32Array(rows);
      weights = new Float32Array(rows);
      errors = new Float32Array(rows);
    }
    // What follows a step stands one step further on.
    const valuer = target.subarray(size * n);
    const chooser = double ? online.subarray(size * n) : valuer;
    doubleQTargets(
      { rewards, rewardScale, discounts, numActions: n, nextMask },
      { chooser, valuer },
      targets,
    );
    let learnt = 0;
    for (let row = 0; row < size; row++) learnt += learntSteps[row]!;
    for (let at = 0; at < rows; at++) weights[at] = Math.floor(at / size) < learntSteps[at % size]! ? 1 : 0;
    const inputs = { numActions: n, aTm1, actionStart: start, weights, qTm1: online, targets, loss };
    const mean = tdLoss(inputs, { tdErrors: errors, gradient });
    // From a mean over all places to one over those that are learnt from.
    const scale = rows / learnt;
    for (let i = 0; i < gradient.length; i++) gradient[i]! *= scale;
    let qSum = 0;
    tdErrors.fill(0);
    for (let at = 0; at < rows; at++) {
      if (weights[at] === 0) continue;
      const row = at % size;
      tdErrors[row]! += errors[at]! / learntSteps[row]!;
      qSum += online[at * n + aTm1[at]! - start]!;
    }
    return { loss: mean.loss * scale, meanQ: qSum / learnt };
  };
}
