import { Observable } from "rxjs";
import type { Model } from "../../nets/index.js";
import { afterBreath } from "../../streams/breath.js";
import type { NamedArrays } from "../../tensors/index.js";
import type { Batch, BatchSource } from "../data/index.js";
import { PlateauSchedule, type PlateauState, type Schedule, scheduleOf } from "../schedules.js";
import type { FitConfig } from "./config.js";
import { type BestSoFar, isHigherBetter, judge, nothingYet } from "./early-stopping.js";
import { FitError } from "./errors.js";
import { Evaluator, type Figures } from "./evaluator.js";
import { Trainer, type TrainerOptions, type TrainerState } from "./trainer.js";

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

/** Where a fit stands, apart from weights. */
export interface FitStanding {
  /** Epochs done. */
  epoch: number;
  /** Batches done of the epoch that is under way. */
  batch: number;
  updates: number;
  /** Of the epoch that is under way: sums over its batches, weighted by their rows. */
  sums: { weight: number; losses: Record<string, number> };
  best: BestSoFar;
  plateau: PlateauState | null;
}

/** Everything that a fit knows: it continues bit for bit. */
export interface FitState {
  trainer: TrainerState;
  standing: FitStanding;
  /** Weights of the best validation; null before the first. */
  best: NamedArrays | null;
}

interface Saving {
  /** Copies the fit's state out; to be called before the next event. */
  save(): FitState;
}

export interface FitBatchEvent extends Saving {
  kind: "batch";
  /** Counted from 1. */
  epoch: number;
  batch: number;
  batches: number;
  updates: number;
  loss: number;
  learningRate: number;
}

export interface FitEpochEvent extends Saving {
  kind: "epoch";
  /** Epochs done. */
  epoch: number;
  updates: number;
  learningRate: number;
  /** Mean losses of the epoch's batches, each at the weights that it met, with dropout and the like. */
  train: Figures;
  trainSample: Figures | null;
  /** Null where none is due. */
  validation: Figures | null;
  /** Whether this validation is the best so far. */
  best: boolean;
}

export interface FitDoneEvent extends Saving {
  kind: "done";
  epochs: number;
  updates: number;
  ended: "epochs" | "patience";
  /** Epochs done at the best validation. */
  bestEpoch: number | null;
  bestValue: number | null;
  test: Figures | null;
}

export type FitEvent = FitBatchEvent | FitEpochEvent | FitDoneEvent;

/**
 * Fits a model to data. Cold: each subscription trains the model as it then is; whoever unsubscribes stops it after the batch
 * that is under way. The event loop has air in between. With the same model, data, config and engine it comes to the same bits.
 *
 * @throws {FitError} to `error`: `invalid-fit` if parts do not fit each other, `diverged` if a loss is not finite
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
    subscriber.add(() => {
      work.stopped = true;
    });
    const tell = async () => {
      for await (const event of work.events()) subscriber.next(event);
      subscriber.complete();
    };
    tell().catch((error: unknown) => subscriber.error(error));
  });
}

class Fit {
  /** Set by whoever wants no more: nothing is begun after it. */
  stopped = false;
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
      sums: { weight: 0, losses: {} },
      best: nothingYet(),
      plateau: null,
    };
    if (resume !== undefined) this.restore(resume);
  }

  async *events(): AsyncGenerator<FitEvent> {
    const { config, standing } = this;
    try {
      while (standing.epoch < config.epochs && !this.hasWaitedLongEnough()) {
        yield* this.batches();
        if (this.stopped) return;
        yield await this.endEpoch();
      }
      const ended = standing.epoch < config.epochs ? "patience" : "epochs";
      yield await this.end(ended);
    } finally {
      this.trainer.dispose();
    }
  }

  private async *batches(): AsyncGenerator<FitEvent> {
    const { standing, data, trainer } = this;
    const { batches } = data.train;
    while (standing.batch < batches && !this.stopped) {
      const batch = await data.train.batch(standing.epoch, standing.batch);
      const learningRate = this.learningRate();
      const { loss, losses } = trainer.step(batch, learningRate);
      this.count(batch, { loss, ...losses });
      yield {
        kind: "batch",
        epoch: standing.epoch + 1,
        batch: standing.batch,
        batches,
        updates: standing.updates,
        loss,
        learningRate,
        save: () => this.save(),
      };
      await this.breathe();
    }
  }

  private count(batch: Batch, losses: Record<string, number>): void {
    const { standing } = this;
    const { sums } = standing;
    sums.weight += batch.size;
    for (const [name, loss] of Object.entries(losses)) {
      sums.losses[name] = (sums.losses[name] ?? 0) + batch.size * loss;
    }
    standing.batch++;
    standing.updates = this.trainer.updates;
  }

  private async endEpoch(): Promise<FitEpochEvent> {
    const { standing, config, data } = this;
    const learningRate = this.learningRate();
    const { weight, losses } = standing.sums;
    const train = this.trainFigures(
      Object.fromEntries(Object.entries(losses).map(([name, sum]) => [name, sum / weight])),
    );
    standing.epoch++;
    standing.batch = 0;
    standing.sums = { weight: 0, losses: {} };
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

  /** A head's loss goes by the head's name where there are several heads, as in evaluations. */
  private trainFigures({ loss, ...heads }: Record<string, number>): Figures {
    const figures: Figures = { loss: loss! };
    const names = Object.keys(heads);
    if (names.length > 1) for (const name of names) figures[`${name}.loss`] = heads[name]!;
    return figures;
  }

  private evaluate(source: BatchSource | undefined): Promise<Figures | null> {
    if (source === undefined) return Promise.resolve(null);
    return this.evaluator.evaluate(source, () => this.breathe());
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
