import type { ReplayBatch } from "../../replay/types.js";
import { huberLoss, type LossResult, qTargets, squaredLoss, type TdOutputs, tdLoss } from "../dqn/losses.js";
import { greedyAction } from "../exploration.js";
import type { QmixConfig } from "./config.js";

/** Utilities of all actions of each agent, `[rows * agents, numActions]`. */
interface UtilityInputs {
  /** By which the best action is chosen. */
  chooser: ArrayLike<number>;
  valuer: ArrayLike<number>;
  numActions: number;
  /** 1 where an action is legal; null where all are. */
  mask: Uint8Array | null;
}

/**
 * best_i = valuer_i(argmax over legal a of chooser_i(a)), each agent by itself
 *
 * Qtot falls with none of them, so that these actions are also the team's best. An agent without a legal action takes action 0,
 * as policies do. Chooser and valuer are two nets in double Q-learning: van Hasselt et al. 2016, https://arxiv.org/abs/1509.06461
 *
 * @param best `[rows * agents]`, filled
 */
export function greedyUtilities(inputs: UtilityInputs, best: Float32Array): void {
  const { chooser: q, valuer, numActions, mask } = inputs;
  for (let row = 0; row < best.length; row++) {
    const action = Math.max(0, greedyAction({ q, numActions, mask }, row));
    best[row] = valuer[row * numActions + action]!;
  }
}

/** Qtot `[rows]` of what the team did, and of its best next actions by the target net. */
interface TeamValues {
  qTotTm1: ArrayLike<number>;
  qTotT: ArrayLike<number>;
}

/** Computes the loss of a batch, its gradient by `qTotTm1`, and the error of each row. */
export type TeamLoss = (values: TeamValues, batch: ReplayBatch, outputs: TdOutputs) => LossResult;

/**
 * DQN's loss (`qTargets`, `tdLoss`) of the team's value, as if the team had but the one action that it took:
 *
 *   y = R + discount Qtot_target(s', best actions),   L = 1/rows * sum of w l(y - Qtot(s, a))
 *
 * Source: Rashid et al. 2018, equation 6, https://arxiv.org/abs/1803.11485
 */
export function teamLoss(config: Pick<QmixConfig, "loss" | "huberDelta" | "rewardScale">): TeamLoss {
  const { rewardScale } = config;
  const loss = config.loss === "huber" ? huberLoss(config.huberDelta) : squaredLoss();
  let targets = new Float32Array(0);
  let taken = new Uint8Array(0);
  return ({ qTotTm1, qTotT }, { size, rewards, discounts, weights }, outputs) => {
    if (targets.length !== size) {
      targets = new Float32Array(size);
      taken = new Uint8Array(size);
    }
    qTargets({ rewards, rewardScale, discounts, numActions: 1, nextMask: null }, qTotT, targets);
    const rows = { numActions: 1, aTm1: taken, actionStart: 0, weights };
    return tdLoss({ ...rows, qTm1: qTotTm1, targets, loss }, outputs);
  };
}
