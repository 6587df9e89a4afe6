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
import { divergence } from "../dqn/divergence.js";
import { AgentError } from "../errors.js";
import type { QmixConfig } from "./config.js";
import type { TeamLayout } from "./layout.js";
import { greedyUtilities, type TeamLoss, teamLoss } from "./losses.js";
import type { TeamInput } from "./team-input.js";
import type { TeamNet } from "./team-net.js";

type Inputs = Record<"observations" | "nextObservations" | "taken", tf.Tensor>;

/** What a learner is made of. */
interface LearnerParts {
  online: TeamNet;
  target: TeamNet;
  input: TeamInput;
  layout: TeamLayout;
  config: QmixConfig;
  /** Runs the update operation by operation instead of as a captured step; the bits are the same. */
  eager: boolean;
}

/**
 * One update after another on a pair of team nets, as one captured step: the utilities of the next observations, of which each
 * agent's best are mixed by the target net; the utilities of what was done, mixed by the online net, with gradients back through
 * mixer and utility net alike; then the optimiser. Choices, targets and errors are computed in typed arrays.
 */
export class QmixLearner {
  readonly optimizer: Optimizer;
  updates = 0;
  private readonly parts: LearnerParts;
  private readonly lossOf: TeamLoss;
  private readonly step: Step<keyof Inputs, Record<string, never>>;
  /** What the update that is under way learns from, and what it found. */
  private batch: ReplayBatch | null = null;
  private metrics = { loss: 0, meanQ: 0 };
  private tdErrors = new Float32Array(0);
  private taken = new Float32Array(0);

  constructor(parts: LearnerParts) {
    this.parts = parts;
    this.optimizer = createOptimizer(parts.config.optimizer, parts.online.parameters);
    this.lossOf = teamLoss(parts.config);
    this.step = capture((inputs: Inputs) => this.update(inputs), { eager: parts.eager });
  }

  /** @param learningRate the optimiser's step size in this update */
  learn(batch: ReplayBatch, learningRate: number): LearnMetrics {
    const { input, layout } = this.parts;
    const { size } = batch;
    this.checkBatch(batch);
    if (this.tdErrors.length !== size) this.tdErrors = new Float32Array(size);
    this.batch = batch;
    this.optimizer.learningRate = learningRate;
    this.optimizer.prepare();
    this.step.run({
      observations: input.source(batch.observations, size, 0),
      nextObservations: input.source(batch.nextObservations, size, 1),
      taken: { data: this.oneHotActions(batch), shape: [size * layout.agents, layout.actions] },
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
    const { online, input, layout } = this.parts;
    const qTotT = this.nextValues(inputs.nextObservations);
    const { observations, ids, states } = input.take(inputs.observations);
    // The loss is computed from Qtot in typed arrays; its exact gradient is what goes back through mixer and utilities.
    const lossOf = tf.customGrad((outputs, save) => {
      const qTotTm1 = outputs as tf.Tensor;
      const [loss, gradient] = hostStep(
        [qTotTm1, qTotT],
        [[], qTotTm1.shape],
        ([qTotTm1, qTotT], [lossOut, gradientOut]) => {
          const memory = { tdErrors: this.tdErrors, gradient: gradientOut! };
          this.metrics = this.lossOf({ qTotTm1: qTotTm1!, qTotT: qTotT! }, this.batch!, memory);
          lossOut![0] = this.metrics.loss;
        },
      ) as [tf.Scalar, tf.Tensor];
      (save as unknown as (tensors: tf.Tensor[]) => void)([gradient]);
      return { value: loss, gradFunc: (_dy, saved) => saved[0]! };
    });
    const { value, gradients } = valueAndGradients(() => {
      const utilities = tf.sum(tf.mul(online.utilities(observations, ids), inputs.taken), 1);
      const byAgent = tf.reshape(utilities, [states.shape[0], layout.agents]) as tf.Tensor2D;
      return lossOf(online.mix(byAgent, states)) as tf.Scalar;
    }, online.parameters);
    this.optimizer.apply(gradients, value);
    tf.dispose([value, gradients]);
    return {};
  }

  /** `[rows]`: what the target net expects of the agents' best actions. */
  private nextValues(nextObservations: tf.Tensor): tf.Tensor1D {
    const { online, target, input, layout, config } = this.parts;
    const { observations, ids, states } = input.take(nextObservations);
    const valuer = target.utilities(observations, ids);
    const chooser = config.double ? online.utilities(observations, ids) : valuer;
    const [best] = hostStep(
      [chooser, valuer],
      [[states.shape[0], layout.agents]],
      ([chooser, valuer], [bestOut]) => {
        const choices = { numActions: layout.actions, mask: this.batch!.nextActionMasks };
        greedyUtilities({ chooser: chooser!, valuer: valuer!, ...choices }, bestOut!);
      },
    ) as [tf.Tensor2D];
    return target.mix(best, states);
  }

  /** `[rows * agents, actions]`, 1 at the actions that were taken. */
  private oneHotActions({ actions: chosen }: ReplayBatch): Float32Array {
    const { actions } = this.parts.layout;
    if (this.taken.length !== chosen.length * actions) this.taken = new Float32Array(chosen.length * actions);
    this.taken.fill(0);
    for (let at = 0; at < chosen.length; at++) this.taken[at * actions + chosen[at]!] = 1;
    return this.taken;
  }

  private moveTarget(): void {
    const { online, target, config } = this.parts;
    if (config.target.type === "soft") target.blend(online, config.target.tau);
    else if (this.updates % config.target.every === 0) target.copyFrom(online);
  }

  private checkBatch({ size, actions: chosen, nextActionMasks }: ReplayBatch): void {
    const { agents, actions } = this.parts.layout;
    if (chosen.length !== size * agents) {
      throw new AgentError(
        "invalid-argument",
        `The batch has ${chosen.length} actions; ${size} rows of ${agents} agents need ${size * agents}.`,
      );
    }
    const wrong = chosen.findIndex(
      (action: number) => !Number.isInteger(action) || action < 0 || action >= actions,
    );
    if (wrong >= 0) {
      throw new AgentError(
        "invalid-argument",
        `Row ${Math.floor(wrong / agents)} of the batch has action ${chosen[wrong]} of agent ${wrong % agents}; the actions are the whole numbers 0 to ${actions - 1}.`,
      );
    }
    const masks = size * agents * actions;
    if (nextActionMasks !== null && nextActionMasks.length < masks) {
      throw new AgentError(
        "invalid-argument",
        `The batch has ${nextActionMasks.length} mask values; ${size} rows of ${agents} agents with ${actions} actions need ${masks}.`,
      );
    }
  }
}
