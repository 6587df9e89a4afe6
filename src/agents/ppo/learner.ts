import type { TypedArray } from "gymnasium-js";
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
import type { ActorCritic } from "./actor-critic.js";
import type { PpoConfig } from "./config.js";
import type { ActionDistribution, DrawnActions } from "./distribution.js";
import { normalizeAdvantages, type PpoLossResult, ppoLoss } from "./losses.js";

/** What one update learns from: steps and their advantages. Arrays are the learner's to read during the call. */
export interface AdvantageBatch {
  size: number;
  /** `[size, ...(stack > 1 ? [stack] : []), ...shape]` */
  observations: TypedArray;
  /** `[size]` as a Discrete space counts them, or `[size, numbers]` as drawn for a Box, not clipped. */
  actions: DrawnActions;
  /** `[size, actions]` 1 where an action was legal; null where there are no masks. */
  actionMasks: Uint8Array | null;
  /** `[size]` log pi(a|s) when the actions were done. */
  logProbs: Float32Array;
  /** `[size]` V(s) then. */
  values: Float32Array;
  /** `[size]` A of each step, of scaled rewards. */
  advantages: Float32Array;
  /** `[size]` A + V(s): what the values are moved towards. */
  returns: Float32Array;
}

/** `meanQ` is the mean of V(s), `tdErrors` are returns minus V(s). */
export interface PpoMetrics extends LearnMetrics {
  figures: PpoLossResult["figures"];
}

/** One update after another of policy and values: a forward, a backward and the optimiser, as one captured step. */
export class PpoLearner {
  readonly optimizer: Optimizer;
  updates = 0;
  private readonly step: Step<"observations", Record<string, never>>;
  /** What the update that is under way learns from and by, and what it found. */
  private batch: AdvantageBatch | null = null;
  private clip = 0;
  private result: PpoLossResult | null = null;
  private tdErrors = new Float32Array(0);
  private advantages = new Float64Array(0);
  private logProbSlopes = new Float64Array(0);

  /** @param eager runs the update operation by operation instead of as a captured step; the bits are the same */
  constructor(
    private readonly nets: ActorCritic,
    private readonly distribution: ActionDistribution,
    private readonly config: PpoConfig,
    eager = false,
  ) {
    this.optimizer = createOptimizer(config.optimizer, nets.parameters);
    this.step = capture(({ observations }) => this.update(observations), { eager });
  }

  /** @param rates step size of this update, and how far it may draw ratios */
  learn(batch: AdvantageBatch, { learningRate, clip }: { learningRate: number; clip: number }): PpoMetrics {
    this.checkBatch(batch);
    this.makeRoom(batch.size);
    this.batch = batch;
    this.clip = clip;
    if (this.config.normalizeAdvantages) normalizeAdvantages(batch.advantages, this.advantages);
    else this.advantages.set(batch.advantages);
    this.optimizer.learningRate = learningRate;
    this.optimizer.prepare();
    this.step.run({ observations: this.nets.input.source(batch.observations, batch.size) });
    const { loss, meanValue, figures } = this.result as PpoLossResult;
    const { gradientNorm } = this.optimizer.complete();
    if (!Number.isFinite(Math.fround(loss))) throw this.divergence(loss);
    if (!Number.isFinite(gradientNorm)) throw this.divergence(gradientNorm);
    this.updates++;
    return { loss, meanQ: meanValue, gradientNorm, tdErrors: this.tdErrors, figures };
  }

  /** The update as a function of tensors. A loss that is not finite changes no weight. */
  private update(observations: tf.Tensor): Record<string, never> {
    const { nets } = this;
    const x = nets.input.decode(observations);
    // The loss is computed in typed arrays; its exact gradients are what goes back through the nets.
    const lossOf = tf.customGrad((...given) => {
      const [outputs, values, save] = given as unknown as [
        tf.Tensor,
        tf.Tensor,
        (saved: tf.Tensor[]) => void,
      ];
      const shapes = [[], outputs.shape, values.shape];
      const [loss, ...gradients] = hostStep([outputs, values], shapes, ([o, v], [l, byOutputs, byValues]) => {
        this.result = this.lossAndGradients(o!, v!, { policy: byOutputs!, value: byValues! });
        l![0] = this.result.loss;
      });
      save(gradients);
      return { value: loss as tf.Scalar, gradFunc: (_dy, saved) => saved };
    });
    const { value, gradients } = valueAndGradients(
      () => lossOf(nets.policy(x), nets.value(x)) as tf.Scalar,
      nets.parameters,
    );
    this.optimizer.apply(gradients, value);
    tf.dispose([value, gradients]);
    return {};
  }

  private lossAndGradients(
    outputs: ArrayLike<number>,
    values: ArrayLike<number>,
    gradients: { policy: Float32Array; value: Float32Array },
  ): PpoLossResult {
    const { distribution, config, advantages, logProbSlopes, tdErrors } = this;
    const { actions, actionMasks, size, logProbs, values: valuesBefore, returns } = this.batch!;
    distribution.give(outputs, actionMasks, size);
    return ppoLoss(
      {
        ...{ distribution, actions, values, advantages, returns },
        ...{ logProbsBefore: logProbs, valuesBefore },
        clip: this.clip,
        clipsValues: config.valueClip,
        valueCoefficient: config.valueCoefficient,
        entropyCoefficient: config.entropyCoefficient,
      },
      { policyGradient: gradients.policy, valueGradient: gradients.value, logProbSlopes, tdErrors },
    );
  }

  private checkBatch(batch: AdvantageBatch): void {
    const { size, actions, actionMasks, logProbs, values, advantages, returns } = batch;
    for (let row = 0; row < size; row++) {
      const fault = this.distribution.fault(actions, actionMasks, row);
      if (fault !== null) throw new AgentError("invalid-argument", `Row ${row} of the batch ${fault}.`);
      // Not all of them are in every loss.
      const sum = logProbs[row]! + values[row]! + advantages[row]! + returns[row]!;
      if (!Number.isFinite(sum)) throw this.divergence(sum, batch);
    }
  }

  private makeRoom(rows: number): void {
    if (this.tdErrors.length === rows) return;
    this.tdErrors = new Float32Array(rows);
    this.advantages = new Float64Array(rows);
    this.logProbSlopes = new Float64Array(rows);
  }

  /** The error of an update whose loss or gradient is not finite, with the likeliest cause. */
  private divergence(value: number, batch = this.batch!): AgentError {
    const where = `Update ${this.updates + 1} has a loss or gradient of ${value}`;
    const { size, returns, advantages, values, logProbs, observations } = batch;
    const named = {
      ...{ "a return": returns, "an advantage": advantages, "a value": values },
      ...{ "a log-probability": logProbs, "an observation": observations },
    };
    for (const [name, numbers] of Object.entries(named)) {
      const at = (numbers as Float32Array).findIndex((entry) => !Number.isFinite(entry));
      if (at < 0) continue;
      const row = Math.floor(at / (numbers.length / size));
      return new AgentError(
        "diverged",
        `${where}, because row ${row} of the batch has ${name} of ${numbers[at]}: check the environment (checkEnv finds such values) and the values.`,
      );
    }
    return new AgentError(
      "diverged",
      `${where}, though the batch is finite: policy or values have diverged; lower optimizer.learningRate, set optimizer.clipNorm or targetKl, or scale rewards down by rewardScale.`,
    );
  }
}
