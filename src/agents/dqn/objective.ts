import type { ReplayBatch } from "../../replay/types.js";
import { tf } from "../../tensors/index.js";
import { outputScores, type Scoring } from "../insight.js";
import type { ActionCodes } from "../spaces.js";
import { CategoricalLoss, expectedValues, type Support } from "./categorical.js";
import type { DqnConfig } from "./config.js";
import {
  doubleQTargets,
  huberLoss,
  type LossResult,
  qTargets,
  squaredLoss,
  type TargetInputs,
  type TdBatch,
  type TdOutputs,
  tdLoss,
} from "./losses.js";
import { munchausenTargets } from "./munchausen.js";
import { meanQuantiles, QuantileLoss } from "./quantile.js";

type Distribution = DqnConfig["distribution"];

/** What the nets make of a batch; each `[rows, numActions, atoms]`. */
export interface NetOutputs {
  /** Of the online net on the observations. */
  onlineTm1: ArrayLike<number>;
  /** Of the target net on the next observations. */
  targetT: ArrayLike<number>;
  /** On the next observations, of the net that chooses the next action. */
  chooserT: ArrayLike<number>;
  /** Of the target net on the observations; for Munchausen targets only. */
  targetTm1: ArrayLike<number> | null;
}

/** Computes the loss of a batch, its gradient by `onlineTm1`, and the error of each row. */
export type Objective = (outputs: NetOutputs, batch: ReplayBatch, memory: TdOutputs) => LossResult;

/** Outputs of the net per action. */
export function atomsOf(distribution: Distribution): number {
  switch (distribution.type) {
    case "none":
      return 1;
    case "c51":
      return distribution.atoms;
    case "qr":
      return distribution.quantiles;
    default:
      throw new Error(`There is no distribution ${JSON.stringify(distribution satisfies never)}.`);
  }
}

function supportOf({ atoms, vMin, vMax }: Extract<Distribution, { type: "c51" }>): Support {
  return { count: atoms, vMin, vMax };
}

/**
 * A function from net outputs `[..., atoms]` to action values, which are the outputs themselves where there is no
 * distribution. It writes into memory that its next call uses again.
 */
export function actionValuesBy(
  distribution: Distribution,
): (outputs: ArrayLike<number>) => ArrayLike<number> {
  if (distribution.type === "none") return (outputs) => outputs;
  const atoms = atomsOf(distribution);
  let values = new Float32Array(0);
  return (outputs) => {
    const count = outputs.length / atoms;
    if (values.length !== count) values = new Float32Array(count);
    if (distribution.type === "c51") expectedValues(outputs, supportOf(distribution), values);
    else meanQuantiles(outputs, atoms, values);
    return values;
  };
}

/** How a config's net outputs are to be read by people: means as scores, and the distributions themselves. */
export function scoringOf(distribution: Distribution): Scoring {
  const atoms = atomsOf(distribution);
  switch (distribution.type) {
    case "none":
      return outputScores;
    case "c51": {
      const { vMin: low, vMax: high } = distribution;
      const probabilities = (logits: tf.Tensor) => tf.softmax(tf.reshape(logits, [-1, atoms]));
      return {
        scores: (logits) => tf.sum(tf.mul(probabilities(logits), tf.linspace(low, high, atoms)), 1),
        distribution: (logits) => {
          const data = tf.tidy(() => probabilities(tf.tensor(logits)).dataSync() as Float32Array);
          return { kind: "atoms", low, high, data };
        },
      };
    }
    case "qr":
      return {
        scores: (quantiles) => tf.mean(tf.reshape(quantiles, [-1, atoms]), 1),
        distribution: (quantiles) => {
          const [low, high] = [Math.min(...quantiles), Math.max(...quantiles)];
          return { kind: "quantiles", low, high, data: quantiles.slice() };
        },
      };
    default:
      throw new Error(`There is no distribution ${JSON.stringify(distribution satisfies never)}.`);
  }
}

/** What a config learns by. */
export function objectiveOf(config: DqnConfig, actions: ActionCodes): Objective {
  const { distribution } = config;
  switch (distribution.type) {
    case "none":
      return scalarObjective(config, actions);
    case "c51": {
      const support = supportOf(distribution);
      const loss = new CategoricalLoss(support.count);
      const valuesOf = actionValuesBy(distribution);
      return ({ onlineTm1: logitsTm1, targetT: logitsT, chooserT }, batch, memory) => {
        const parts = { batch: tdBatch(batch, actions), targets: targetInputs(batch, config, actions) };
        return loss.compute({ support, ...parts, logitsTm1, logitsT, chooserT: valuesOf(chooserT) }, memory);
      };
    }
    case "qr": {
      const loss = new QuantileLoss(distribution.quantiles, distribution.kappa);
      const valuesOf = actionValuesBy(distribution);
      return ({ onlineTm1: quantilesTm1, targetT: quantilesT, chooserT }, batch, memory) => {
        const parts = { batch: tdBatch(batch, actions), targets: targetInputs(batch, config, actions) };
        return loss.compute({ ...parts, quantilesTm1, quantilesT, chooserT: valuesOf(chooserT) }, memory);
      };
    }
    default:
      throw new Error(`There is no distribution ${JSON.stringify(distribution satisfies never)}.`);
  }
}

/** Mean returns: targets first, then the loss of the TD errors. */
function scalarObjective(config: DqnConfig, actions: ActionCodes): Objective {
  const { munchausen, double } = config;
  const loss = config.loss === "huber" ? huberLoss(config.huberDelta) : squaredLoss();
  let targets = new Float32Array(0);
  return ({ onlineTm1, targetT, chooserT, targetTm1 }, batch, memory) => {
    if (targets.length !== batch.size) targets = new Float32Array(batch.size);
    const inputs = targetInputs(batch, config, actions);
    const rows = tdBatch(batch, actions);
    if (munchausen.type === "on") {
      const q = { qTargetTm1: targetTm1!, qTargetT: targetT };
      munchausenTargets(inputs, { ...munchausen, ...rows, ...q }, targets);
    } else if (double) doubleQTargets(inputs, { chooser: chooserT, valuer: targetT }, targets);
    else qTargets(inputs, targetT, targets);
    return tdLoss({ ...rows, qTm1: onlineTm1, targets, loss }, memory);
  };
}

function targetInputs(batch: ReplayBatch, { rewardScale }: DqnConfig, { n }: ActionCodes): TargetInputs {
  const { rewards, discounts, nextActionMasks: nextMask } = batch;
  return { rewards, rewardScale, discounts, numActions: n, nextMask };
}

function tdBatch({ actions: aTm1, weights }: ReplayBatch, { n, start }: ActionCodes): TdBatch {
  return { numActions: n, aTm1, actionStart: start, weights };
}
