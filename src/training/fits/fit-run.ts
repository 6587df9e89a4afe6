import { setImmediate as air } from "node:timers/promises";
import { lastValueFrom, takeWhile } from "rxjs";
import { NetError } from "../../nets/index.js";
import type { BatchSource } from "../../supervised/data/index.js";
import {
  type FitBatchEvent,
  type FitData,
  type FitDoneEvent,
  type FitEpochEvent,
  FitError,
  type FitEvent,
  type FitState,
  fit,
} from "../../supervised/fit/index.js";
import { sweepCheckpoints, whatIsKept, whatWasBefore, writeCheckpoint } from "../checkpoint.js";
import { writeError } from "../durable.js";
import { LudusError } from "../errors.js";
import { MetricsFiles } from "../metrics.js";
import type { FitFolder } from "../run-folder.js";
import {
  aboutFit,
  doneEvent,
  type FitEpochRecord,
  type FitListeners,
  type FitOutcome,
  type FitRunDoneEvent,
  type FitRunEvent,
} from "./events.js";
import { checkpointFiles, newStanding, type RunStanding } from "./fit-checkpoint.js";
import { reportEvent, writeReport } from "./folder.js";
import type { OpenFit } from "./open-task.js";

export interface FitRunParts {
  folder: FitFolder;
  open: OpenFit;
  listeners: FitListeners;
  /** Where it goes on from; null before the first batch. */
  from: { state: FitState; standing: RunStanding } | null;
}

/** Ends an evaluation or a report from within, where the run has been told to end. */
class EvaluationInterrupted extends Error {}

/** One run of a fit, from where it stands to its end: fit, record, save at the marks. No listener changes a number. */
export class FitRun {
  private readonly folder: FitFolder;
  private readonly open: OpenFit;
  private readonly listeners: FitListeners;
  private readonly from: FitRunParts["from"];
  private readonly files: MetricsFiles;
  private readonly standing: RunStanding;
  private readonly startedAt = performance.now();
  /** Of the last epoch, or before the evaluation at its end, where it is not saved yet. */
  private unsaved: FitState | null = null;
  /** Where the newest checkpoint stands. */
  private saved: FitState["standing"] | null;
  private rows = 0;

  constructor({ folder, open, listeners, from }: FitRunParts) {
    this.folder = folder;
    this.open = open;
    this.listeners = listeners;
    this.from = from;
    this.saved = from?.state.standing ?? null;
    this.standing = from?.standing ?? newStanding();
    this.files = new MetricsFiles(folder.path, this.standing.metricsBytes);
  }

  async toEnd(): Promise<FitRunDoneEvent> {
    const { open, from, listeners } = this;
    try {
      sweepCheckpoints(this.folder.path);
      this.start();
      if (from !== null && (listeners.signal?.aborted || from.state.standing.updates >= this.stopAfter)) {
        return this.interrupted();
      }
      const resume = from === null ? {} : { resume: from.state };
      const data = interruptible(open.data, listeners.signal);
      const last = await lastValueFrom(
        fit(open.model, data, open.config.fit, resume).pipe(takeWhile((event) => this.goesOn(event), true)),
      );
      return last.kind !== "done" || listeners.signal?.aborted ? this.interrupted() : await this.end(last);
    } catch (error) {
      if (error instanceof EvaluationInterrupted) return this.interruptedEvaluation();
      throw explained(error, this.folder.path);
    } finally {
      this.files.close();
    }
  }

  private get stopAfter(): number {
    return this.listeners.stopAfter ?? Number.POSITIVE_INFINITY;
  }

  /** Takes in what has happened, and saves where that is due. @returns whether there is to be more */
  private goesOn(event: FitEvent): boolean {
    switch (event.kind) {
      case "batch":
        this.tell(event);
        this.keepBeforeEvaluation(event);
        break;
      case "epoch":
        this.record(event);
        break;
      case "done":
        this.save(this.unsaved);
        return false;
      default:
        event satisfies never;
    }
    const isToStop = event.updates >= this.stopAfter && !this.isNearEnd(event);
    if (!isToStop && !this.listeners.signal?.aborted) return true;
    this.save(event.kind === "batch" ? event.save() : this.unsaved);
    return false;
  }

  /** A fit that was to end with this update ends as it should. */
  private isNearEnd(event: FitBatchEvent | FitEpochEvent): boolean {
    const { epochs } = this.open.config.fit;
    return event.epoch === epochs && (event.kind === "epoch" || event.batch === event.batches);
  }

  private start(): void {
    const { model, config } = this.open;
    const parameters = [...model.parameters.values()].reduce((sum, { size }) => sum + size, 0);
    this.emit({
      event: "start",
      ...aboutFit(this.folder),
      epoch: this.from?.state.standing.epoch ?? 0,
      epochs: config.fit.epochs,
      parameters,
    });
  }

