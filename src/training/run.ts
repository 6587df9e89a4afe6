import { setImmediate as air } from "node:timers/promises";
import { GymnasiumError } from "gymnasium-js";
import { defer, fromEvent, NEVER, type Observable, of } from "rxjs";
import { AgentError } from "../agents/index.js";
import { pointTo, whatIsKept, whatWasBefore, writeCheckpoint } from "./checkpoint.js";
import type { RunConfig } from "./config.js";
import type { Course, Interruption } from "./course.js";
import { writeError } from "./durable.js";
import { LudusError } from "./errors.js";
import type { Evaluation } from "./evaluation.js";
import type { DoneEvent, Progress, TrainEvent } from "./events.js";
import { MetricsFiles } from "./metrics.js";
import { type RunFolder, writeResult } from "./run-folder.js";
import { type Ending, noteEvaluation, stopReason } from "./stopping.js";

/** Who listens to a run, and what may end it early. */
export interface Listeners {
  onEvent?: (event: TrainEvent) => void;
  onProgress?: (progress: Progress) => void;
  /** Something that a person should know and that does not end the run, in one sentence. */
  onWarning?: (sentence: string) => void;
  /** Aborted: the run saves a checkpoint after the vector step it is in, and ends. */
  signal?: AbortSignal;
  /** Ends the run as an interruption would, once so many environment steps are made. */
  stopAfter?: number;
  /** Is given the parts that learn before the first step, to look at between steps; whoever changes them changes the run. */
  onOpen?: (parts: OpenRun) => void;
}

/** A run at work. */
export interface OpenRun extends NonNullable<Course["visible"]> {
  /** Path of its folder. */
  run: string;
}

/** Seeds of evaluations start so far from the training seeds that the two never meet. */
const evaluationSeeds = { whileTraining: 1_000_000_000, final: 2_000_000_000 } as const;

/**
 * One run, from where its course stands to its last step: learn; at the marks evaluate and save.
 * Whoever watches is a listener; no listener changes a number.
 */
export class Run {
  private readonly files: MetricsFiles;
  private readonly interruption: Interruption;
  private readonly startedAt = performance.now();
  private readonly startedFrom: number;
  /** Step of the newest checkpoint. */
  private savedAt: number;

  constructor(
    private readonly folder: RunFolder,
    private readonly config: RunConfig,
    private readonly course: Course,
    private readonly listeners: Listeners,
  ) {
    const { standing } = course;
    this.files = new MetricsFiles(folder.path, standing.metricsBytes);
    this.interruption = { signal: listeners.signal, aborted: abortOf(listeners.signal) };
    this.startedFrom = standing.steps;
    this.savedAt = standing.steps;
  }

  async toEnd(): Promise<DoneEvent> {
    try {
      const { visible } = this.course;
      if (visible !== null) this.listeners.onOpen?.({ ...visible, run: this.folder.path });
      this.emit({
        event: "start",
        ...aboutRun(this.folder),
        step: this.startedFrom,
        steps: this.config.steps,
      });
      while (!this.interrupted()) {
        // Marks may lie so close together that no rollout between them ever pauses; Ctrl+C has to come through.
        await air();
        if (this.evaluationDue()) await this.evaluate();
        if (this.checkpointDue()) this.save();
        if (this.interrupted()) break;
        const ending = this.ending();
        if (ending !== null) return await this.end(ending);
        const learnt = (from: number, figures?: Record<string, number>): void => this.record(from, figures);
        await this.course.learn(this.nextMark(), this.interruption, learnt);
      }
      return this.interrupt();
    } catch (error) {
      throw explained(error, this.folder.path);
    } finally {
      this.files.close();
    }
  }

  /** Why there is nothing more to learn; null where there is. */
  private ending(): Ending | null {
    const { standing } = this.course;
    if (standing.steps >= this.config.steps) return "steps";
    return stopReason(standing.evaluations, this.config.stop);
  }

  private async end(ending: Ending): Promise<DoneEvent> {
    if (this.savedAt < this.course.standing.steps) this.save();
    const final = await this.evaluateBest();
    return final === null ? this.interrupt() : this.done(final, ending);
  }

  private interrupt(): DoneEvent {
    if (this.savedAt < this.course.standing.steps) this.save();
    return this.done(null, "interrupted");
  }

  /** The next step at which something besides learning happens. */
  private nextMark(): number {
    const { steps } = this.course.standing;
    const next = (every: number): number =>
      every === 0 ? Infinity : (Math.floor(steps / every) + 1) * every;
    const { evaluation, checkpoint } = this.config;
    return Math.min(
      next(evaluation.every),
      next(checkpoint.every),
      this.config.steps,
      this.listeners.stopAfter ?? Infinity,
    );
  }

  private interrupted(): boolean {
    const { stopAfter: stop = Infinity, signal } = this.listeners;
    return signal?.aborted === true || (this.course.standing.steps >= stop && stop < this.config.steps);
  }

  private evaluationDue(): boolean {
    const { steps, evaluatedAt } = this.course.standing;
    if (steps >= this.config.steps) return evaluatedAt < steps;
    return passes(this.config.evaluation.every, evaluatedAt, steps);
  }

  private checkpointDue(): boolean {
    const { steps, best } = this.course.standing;
    if (this.savedAt === steps) return false;
    return (
      best?.step === steps ||
      steps >= this.config.steps ||
      passes(this.config.checkpoint.every, this.savedAt, steps)
    );
  }

