import type { Generator } from "gymnasium-js";
import { type Model, maxNorm, penaltyOf } from "../../nets/index.js";
import {
  capture,
  createOptimizer,
  type NamedArrays,
  type Optimizer,
  type OptimizerState,
  type Step,
  tf,
  valueAndGradients,
} from "../../tensors/index.js";
import type { Batch } from "../data/index.js";
import type { FitConfig } from "./config.js";
import { FitError } from "./errors.js";
import { strayField, strayIn } from "./finite.js";
import { Heads } from "./heads.js";

export interface TrainerOptions {
  /** Runs operation by operation instead of captured steps; the bits are the same. Default false. */
  eager?: boolean;
}

export interface TrainerStep {
  /** The sum of the heads' losses by their weights, and the penalty. */
  loss: number;
  /** By head, without its weight. */
  losses: Record<string, number>;
  /** Whether the weights have changed; where gradients are accumulated they do not each time. */
  updated: boolean;
}

/** Everything that a trainer knows: restoring it continues bit for bit. */
export interface TrainerState {
  model: NamedArrays;
  optimizer: OptimizerState;
  /** Gradients that wait for an update; empty where none are accumulated. */
  accumulated: NamedArrays;
  /** Batches that they are from. */
  waiting: number;
  random: Generator["state"];
}

/** Fits a model one batch at a time: forward, backward and update as one captured step. */
export class Trainer {
  readonly heads: Heads;
  readonly optimizer: Optimizer;
  private readonly parameters: ReadonlyMap<string, tf.Variable>;
  /** Sums of gradients, where several batches make an update. */
  private readonly sums: ReadonlyMap<string, tf.Variable>;
  private readonly learnStep: Step<string, Record<string, tf.Tensor>>;
  private readonly updateStep: Step<string, Record<string, tf.Tensor>>;
  private waiting = 0;

  /** @throws {FitError} `invalid-fit` if the objective or the names of parameters do not fit the model */
  constructor(
    private readonly model: Model,
    private readonly config: FitConfig,
    { eager = false }: TrainerOptions = {},
  ) {
    this.heads = new Heads(model, config.objective);
    this.parameters = trainableOf(model, config.trainable);
    // What may throw comes before what has to be disposed of.
    const penalty = config.penalty && penaltyOf(config.penalty, this.parameters);
    this.optimizer = createOptimizer(config.optimizer, this.parameters);
    this.sums = config.accumulate > 1 ? zerosLike(this.parameters) : new Map();
    this.learnStep = capture((fields) => this.learn(fields, penalty), { eager });
    this.updateStep = capture(() => this.updateBySums(), { eager });
  }

  /** Updates done so far. */
  get updates(): number {
    return this.optimizer.steps;
  }

  /**
   * Learns from a batch.
   *
   * @param learningRate the optimiser's step size in an update
   * @throws {FitError} `diverged` if the loss or a gradient is not finite, which leaves weights and moments as they were before;
   * `invalid-fit` for a batch that does not fit the objective
   */
  step(batch: Batch, learningRate: number): TrainerStep {
    const fields = this.heads.fieldsOf(batch);
    this.optimizer.learningRate = learningRate;
    this.optimizer.prepare();
    const results = this.learnStep.run(fields);
    const loss = results["loss"]![0]!;
    if (!Number.isFinite(loss)) throw this.divergence(`the loss is ${loss}`, fields);
    const losses = Object.fromEntries(
      this.heads.all.map(({ name }, index) => [name, results[`loss${index}`]![0]!]),
    );
    this.waiting++;
    const updated = this.waiting === this.config.accumulate;
    if (updated) {
      if (this.sums.size > 0) this.updateStep.run({});
      this.waiting = 0;
      const { gradientNorm } = this.optimizer.complete();
      if (!Number.isFinite(gradientNorm))
        throw this.divergence(`the gradient's norm is ${gradientNorm}`, fields);
    }
    return { loss, losses, updated };
  }

  /**
   * A step can be so large that weights overflow, which no loss tells before the next batch.
   *
   * @throws {FitError} `diverged` if a parameter, a buffer or a gradient that waits is not finite
   */
  checkState(): void {
    const { parameters, buffers } = this.model;
    for (const [name, variable] of [...parameters, ...buffers, ...this.sums]) {
      const numbers = variable.dataSync();
      const at = strayIn(numbers);
      if (at < 0) continue;
      const what = variable === this.sums.get(name) ? `the gradient of "${name}"` : `"${name}"`;
      throw this.divergence(`${what} holds ${numbers[at]}`);
    }
  }