  private tell({ epoch, batch, batches, loss }: FitBatchEvent): void {
    const { batchSize, size } = this.open.data.train;
    this.rows += Math.min(batchSize, size - (batch - 1) * batchSize);
    const { epochs } = this.open.config.fit;
    this.listeners.onProgress?.({ epoch, epochs, batch, batches, loss, rows: this.rows });
  }

  /** An evaluation may be broken off, and counts the epoch as done by then: what it goes on from is copied before. */
  private keepBeforeEvaluation({ epoch, batch, batches, save }: FitBatchEvent): void {
    const { evaluateEvery, epochs } = this.open.config.fit;
    const isDue = epoch % evaluateEvery === 0 || epoch === epochs;
    if (this.listeners.signal !== undefined && batch === batches && isDue) this.unsaved = save();
  }

  private record(event: FitEpochEvent): void {
    const { kind: _, save, ...figures } = event;
    const record: FitEpochRecord = { event: "epoch", ...figures };
    const { checkpoint, fit: config } = this.open.config;
    const isKept = event.best || !config.earlyStopping.restoreBest;
    if (event.validation !== null && isKept) this.standing.validation = event.validation;
    this.files.write(record);
    const seconds = this.seconds();
    this.files.writeTiming({ epoch: event.epoch, seconds, rowsPerSecond: this.rows / seconds });
    this.emit(record);
    this.unsaved = save();
    const isDue = checkpoint.every > 0 && event.epoch % checkpoint.every === 0;
    if (isDue || event.epoch === config.epochs) this.save(this.unsaved);
  }

  /** @param state null where the newest is saved already */
  private save(state: FitState | null): void {
    if (state === null) return;
    this.files.sync();
    this.standing.metricsBytes = this.files.metricsBytes;
    const { updates } = state.standing;
    writeCheckpoint(this.folder.path, updates, checkpointFiles(state, this.standing), false);
    this.saved = state.standing;
    this.unsaved = null;
    this.emit({ event: "checkpoint", step: updates });
  }

  private async end({ epochs, updates, ended, bestEpoch, test }: FitDoneEvent): Promise<FitRunDoneEvent> {
    const { model, report } = this.open;
    const own = await report?.(model, () => this.breathe());
    const told = reportEvent(this.folder, own ?? {});
    if (own !== undefined) this.emit(told);
    const { validation } = this.standing;
    const metrics = { ...test, ...told.figures };
    const outcome = { epochs, updates, ended, bestEpoch, metrics, validation };
    writeReport(this.folder, outcome, told);
    return this.done(outcome);
  }

  private async breathe(): Promise<void> {
    await air();
    if (this.listeners.signal?.aborted) throw new EvaluationInterrupted();
  }

  private interruptedEvaluation(): FitRunDoneEvent {
    try {
      this.save(this.unsaved);
    } catch (error) {
      throw explained(error, this.folder.path);
    }
    return this.interrupted();
  }

  private interrupted(): FitRunDoneEvent {
    const { epoch: epochs, updates, best } = this.saved!;
    const { validation } = this.standing;
    return this.done({
      epochs,
      updates,
      ended: "interrupted",
      bestEpoch: best.epoch,
      metrics: {},
      validation,
    });
  }

  private done(outcome: FitOutcome): FitRunDoneEvent {
    const event = doneEvent(this.folder, outcome, this.seconds());
    this.emit(event);
    return event;
  }

  private emit(event: FitRunEvent): void {
    this.listeners.onEvent?.(event);
  }

  private seconds(): number {
    return (performance.now() - this.startedAt) / 1000;
  }
}

/** The same data, whose evaluations end with the next batch once there is an interruption; training ends by itself. */
function interruptible(data: FitData, signal: AbortSignal | undefined): FitData {
  if (signal === undefined) return data;
  const judged = (["validation", "trainSample", "test"] as const).flatMap((split) => {
    const source = data[split];
    return source === undefined ? [] : [[split, endedBy(signal, source)]];
  });
  return { ...data, ...(Object.fromEntries(judged) as Omit<FitData, "train">) };
}

function endedBy(signal: AbortSignal, source: BatchSource): BatchSource {
  const { size, batchSize, batches } = source;
  return {
    ...{ size, batchSize, batches },
    batch: (epoch, index) => {
      if (signal.aborted) throw new EvaluationInterrupted();
      return source.batch(epoch, index);
    },
  };
}

/** An error that ended a fit, with what is kept of it where that is in doubt. */
function explained(error: unknown, run: string): unknown {
  const { code, message } = error as Error & { code?: string };
  if (error instanceof FitError && code === "diverged") {
    return new LudusError("diverged", `${message} ${whatWasBefore(run)}`, { cause: error });
  }
  const isMismatch = code === "weights-mismatch" || code === "state-mismatch";
  if (isMismatch && (error instanceof FitError || error instanceof NetError)) {
    return new LudusError(
      "corrupt-checkpoint",
      `The newest checkpoint of ${run} does not fit its config: ${message}`,
      { cause: error },
    );
  }
  const { syscall, path = run } = error as NodeJS.ErrnoException;
  return syscall === undefined ? error : writeError(path, error, whatIsKept(run, "free space and "));
}
