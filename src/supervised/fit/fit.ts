import { Observable } from "rxjs";
import type { Model } from "../../nets/index.js";
import { afterBreath } from "../../streams/breath.js";
import type { NamedArrays } from "../../tensors/index.js";
import type { BatchSource } from "../data/index.js";
import { PlateauSchedule, type Schedule, scheduleOf } from "../schedules.js";
import type { FitConfig } from "./config.js";
import { isHigherBetter, judge, nothingYet } from "./early-stopping.js";
import { addBatch, noSums, trainFigures } from "./epoch-sums.js";
import { FitError } from "./errors.js";
import { Evaluator, type Figures } from "./evaluator.js";
import type { FitDoneEvent, FitEpochEvent, FitEvent, FitStanding, FitState } from "./events.js";
import { Trainer, type TrainerOptions } from "./trainer.js";

export interface FitData {
  train: BatchSource;
  /** What the best weights, early stopping and plateaus are judged by. */
  validation?: BatchSource;
  /** Judged once, at the end, by the weights that are kept. */
  test?: BatchSource;
  /** Rows of the training data, judged as validations are: beside them it shows over- and under-fitting. */
  trainSample?: BatchSource;
}

export interface FitOptions extends TrainerOptions {
  /** Goes on from a state of a fit of the same model, data and config. */
  resume?: FitState;
  /** Milliseconds after which the event loop gets air; default 16. */
  breatheMs?: number;
}

/** Which fit trains a model now. */
const underWay = new WeakMap<Model, Fit>();

/**
 * Fits a model to data. Cold: each subscription trains the model as it then is, one at a time; several listeners `share()` one.
 * Whoever unsubscribes stops it: nothing changes the weights any more. The event loop has air in between. With the same model,
 * data, config and engine it comes to the same bits.
 *
 * @throws {FitError} to `error`: `invalid-fit` if parts do not fit each other, or the model is being fitted already; `diverged` if a
 * loss or a gradient is not finite, or, at the end of an epoch, a weight. `save` throws the same for what could not be gone on from
 *
 * @example
 * const model = buildModel(sequential([2], [layers.dense({ units: 3 })]), new Generator(1));
 * fit(model, { train: batchesOf(data, { batchSize: 32, seed: 1 }) }, config).subscribe((event) => {
 *   if (event.kind === "epoch") console.log(event.epoch, event.train.loss);
 * });
 */
export function fit(
  model: Model,
  data: FitData,
  config: FitConfig,
  options: FitOptions = {},
): Observable<FitEvent> {
  return new Observable((subscriber) => {
    const work = new Fit(model, data, { config, ...options });
    subscriber.add(() => work.stop());
    const tell = async () => {
      for await (const event of work.events()) subscriber.next(event);
      subscriber.complete();
    };
    tell().catch((error: unknown) => subscriber.error(error));
  });
}

class Fit {
  private readonly stopping = new AbortController();
  private readonly trainer: Trainer;
  private readonly evaluator: Evaluator;
  private readonly schedule: Schedule;
  private readonly plateau: PlateauSchedule | null;
  private readonly config: FitConfig;
  private readonly breatheMs: number;
  private readonly standing: FitStanding;
  private bestWeights: NamedArrays | null = null;
  private breathedAt = performance.now();

  constructor(
    private readonly model: Model,
    private readonly data: FitData,
    { config, resume, eager = false, breatheMs = 16 }: FitOptions & { config: FitConfig },
  ) {
    if (underWay.has(model)) {
      throw new FitError(
        "invalid-fit",
        "The model is being fitted already; wait for the end of that fit, or share() its Observable among listeners.",
      );
    }
    const batches = data.train.batches * config.epochs;
    if (batches < config.accumulate) {
      throw new FitError(
        "invalid-fit",
        `An update needs ${config.accumulate} batches (accumulate), but the whole fit has ${batches}; accumulate fewer, or take smaller batches.`,
      );
    }
    this.config = config;
    this.breatheMs = breatheMs;
    this.trainer = new Trainer(model, config, { eager });
    this.evaluator = new Evaluator(this.trainer.heads, { eager });
    const updatesPerEpoch = data.train.batches / config.accumulate;
    this.schedule = scheduleOf(config.schedule, { stepsPerEpoch: updatesPerEpoch, epochs: config.epochs });
    const { plateau, earlyStopping } = config;
    this.plateau = plateau && new PlateauSchedule(plateau, isHigherBetter(earlyStopping.metric));
    this.standing = {
      epoch: 0,
      batch: 0,
      updates: 0,
      sums: noSums(),
      best: nothingYet(),
      plateau: null,
    };
    if (resume !== undefined) this.resume(resume);
    underWay.set(model, this);
  }

  /** Of whoever wants no more: nothing is begun after it. */
  stop(): void {
    this.stopping.abort();
    this.release();
  }

