import type { Net } from "../../nets/index.js";
import type { ReplayBatch } from "../../replay/types.js";
import { createOptimizer, type Optimizer, tf, valueAndGradients } from "../../tensors/index.js";
import type { LearnMetrics } from "../agent.js";
import { AgentError } from "../errors.js";
import type { ActionCodes } from "../spaces.js";
import type { DqnConfig } from "./config.js";
import { divergence } from "./divergence.js";
import {
  doubleQTargets,
  type ErrorLoss,
  huberLoss,
  qTargets,
  squaredLoss,
  type TdOutputs,
  tdLoss,
} from "./losses.js";

/**
 * One DQN update after another on a pair of nets. What is small (targets, TD errors, dL/dQ) is computed in typed
 * arrays; the engine runs the nets: one forward each for the targets, one forward and backward for the loss.
 */
export class DqnLearner {
  readonly optimizer: Optimizer;
  updates = 0;
  private readonly loss: ErrorLoss;
  private targets = new Float32Array(0);
  private outputs: TdOutputs = { tdErrors: new Float32Array(0), gradient: new Float32Array(0) };

  constructor(
    private readonly online: Net,
    private readonly target: Net,
    private readonly actions: ActionCodes,
    private readonly config: DqnConfig,
  ) {
    this.optimizer = createOptimizer(config.optimizer, online.parameters);
    this.loss = config.loss === "huber" ? huberLoss(config.huberDelta) : squaredLoss();
  }

  learn(batch: ReplayBatch): LearnMetrics {
    this.checkBatch(batch);
    this.makeRoom(batch.size);
    this.computeTargets(batch);
    const { gradients, ...metrics } = this.lossAndGradients(batch);
    try {
      if (!Number.isFinite(Math.fround(metrics.loss))) throw divergence(batch, metrics.loss, this.updates);
      const { gradientNorm } = this.optimizer.step(gradients);
      if (!Number.isFinite(gradientNorm)) throw divergence(batch, gradientNorm, this.updates);
      this.updates++;
      this.moveTarget();
      return { ...metrics, gradientNorm, tdErrors: this.outputs.tdErrors };
    } finally {
      tf.dispose(gradients);
    }
  }

  /** `[rows, actions]` of a net on observations that are already encoded; disposes of nothing that it was given. */
  private read(net: Net, x: tf.Tensor): Float32Array {
    const q = net.apply(x);
    const values = q.dataSync() as Float32Array;
    q.dispose();
    return values;
  }

  private computeTargets(batch: ReplayBatch): void {
    const next = this.online.input.encode(batch.nextObservations, batch.size);
    const valuer = this.read(this.target, next);
    const chooser = this.config.double ? this.read(this.online, next) : valuer;
    next.dispose();
    const inputs = {
      rewards: batch.rewards,
      rewardScale: this.config.rewardScale,
      discounts: batch.discounts,
      numActions: this.actions.n,
      nextMask: batch.nextActionMasks,
    };
    if (this.config.double) doubleQTargets(inputs, { chooser, valuer }, this.targets);
    else qTargets(inputs, valuer, this.targets);
  }

  private lossAndGradients(batch: ReplayBatch) {
    const x = this.online.input.encode(batch.observations, batch.size);
    let metrics = { loss: 0, meanQ: 0 };
    // The loss is read off Q in typed arrays; its exact gradient dL/dQ is what goes back through the net.
    const lossOfQ = tf.customGrad((q) => {
      metrics = this.tdLoss(batch, (q as tf.Tensor).dataSync());
      const shape = (q as tf.Tensor).shape;
      return {
        value: tf.scalar(metrics.loss),
        gradFunc: () => tf.tensor(this.outputs.gradient, shape, "float32"),
      };
    });
    const { value, gradients } = valueAndGradients(
      () => lossOfQ(this.online.apply(x)) as tf.Scalar,
      this.online.parameters,
    );
    tf.dispose([value, x]);
    return { ...metrics, gradients };
  }

  private tdLoss(batch: ReplayBatch, qTm1: ArrayLike<number>): { loss: number; meanQ: number } {
    const inputs = {
      qTm1,
      numActions: this.actions.n,
      aTm1: batch.actions,
      actionStart: this.actions.start,
      targets: this.targets,
      weights: batch.weights,
      loss: this.loss,
    };
    return tdLoss(inputs, this.outputs);
  }

  private moveTarget(): void {
    const { target } = this.config;
    if (target.type === "soft") this.target.blend(this.online, target.tau);
    else if (this.updates % target.every === 0) this.target.copyFrom(this.online);
  }

  private checkBatch({ size, actions, nextActionMasks }: ReplayBatch): void {
    const { n, start } = this.actions;
    for (let row = 0; row < size; row++) {
      const index = actions[row]! - start;
      if (Number.isInteger(index) && index >= 0 && index < n) continue;
      throw new AgentError(
        "invalid-argument",
        `Row ${row} of the batch has action ${actions[row]}; the actions are the whole numbers ${start} to ${start + n - 1}.`,
      );
    }
    if (nextActionMasks !== null && nextActionMasks.length < size * n) {
      throw new AgentError(
        "invalid-argument",
        `The batch has ${nextActionMasks.length} mask values; ${size} rows of ${n} actions need ${size * n}.`,
      );
    }
  }

  private makeRoom(rows: number): void {
    if (this.targets.length === rows) return;
    this.targets = new Float32Array(rows);
    this.outputs = {
      tdErrors: new Float32Array(rows),
      gradient: new Float32Array(rows * this.actions.n),
    };
  }
}