  private async evaluate(): Promise<void> {
    const { standing } = this.course;
    const seed = this.config.seed + evaluationSeeds.whileTraining + standing.steps;
    this.listeners.onProgress?.(this.progress("evaluating"));
    const request = { episodes: this.config.evaluation.episodes, seed };
    const result = await this.course.play(request, this.interruption);
    if (result === null) return;
    const best = standing.best === null || result.returnMean >= standing.best.returnMean;
    if (best) standing.best = { step: standing.steps, returnMean: result.returnMean };
    standing.evaluatedAt = standing.steps;
    noteEvaluation(standing.evaluations, result.returnMean, this.config.stop);
    // Else the checkpoint that is about to be written becomes the best.
    if (best && this.savedAt === standing.steps) pointTo(this.folder.path, "best", standing.steps);
    const { returnMean, returnStd, lengthMean, episodes } = result;
    const event = {
      event: "eval",
      step: standing.steps,
      returnMean,
      returnStd,
      lengthMean,
      episodes,
      best,
    } as const;
    this.files.write(event);
    this.emit(event);
  }

  /** Plays the best checkpoint on seeds that nothing was chosen by. */
  private evaluateBest(): Promise<Evaluation | null> {
    this.listeners.onProgress?.(this.progress("evaluating"));
    const { course, folder, config, interruption } = this;
    const step = course.standing.best?.step ?? course.standing.steps;
    const request = { episodes: config.evaluation.finalEpisodes, seed: config.seed + evaluationSeeds.final };
    return course.playCheckpoint({ run: folder.path, step }, request, interruption);
  }

  private save(): void {
    const { standing } = this.course;
    this.files.sync();
    standing.metricsBytes = this.files.metricsBytes;
    writeCheckpoint(
      this.folder.path,
      standing.steps,
      this.course.save(),
      standing.best?.step === standing.steps,
    );
    this.savedAt = standing.steps;
    this.emit({ event: "checkpoint", step: standing.steps });
  }

  /**
   * Writes the metrics when their interval has passed, and tells how far the run is.
   * @param figures of what has just been learnt, beside those that updates have told
   */
  private record(from: number, figures?: Record<string, number>): void {
    const { standing, window, updates, epsilon } = this.course;
    if (passes(this.config.metrics.every, from, standing.steps)) {
      const record = window.record({ step: standing.steps, updates, epsilon });
      if (figures !== undefined) record.figures = { ...record.figures, ...figures };
      this.files.write(record);
      this.files.writeTiming({ step: standing.steps, ...this.clock() });
      this.emit(record);
    }
    this.listeners.onProgress?.(this.progress("training"));
  }

  private clock(): Pick<DoneEvent, "seconds" | "stepsPerSecond"> {
    const seconds = (performance.now() - this.startedAt) / 1000;
    return { seconds, stepsPerSecond: (this.course.standing.steps - this.startedFrom) / seconds };
  }

  private progress(doing: Progress["doing"]): Progress {
    const { standing, window, updates, epsilon } = this.course;
    const { steps } = this.config;
    return {
      // The last vector step or generation may make more steps than were asked for.
      step: Math.min(standing.steps, steps),
      steps,
      episodes: window.episodes,
      updates,
      returnMean: window.returnMean,
      epsilon,
      doing,
    };
  }

  private done(final: Evaluation | null, ended: Ending): DoneEvent {
    const { standing, window, updates, resumable } = this.course;
    const event: DoneEvent = {
      event: "done",
      ...aboutRun(this.folder),
      steps: standing.steps,
      episodes: window.episodes,
      updates,
      evalReturnMean: final?.returnMean ?? null,
      evalReturnStd: final?.returnStd ?? null,
      evalLengthMean: final?.lengthMean ?? null,
      evalEpisodes: final?.episodes ?? 0,
      bestReturnMean: standing.best?.returnMean ?? null,
      bestStep: standing.best?.step ?? null,
      ended,
      interrupted: ended === "interrupted",
      resumable,
      ...this.clock(),
    };
    if (final !== null) writeResult(this.folder.path, event);
    this.emit(event);
    return event;
  }

  private emit(event: TrainEvent): void {
    this.listeners.onEvent?.(event);
  }
}

function aboutRun({
  path,
  manifest,
}: RunFolder): Pick<DoneEvent, "run" | "env" | "agent" | "preset" | "engine" | "seed"> {
  const { env, agent, preset, engine, seed } = manifest;
  return { run: path, env, agent, preset, engine, seed };
}

/** An error that ended a run, with what is kept of the run where that is in doubt. */
function explained(error: unknown, run: string): unknown {
  if (isWorkerFailure(error)) {
    return new LudusError("env-failed", `${error.message} Of the run, ${whatIsKept(run)}`, { cause: error });
  }
  if (error instanceof AgentError && error.code === "diverged") {
    return new LudusError("diverged", `${error.message} ${whatWasBefore(run)}`, { cause: error });
  }
  const { syscall, path = run } = error as NodeJS.ErrnoException;
  return syscall === undefined ? error : writeError(path, error, whatIsKept(run, "free space and "));
}

function isWorkerFailure(error: unknown): error is Error {
  return (
    (error instanceof GymnasiumError && error.code === "worker-failed") ||
    (error instanceof LudusError && error.code === "env-failed")
  );
}

/** Emits once the signal is aborted, at once if it is already. */
function abortOf(signal: AbortSignal | undefined): Observable<unknown> {
  if (signal === undefined) return NEVER;
  return defer(() => (signal.aborted ? of(true) : fromEvent(signal, "abort")));
}

/** Whether a multiple of `every` lies in (from, to]; never for 0. */
function passes(every: number, from: number, to: number): boolean {
  return every > 0 && Math.floor(to / every) > Math.floor(Math.max(from, 0) / every);
}