  async *events(): AsyncGenerator<FitEvent> {
    const { config, standing, stopping } = this;
    try {
      while (standing.epoch < config.epochs && !this.hasWaitedLongEnough()) {
        yield* this.batches();
        yield await this.endEpoch();
        stopping.signal.throwIfAborted();
      }
      const ended = standing.epoch < config.epochs ? "patience" : "epochs";
      yield await this.end(ended);
    } catch (error) {
      if (!stopping.signal.aborted) throw error;
    } finally {
      this.release();
      this.trainer.dispose();
    }
  }

  /** Lets others fit the model. */
  private release(): void {
    if (underWay.get(this.model) === this) underWay.delete(this.model);
  }

  private async *batches(): AsyncGenerator<FitEvent> {
    const { standing, data, trainer } = this;
    const { signal } = this.stopping;
    const { batches } = data.train;
    while (standing.batch < batches) {
      const batch = await data.train.batch(standing.epoch, standing.batch);
      signal.throwIfAborted();
      const learningRate = this.learningRate();
      const step = trainer.step(batch, learningRate);
      addBatch(standing.sums, step, { batch, heads: trainer.heads });
      standing.batch++;
      standing.updates = trainer.updates;
      yield {
        kind: "batch",
        epoch: standing.epoch + 1,
        batch: standing.batch,
        batches,
        updates: standing.updates,
        loss: step.loss,
        learningRate,
        save: () => this.save(),
      };
      signal.throwIfAborted();
      await this.breathe();
    }
    signal.throwIfAborted();
  }

  private async endEpoch(): Promise<FitEpochEvent> {
    const { standing, config, data, trainer } = this;
    trainer.checkState();
    const learningRate = this.learningRate();
    const train = trainFigures(standing.sums);
    standing.epoch++;
    standing.batch = 0;
    standing.sums = noSums();
    const due = standing.epoch % config.evaluateEvery === 0 || standing.epoch === config.epochs;
    const validation = due ? await this.evaluate(data.validation) : null;
    const trainSample = due ? await this.evaluate(data.trainSample) : null;
    const best = validation !== null && this.judge(validation);
    return {
      kind: "epoch",
      epoch: standing.epoch,
      updates: standing.updates,
      learningRate,
      train,
      trainSample,
      validation,
      best,
      save: () => this.save(),
    };
  }

  private async end(ended: FitDoneEvent["ended"]): Promise<FitDoneEvent> {
    const { standing, config, data } = this;
    if (config.earlyStopping.restoreBest && this.bestWeights !== null) this.model.restore(this.bestWeights);
    return {
      kind: "done",
      epochs: standing.epoch,
      updates: standing.updates,
      ended,
      bestEpoch: standing.best.epoch,
      bestValue: standing.best.value,
      test: await this.evaluate(data.test),
      save: () => this.save(),
    };
  }

  private judge(figures: Figures): boolean {
    const { standing, config, plateau } = this;
    const best = judge(standing.best, { figures, epoch: standing.epoch, settings: config.earlyStopping });
    if (best && config.earlyStopping.restoreBest) this.bestWeights = this.model.save();
    plateau?.observe(figures[config.earlyStopping.metric]!);
    return best;
  }

  private hasWaitedLongEnough(): boolean {
    const { patience } = this.config.earlyStopping;
    return patience !== null && this.standing.best.waited >= patience;
  }

  private learningRate(): number {
    const factor = this.schedule(this.trainer.updates) * (this.plateau?.factor ?? 1);
    return this.config.optimizer.learningRate * factor;
  }

  private evaluate(source: BatchSource | undefined): Promise<Figures | null> {
    if (source === undefined) return Promise.resolve(null);
    const { signal } = this.stopping;
    return this.evaluator.evaluate(source, { onBatch: () => this.breathe(), signal });
  }

  private breathe(): Promise<void> | void {
    if (performance.now() - this.breathedAt < this.breatheMs) return;
    return new Promise((resolve) => {
      afterBreath(() => {
        this.breathedAt = performance.now();
        resolve();
      });
    });
  }

  private save(): FitState {
    const standing = structuredClone({ ...this.standing, plateau: this.plateau?.save() ?? null });
    return { trainer: this.trainer.save(), standing, best: this.bestWeights };
  }

  private resume(state: FitState): void {
    try {
      this.restore(state);
    } catch (error) {
      this.trainer.dispose();
      throw error;
    }
  }

  private restore({ trainer, standing, best }: FitState): void {
    if (standing.batch > this.data.train.batches) {
      throw new FitError(
        "state-mismatch",
        `The saved fit has done ${standing.batch} batches of an epoch, but the data make ${this.data.train.batches}.`,
      );
    }
    this.trainer.restore(trainer);
    Object.assign(this.standing, structuredClone(standing));
    if (standing.plateau !== null) this.plateau?.restore(standing.plateau);
    this.bestWeights = best;
  }
}
