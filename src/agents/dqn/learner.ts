import type { Generator } from "gymnasium-js";
import type { Net } from "../../nets/index.js";
import type { ReplayBatch } from "../../replay/types.js";
import {
  capture,
  createOptimizer,
  type HostArray,
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
import { NoiseInputs } from "./noise.js";
import { type Objective, objectiveOf } from "./objective.js";

type NoiseName = "onlineNoise" | "targetNoise" | "chooserNoise";

/** Noise is there if the nets are noisy. */
type Inputs = Record<"observations" | "nextObservations", tf.Tensor> & Partial<Record<NoiseName, tf.Tensor>>;

/** What a learner is made of. */
interface LearnerParts {
  online: Net;
  target: Net;
  actions: ActionCodes;
  config: DqnConfig;
  /** Draws the noise of noisy nets. */
  rng: Generator;
  /** Runs the update operation by operation instead of as a captured step; the bits are the same. */
  eager: boolean;
}

/**
 * One DQN update after another on a pair of nets: one forward each for the targets, one forward and backward for the
 * loss, and the optimiser, as one captured step. What is small (targets, TD errors, dL/dQ) is computed in typed arrays.
 */
export class DqnLearner {
  readonly optimizer: Optimizer;
  updates = 0;
  private readonly online: Net;
  private readonly target: Net;
  private readonly actions: ActionCodes;
  private readonly config: DqnConfig;
  private readonly rng: Generator;
  private readonly objective: Objective;
  /** Null where the nets are not noisy. */
  private readonly noise: NoiseInputs<NoiseName> | null;
  private readonly step: Step<keyof Inputs, Record<string, never>>;
  /** What the update that is under way learns from, and what it found. */
  private batch: ReplayBatch | null = null;
  private metrics = { loss: 0, meanQ: 0 };
  private tdErrors = new Float32Array(0);

  constructor({ online, target, actions, config, rng, eager }: LearnerParts) {
    this.online = online;
    this.target = target;
    this.actions = actions;
    this.config = config;
    this.rng = rng;
    this.optimizer = createOptimizer(config.optimizer, online.parameters);
    this.objective = objectiveOf(config, actions);
    const names: NoiseName[] = ["onlineNoise", "targetNoise"];
    if (config.double) names.push("chooserNoise");
    this.noise = online.noiseSize > 0 ? new NoiseInputs(online, rng, names) : null;
    this.step = capture((inputs) => this.update(inputs as Inputs), { eager });
  }

  /** @param learningRate the optimiser's step size in this update */
  learn(batch: ReplayBatch, learningRate: number): LearnMetrics {
    this.checkBatch(batch);
    if (this.tdErrors.length !== batch.size) this.tdErrors = new Float32Array(batch.size);
    this.batch = batch;
    const { input } = this.online;
    this.optimizer.learningRate = learningRate;
    this.optimizer.prepare();
    // An update that is refused has drawn nothing.
    const drawnFrom = this.noise && this.rng.state;
    this.step.run({
      observations: input.source(batch.observations, batch.size, 0),
      nextObservations: input.source(batch.nextObservations, batch.size, 1),
      ...this.noise?.draw(),
    } as Record<keyof Inputs, HostArray>);
    const { loss, meanQ } = this.metrics;
    const { gradientNorm } = this.optimizer.complete();
    const lossFits = Number.isFinite(Math.fround(loss));
    if (!lossFits || !Number.isFinite(gradientNorm)) {
      if (drawnFrom) this.rng.setState(drawnFrom);
      throw divergence(batch, lossFits ? gradientNorm : loss, this.updates);
    }
    this.updates++;
    this.moveTarget();
    return { loss, meanQ, gradientNorm, tdErrors: this.tdErrors };
  }

  /** The update as a function of tensors. A loss that is not finite changes no weight. */
  private update(inputs: Inputs): Record<string, never> {
    const { online, target, config } = this;
    const next = online.input.decode(inputs.nextObservations);
    const targetT = target.apply(next, inputs.targetNoise);
    const chooserT = config.double ? online.apply(next, inputs.chooserNoise) : targetT;
    const x = online.input.decode(inputs.observations);
    const targetTm1 = config.munchausen.type === "on" ? [target.apply(x, inputs.targetNoise)] : [];
    // The loss is computed from the outputs in typed arrays; its exact gradient is what goes back through the net.
    const lossOf = tf.customGrad((outputs, save) => {
      const onlineTm1 = outputs as tf.Tensor;
      const [loss, gradient] = hostStep(
        [onlineTm1, targetT, chooserT, ...targetTm1],
        [[], onlineTm1.shape],
        ([onlineTm1, targetT, chooserT, targetTm1], [lossOut, gradientOut]) => {
          this.metrics = this.objective(
            { onlineTm1: onlineTm1!, targetT: targetT!, chooserT: chooserT!, targetTm1: targetTm1 ?? null },
            this.batch!,
            { tdErrors: this.tdErrors, gradient: gradientOut! },
          );
          lossOut![0] = this.metrics.loss;
        },
      ) as [tf.Scalar, tf.Tensor];
      (save as unknown as (tensors: tf.Tensor[]) => void)([gradient]);
      return { value: loss, gradFunc: (_dy, saved) => saved[0]! };
    });
    const { value, gradients } = valueAndGradients(
      () => lossOf(online.apply(x, inputs.onlineNoise)) as tf.Scalar,
      online.parameters,
    );
    this.optimizer.apply(gradients, value);
    tf.dispose([value, gradients]);
    return {};
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
}
