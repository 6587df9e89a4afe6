import type { RecurrentNet } from "../../nets/index.js";
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
import type { DrqnConfig } from "./config.js";
import { divergence } from "./divergence.js";
import { type SequenceLoss, sequenceLoss } from "./losses.js";
import type { SequenceBatch } from "./sequence-batch.js";

type Inputs = Record<"observations" | "hidden" | "cell" | "present", tf.Tensor>;

/** What a learner is made of. */
interface LearnerParts {
  online: RecurrentNet;
  target: RecurrentNet;
  actions: ActionCodes;
  config: DrqnConfig;
  /** Runs the update operation by operation instead of as a captured step; the bits are the same. */
  eager: boolean;
}

/**
 * One DRQN update after another on a pair of nets, as one captured step: both nets see the burn-in from the state that
 * a sequence begins with, without gradients; then both go on through the learnt steps, the online net with gradients
 * back to the first of them (backpropagation through time, Werbos 1990); then the optimiser. What is small (targets, TD
 * errors, dL/dQ) is computed in typed arrays.
 *
 * Source: Hausknecht & Stone 2015, https://arxiv.org/abs/1507.06527; burn-in and stored states: Kapturowski et al. 2019,
 * https://openreview.net/forum?id=r1lyTjAqYX
 */
export class DrqnLearner {
  readonly optimizer: Optimizer;
  updates = 0;
  private readonly parts: LearnerParts;
  private readonly lossOf: SequenceLoss;
  private readonly step: Step<keyof Inputs, Record<string, never>>;
  /** What the update that is under way learns from, and what it found. */
  private batch: SequenceBatch | null = null;
  private metrics = { loss: 0, meanQ: 0 };
  private tdErrors = new Float32Array(0);
  private present = new Float32Array(0);

  constructor(parts: LearnerParts) {
    const { online, actions, config, eager } = parts;
    this.parts = parts;
    this.optimizer = createOptimizer(config.optimizer, online.parameters);
    this.lossOf = sequenceLoss(config, actions);
    this.step = capture((inputs: Inputs) => this.update(inputs), { eager });
  }

  /** @param learningRate the optimiser's step size in this update */
  learn(batch: SequenceBatch, learningRate: number): LearnMetrics {
    const { online, config } = this.parts;
    const { burnIn, length } = config.sequence;
    const { size } = batch;
    this.checkBatch(batch);
    if (this.tdErrors.length !== size) this.tdErrors = new Float32Array(size);
    this.batch = batch;
    this.optimizer.learningRate = learningRate;
    this.optimizer.prepare();
    const shape = [size, online.units];
    this.step.run({
      observations: online.input.source(batch.observations, (burnIn + length + 1) * size),
      hidden: { data: batch.hidden, shape },
      cell: { data: batch.cell, shape },
      present: { data: this.presence(batch), shape: [burnIn * size, 1] },
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
  private update(inputs: Inputs): Record<string, never> {
    const { online, target, config } = this.parts;
    const start = { hidden: inputs.hidden as tf.Tensor2D, cell: inputs.cell as tf.Tensor2D };
    const x = online.input.decode(inputs.observations);
    const warmUp = config.sequence.burnIn * start.hidden.shape[0];
    const [before, learnt] = warmUp === 0 ? [null, x] : tf.split(x, [warmUp, x.shape[0]! - warmUp]);
    const warmed = (net: RecurrentNet) =>
      before ? net.remember(before, start, inputs.present as tf.Tensor2D) : start;
    const targetQ = target.apply(learnt!, warmed(target)).outputs;
    const state = warmed(online);
    // The loss is computed from Q in typed arrays; its exact gradient dL/dQ is what goes back through the net.
    const lossOfQ = tf.customGrad((outputs, save) => {
      const onlineQ = outputs as tf.Tensor;
      const [loss, gradient] = hostStep(
        [onlineQ, targetQ],
        [[], onlineQ.shape],
        ([onlineQ, targetQ], [lossOut, gradientOut]) => {
          const memory = { tdErrors: this.tdErrors, gradient: gradientOut! };
          const q = { online: onlineQ as Float32Array, target: targetQ as Float32Array };
          this.metrics = this.lossOf(q, this.batch!, memory);
          lossOut![0] = this.metrics.loss;
        },
      ) as [tf.Scalar, tf.Tensor];
      (save as unknown as (tensors: tf.Tensor[]) => void)([gradient]);
      return { value: loss, gradFunc: (_dy, saved) => saved[0]! };
    });
    const { value, gradients } = valueAndGradients(
      () => lossOfQ(online.apply(learnt!, state).outputs) as tf.Scalar,
      online.parameters,
    );
    this.optimizer.apply(gradients, value);
    tf.dispose([value, gradients]);
    return {};
  }

  /** `[burnIn, size]`, 1 where a row has that step of burn-in: its last ones. */
  private presence({ size, burnInSteps }: SequenceBatch): Float32Array {
    const { burnIn } = this.parts.config.sequence;
    if (this.present.length !== burnIn * size) this.present = new Float32Array(burnIn * size);
    for (let step = 0; step < burnIn; step++) {
      for (let row = 0; row < size; row++) {
        this.present[step * size + row] = burnIn - step <= burnInSteps[row]! ? 1 : 0;
      }
    }
    return this.present;
  }

  private moveTarget(): void {
    const { online, target, config } = this.parts;
    if (config.target.type === "soft") target.blend(online, config.target.tau);
    else if (this.updates % config.target.every === 0) target.copyFrom(online);
  }

  private checkBatch({ size, actions, learntSteps, burnInSteps }: SequenceBatch): void {
    const { actions: codes, config } = this.parts;
    const { length, burnIn } = config.sequence;
    for (let row = 0; row < size; row++) {
      const fits = isBetween(learntSteps[row]!, 1, length) && isBetween(burnInSteps[row]!, 0, burnIn);
      if (!fits) {
        throw new AgentError(
          "invalid-argument",
          `Row ${row} of the batch has ${burnInSteps[row]} steps of burn-in and ${learntSteps[row]} to learn from; at most ${burnIn} and 1 to ${length} are expected.`,
        );
      }
    }
    for (let at = 0; at < length * size; at++) {
      if (isBetween(actions[at]! - codes.start, 0, codes.n - 1)) continue;
      throw new AgentError(
        "invalid-argument",
        `Step ${Math.floor(at / size)} of row ${at % size} of the batch has action ${actions[at]}; the actions are the whole numbers ${codes.start} to ${codes.start + codes.n - 1}.`,
      );
    }
  }
}

function isBetween(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}