  /** @throws {FitError} as `checkState`: what it returns can be gone on from */
  save(): TrainerState {
    this.checkState();
    const accumulated: NamedArrays = {};
    for (const [name, { shape }] of this.sums) {
      const data = (this.sums.get(name)!.dataSync() as Float32Array).slice();
      accumulated[name] = { shape: [...shape], dtype: "float32", data };
    }
    return {
      model: this.model.save(),
      optimizer: this.optimizer.save(),
      accumulated,
      waiting: this.waiting,
      random: this.model.random.state,
    };
  }

  /** Takes over the state of a trainer of the same model and config. */
  restore({ model, optimizer, accumulated, waiting, random }: TrainerState): void {
    this.model.restore(model);
    this.optimizer.restore(optimizer);
    for (const [name, variable] of this.sums) {
      const array = accumulated[name];
      if (array === undefined || !tf.util.arraysEqual(array.shape, variable.shape)) {
        throw new FitError("state-mismatch", `The saved state has no accumulated gradient of "${name}".`);
      }
      tf.tidy(() => variable.assign(tf.tensor(array.data.slice(), array.shape, "float32")));
    }
    this.waiting = waiting;
    this.model.random.setState(random);
  }

  /** Frees the optimiser's and its own memory; the model stays. */
  dispose(): void {
    this.optimizer.dispose();
    tf.dispose([...this.sums.values()]);
  }

  /** A batch as a function of tensors. A loss that is not finite changes no weight, moment or buffer. */
  private learn(
    fields: Record<string, tf.Tensor>,
    penalty: (() => tf.Scalar) | null,
  ): Record<string, tf.Tensor> {
    let losses: tf.Scalar[] = [];
    const before = [...this.model.buffers.values()].map((buffer) => ({ buffer, held: tf.clone(buffer) }));
    const { value, gradients } = valueAndGradients(() => {
      losses = this.heads
        .losses(this.heads.apply(fields, true), fields, true)
        .map((loss) => tf.keep(tf.clone(loss)));
      const terms = losses.map((loss, index) => tf.mul(loss, this.heads.all[index]!.settings.weight));
      if (penalty !== null) terms.push(penalty());
      return terms.reduce((sum, term) => tf.add(sum, term)) as tf.Scalar;
    }, this.parameters);
    if (this.sums.size > 0) this.accumulate(gradients);
    else this.update(gradients, value);
    if (before.length > 0) keepWhere(tf.isFinite(value), before);
    const results: Record<string, tf.Tensor> = { loss: value };
    losses.forEach((loss, index) => {
      results[`loss${index}`] = tf.clone(loss);
      loss.dispose();
    });
    return results;
  }

  private accumulate(gradients: Record<string, tf.Tensor>): void {
    const share = 1 / this.config.accumulate;
    for (const [name, sum] of this.sums) sum.assign(tf.add(sum, tf.mul(gradients[name]!, share)));
  }

  private updateBySums(): Record<string, tf.Tensor> {
    this.update(Object.fromEntries(this.sums), null);
    for (const sum of this.sums.values()) sum.assign(tf.zerosLike(sum));
    return {};
  }

  private update(gradients: Record<string, tf.Tensor>, guard: tf.Tensor | null): void {
    this.optimizer.apply(gradients, guard);
    const { maxNorm: limit } = this.config;
    if (limit !== null) maxNorm(this.parameters, limit);
  }

  /** @param fields of the batch that showed it, whose own values may be the cause */
  private divergence(what: string, fields: Batch["fields"] = {}): FitError {
    const stray = strayField(fields);
    const fix =
      stray === null
        ? "use a smaller learning rate, or clip gradients (optimizer.clipNorm)"
        : `the batch has ${stray}, so give finite numbers`;
    return new FitError(
      "diverged",
      `The training has diverged after ${this.updates} updates: ${what}; ${fix}.`,
    );
  }
}

/** Lets buffers keep what they hold now where it is true; else they hold what they held before. */
function keepWhere(condition: tf.Tensor, buffers: readonly { buffer: tf.Variable; held: tf.Tensor }[]): void {
  for (const { buffer, held } of buffers) buffer.assign(tf.where(condition, buffer, held));
}

function trainableOf(model: Model, pattern: string | null): ReadonlyMap<string, tf.Variable> {
  if (pattern === null) return model.parameters;
  const expression = new RegExp(pattern, "u");
  const chosen = new Map([...model.parameters].filter(([name]) => expression.test(name)));
  if (chosen.size > 0) return chosen;
  throw new FitError(
    "invalid-fit",
    `No parameter's name matches ${pattern}; there are ${[...model.parameters.keys()].join(", ")}.`,
  );
}

function zerosLike(parameters: ReadonlyMap<string, tf.Variable>): Map<string, tf.Variable> {
  return new Map(
    [...parameters].map(([name, { shape }]) => {
      const zeros = tf.zeros(shape);
      const variable = tf.variable(zeros, false);
      zeros.dispose();
      return [name, variable];
    }),
  );
}
