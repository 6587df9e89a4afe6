import type { TypedArray } from "gymnasium-js";
import type { Net } from "../../nets/index.js";
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
import { type ErrorLoss, huberLoss, squaredLoss, tdLoss } from "../dqn/losses.js";
import { AgentError } from "../errors.js";
import type { ActionCodes } from "../spaces.js";
import type { PqnConfig } from "./config.js";

/** What one update learns from: state-action pairs and their returns. Arrays are the learner's to read during the call. */
export interface ReturnBatch {
  size: number;
  /** `[size, ...(stack > 1 ? [stack] : []), ...shape]` */
  observations: TypedArray;
  /** `[size]`, as the action space counts them. */
  actions: Int32Array;
  /** `[size]` G of each pair, of scaled rewards. */
  returns: Float32Array;
}

/**
 * One update after another towards given returns: a forward, a backward and the optimiser, as one captured step. There
 * is no target net: the returns were made with the net as it was when it acted, and LayerNorm keeps it from diverging.
 */
export class PqnLearner {
  readonly optimizer: Optimizer;
  updates = 0;
  private readonly loss: ErrorLoss;
  private readonly step: Step<"observations", Record<string, never>>;
  /** What the update that is under way learns from, and what it found. */
  private batch: ReturnBatch | null = null;
  private metrics = { loss: 0, meanQ: 0 };
  private tdErrors = new Float32Array(0);
  private weights = new Float32Array(0);

  /** @param eager runs the update operation by operation instead of as a captured step; the bits are the same */
  constructor(
    private readonly net: Net,
    private readonly actions: ActionCodes,
    config: PqnConfig,
    eager = false,
  ) {
    this.optimizer = createOptimizer(config.optimizer, net.parameters);
    this.loss = config.loss === "huber" ? huberLoss(config.huberDelta) : squaredLoss();
    this.step = capture(({ observations }) => this.update(observations), { eager });
  }

  /** @param learningRate step size of this update */
  learn(batch: ReturnBatch, learningRate: number): LearnMetrics {
    this.checkBatch(batch);
    this.makeRoom(batch.size);
    this.batch = batch;
    this.optimizer.learningRate = learningRate;
    this.optimizer.prepare();
    this.step.run({ observations: this.net.input.source(batch.observations, batch.size) });
    const { loss, meanQ } = this.metrics;
    const { gradientNorm } = this.optimizer.complete();
    if (!Number.isFinite(Math.fround(loss))) throw divergence(batch, loss, this.updates);
    if (!Number.isFinite(gradientNorm)) throw divergence(batch, gradientNorm, this.updates);
    this.updates++;
    return { loss, meanQ, gradientNorm, tdErrors: this.tdErrors };
  }

  /** The update as a function of tensors. A loss that is not finite changes no weight. */
  private update(observations: tf.Tensor): Record<string, never> {
    const x = this.net.input.decode(observations);
    // The loss is computed from Q in typed arrays; its exact gradient dL/dQ is what goes back through the net.
    const lossOfQ = tf.customGrad((q, save) => {
      const qTm1 = q as tf.Tensor;
      const [loss, gradient] = hostStep([qTm1], [[], qTm1.shape], ([qs], [lossOut, gradientOut]) => {
        this.metrics = this.lossAndGradient(qs!, gradientOut!);
        lossOut![0] = this.metrics.loss;
      }) as [tf.Scalar, tf.Tensor];
      (save as unknown as (tensors: tf.Tensor[]) => void)([gradient]);
      return { value: loss, gradFunc: (_dy, saved) => saved[0]! };
    });
    const { value, gradients } = valueAndGradients(
      () => lossOfQ(this.net.apply(x)) as tf.Scalar,
      this.net.parameters,
    );
    this.optimizer.apply(gradients, value);
    tf.dispose([value, gradients]);
    return {};
  }

  /** L = 1/rows * sum of l(G_i - Q(s_i, a_i)), by the formula of DQN's loss, all rows weighing the same. */
  private lossAndGradient(qTm1: ArrayLike<number>, gradient: Float32Array): { loss: number; meanQ: number } {
    const { actions, returns } = this.batch!;
    const inputs = {
      qTm1,
      numActions: this.actions.n,
      aTm1: actions,
      actionStart: this.actions.start,
      targets: returns,
      weights: this.weights,
      loss: this.loss,
    };
    return tdLoss(inputs, { tdErrors: this.tdErrors, gradient });
  }

  private checkBatch({ size, actions }: ReturnBatch): void {
    const { n, start } = this.actions;
    for (let row = 0; row < size; row++) {
      const index = actions[row]! - start;
      if (Number.isInteger(index) && index >= 0 && index < n) continue;
      throw new AgentError(
        "invalid-argument",
        `Row ${row} of the batch has action ${actions[row]}; the actions are the whole numbers ${start} to ${start + n - 1}.`,
      );
    }
  }

  private makeRoom(rows: number): void {
    if (this.tdErrors.length === rows) return;
    this.tdErrors = new Float32Array(rows);
    this.weights = new Float32Array(rows).fill(1);
  }
}

/** The error of an update whose loss or gradient is not finite, with the likeliest cause. */
function divergence(
  { size, observations, returns }: ReturnBatch,
  value: number,
  updates: number,
): AgentError {
  const where = `Update ${updates + 1} has a loss or gradient of ${value}`;
  for (const [name, values] of Object.entries({ "a return": returns, "an observation": observations })) {
    const at = (values as Float32Array).findIndex((entry) => !Number.isFinite(entry));
    if (at < 0) continue;
    const row = Math.floor(at / (values.length / size));
    return new AgentError(
      "diverged",
      `${where}, because row ${row} of the batch has ${name} of ${values[at]}: check the environment (checkEnv finds such values) and the action values.`,
    );
  }
  return new AgentError(
    "diverged",
    `${where}, though the batch is finite: the action values have diverged; use a net with norm "layer", lower optimizer.learningRate, set optimizer.clipNorm, or scale rewards down by rewardScale.`,
  );
}
