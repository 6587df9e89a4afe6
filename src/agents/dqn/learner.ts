import type { Net } from "../../nets/index.js";
import type { ReplayBatch } from "../../replay/types.js";
import {
  capture,
  createOptimizer,
  hostStep,
  type Optimizer,
  type Step,
  tf,
  valueAndGradients,
} from "../../tensors/index.js";
import type { LearnMetrics } from "../agent.js";
import { AgentError } from "../errors.js";
import type { ActionCodes } from "../spaces.js";
import type { DqnConfig } from "./config.js";
import { divergence } from "./divergence.js";
import { doubleQTargets, type ErrorLoss, huberLoss, qTargets, squaredLoss, tdLoss } from "./losses.js";

type InputName = "observations" | "nextObservations";

/**
 * One DQN update after another on a pair of nets: one forward each for the targets, one forward and backward for the
 * loss, and the optimiser, as one captured step. What is small (targets, TD errors, dL/dQ) is computed in typed arrays.
 */
export class DqnLearner {
  readonly optimizer: Optimizer;
  updates = 0;
  private readonly loss: ErrorLoss;
  private readonly step: Step<InputName, Record<string, never>>;
  /** What the update that is under way learns from, and what it found. */
  private batch: ReplayBatch | null = null;
  private metrics = { loss: 0, meanQ: 0 };
  private targets = new Float32Array(0);
  private tdErrors = new Float32Array(0);

  /** @param eager runs the update operation by operation instead of as a captured step; the bits are the same */
  constructor(
    private readonly online: Net,
    private readonly target: Net,
    private readonly actions: ActionCodes,
    private readonly config: DqnConfig,
    eager = false,
  ) {
    this.optimizer = createOptimizer(config.optimizer, online.parameters);
    this.loss = config.loss === "huber" ? huberLoss(config.huberDelta) : squaredLoss();
    this.step = capture((inputs) => this.update(inputs), { eager });
  }

  learn(batch: ReplayBatch): LearnMetrics {
    this.checkBatch(batch);
    this.makeRoom(batch.size);
    this.batch = batch;
    const { input } = this.online;
    this.optimizer.prepare();
    this.step.run({
      observations: input.source(batch.observations, batch.size, 0),
      nextObservations: input.source(batch.nextObservations, batch.size, 1),
    });
    const { loss, meanQ } = this.metrics;
    const { gradientNorm } = this.optimizer.complete();
    if (!Number.isFinite(Math.fround(loss))) throw divergence(batch, loss, this.updates);
    if (!Number.isFinite(gradientNorm)) throw divergence(batch, gradientNorm, this.updates);
    this.updates++;
    this.moveTarget();
    return { loss, meanQ, gradientNorm, tdErrors: this.tdErrors };
  }

  /** The update as a function of tensors. A loss that is not finite changes no weight. */
  private update(inputs: Record<InputName, tf.Tensor>): Record<string, never> {
    const { input } = this.online;
    const next = input.decode(inputs.nextObservations);
    const valuer = this.target.apply(next);
    const chooser = this.config.double ? this.online.apply(next) : valuer;
    const x = input.decode(inputs.observations);
    // The loss is computed from Q in typed arrays; its exact gradient dL/dQ is what goes back through the net.
    const lossOfQ = tf.customGrad((q, save) => {
      const qTm1 = q as tf.Tensor;
      const [loss, gradient] = hostStep(
        [qTm1, valuer, chooser],
        [[], qTm1.shape],
        ([qs, values, choices], [lossOut, gradientOut]) => {
          this.computeTargets(values!, choices!);
          this.metrics = this.tdLoss(qs!, gradientOut!);
          lossOut![0] = this.metrics.loss;
        },
      ) as [tf.Scalar, tf.Tensor];
      (save as unknown as (tensors: tf.Tensor[]) => void)([gradient]);
      return { value: loss, gradFunc: (_dy, saved) => saved[0]! };
    });
    const { value, gradients } = valueAndGradients(
      () => lossOfQ(this.online.apply(x)) as tf.Scalar,
      this.online.parameters,
    );
    this.optimizer.apply(gradients, value);
    tf.dispose([value, gradients]);
    return {};
  }

  private computeTargets(valuer: ArrayLike<number>, chooser: ArrayLike<number>): void {
    const batch = this.batch!;
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

  private tdLoss(qTm1: ArrayLike<number>, gradient: Float32Array): { loss: number; meanQ: number } {
    const batch = this.batch!;
    const inputs = {
      qTm1,
      numActions: this.actions.n,
      aTm1: batch.actions,
      actionStart: this.actions.start,
      targets: this.targets,
      weights: batch.weights,
      loss: this.loss,
    };
    return tdLoss(inputs, { tdErrors: this.tdErrors, gradient });
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
    this.tdErrors = new Float32Array(rows);
  }
}
