import { setImmediate as air } from "node:timers/promises";
import { Generator } from "gymnasium-js";
import type { Observable } from "rxjs";
import { pointTo, writeCheckpoint } from "./checkpoint.js";
import type { RunConfigOf } from "./config.js";
import { type Evaluation, evaluate, summarize } from "./evaluation.js";
import type { DoneEvent, Progress, TrainEvent } from "./events.js";
import { greedySearched } from "./kinds/evolution.js";
import { MetricsFiles } from "./metrics.js";
import { fitnessFigures, playGeneration } from "./policy-search.js";
import { abortOf, aboutRun, evaluationSeeds, explained, type Listeners, passes } from "./run.js";
import { type RunFolder, writeResult } from "./run-folder.js";
import { parametersAt, type SearchParts, saveSearch } from "./search-parts.js";
import { type Ending, noteEvaluation, stopReason } from "./stopping.js";

/**
 * One run of a search, from where its parts stand to the generation in which its last step is made. What other runs do
 * at a mark is done here after the generation that passes it.
 */
export class SearchRun {
  private readonly files: MetricsFiles;
  private readonly aborted: Observable<unknown>;
  private readonly startedAt = performance.now();
  private readonly startedFrom: number;
  /** Step of the newest checkpoint. */
  private savedAt: number;

  constructor(
    private readonly folder: RunFolder,
    private readonly config: RunConfigOf<"evolution">,
    private readonly parts: SearchParts,
    private readonly listeners: Listeners,
  ) {
    const { standing } = parts;
    this.files = new MetricsFiles(folder.path, standing.metricsBytes);
    this.aborted = abortOf(listeners.signal);
    this.startedFrom = standing.steps;
    this.savedAt = standing.steps;
  }

  async toEnd(): Promise<DoneEvent> {
    try {
      this.emit({
        event: "start",
        ...aboutRun(this.folder),
        step: this.startedFrom,
        steps: this.config.steps,
      });
      while (!this.interrupted()) {
        // Generations may be so short that nothing in them ever pauses; Ctrl+C has to come through.
        await air();
        if (this.evaluationDue()) await this.evaluate();
        if (this.checkpointDue()) this.save();
        if (this.interrupted()) break;
        const ending = this.ending();
        if (ending !== null) return await this.end(ending);
        await this.searchOn();
      }
      return this.interrupt();
    } catch (error) {
      throw explained(error, this.folder.path);
    } finally {
      this.files.close();
    }
  }

  /** Why there is nothing more to search; null where there is. */
  private ending(): Ending | null {
    const { standing } = this.parts;
    if (standing.steps >= this.config.steps) return "steps";
    return stopReason(standing.evaluations, this.config.stop);
  }

  private async end(ending: Ending): Promise<DoneEvent> {
    if (this.savedAt < this.parts.standing.steps) this.save();
    const final = await this.evaluateBest();
    return final === null ? this.interrupt() : this.done(final, ending);
  }

  private interrupt(): DoneEvent {
    if (this.savedAt < this.parts.standing.steps) this.save();
    return this.done(null, "interrupted");
  }

  /** One generation; where it is interrupted it counts for nothing, and is played again by whoever resumes. */
  private async searchOn(): Promise<void> {
    const { parts, config } = this;
    const { standing, window } = parts;
    const { episodes } = config.evolution;
    const played = await this.unlessAborted(playGeneration(parts, { seed: config.seed, episodes }));
    if (played === null) return;
    const before = standing.steps;
    standing.steps += played.steps;
    played.lengths.forEach((length, i) => {
      window.addEpisode({ return: played.returns[i]!, length });
    });
    if (passes(config.metrics.every, before, standing.steps)) this.record(played.fitness);
    this.listeners.onProgress?.(this.progress("training"));
  }

  /** What the pool comes to; null if the run is interrupted before, which closes the pool. */
  private async unlessAborted<T>(work: Promise<T>): Promise<T | null> {
    const { signal } = this.listeners;
    const giveUp = (): void => void this.parts.pool.close();
    signal?.addEventListener("abort", giveUp);
    try {
      return await work;
    } catch (error) {
      if (signal?.aborted === true) return null;
      throw error;
    } finally {
      signal?.removeEventListener("abort", giveUp);
    }
  }

  private interrupted(): boolean {
    const { stopAfter: stop = Infinity, signal } = this.listeners;
    return signal?.aborted === true || (this.parts.standing.steps >= stop && stop < this.config.steps);
  }

  private evaluationDue(): boolean {
    const { steps, evaluatedAt } = this.parts.standing;
    if (steps >= this.config.steps) return evaluatedAt < steps;
    return passes(this.config.evaluation.every, evaluatedAt, steps);
  }

  private checkpointDue(): boolean {
    const { steps, best } = this.parts.standing;
    if (this.savedAt === steps) return false;
    return (
      best?.step === steps ||
      steps >= this.config.steps ||
      passes(this.config.checkpoint.every, this.savedAt, steps)
    );
  }

  private async evaluate(): Promise<void> {
    const { standing, algorithm } = this.parts;
    const seed = this.config.seed + evaluationSeeds.whileTraining + standing.steps;
    const result = await this.play(algorithm.parameters, { episodes: this.config.evaluation.episodes, seed });
    if (result === null) return;
    const { returnMean, returnStd, lengthMean, episodes } = result;
    const best = standing.best === null || returnMean >= standing.best.returnMean;
    if (best) standing.best = { step: standing.steps, returnMean };
    standing.evaluatedAt = standing.steps;
    noteEvaluation(standing.evaluations, returnMean, this.config.stop);
    // Else the checkpoint that is about to be written becomes the best.
    if (best && this.savedAt === standing.steps) pointTo(this.folder.path, "best", standing.steps);
    const event = {
      event: "eval",
      step: standing.steps,
      ...{ returnMean, returnStd, lengthMean, episodes, best },
    } as const;
    this.files.write(event);
    this.emit(event);
  }

  /** Plays the best checkpoint on seeds that nothing was chosen by. */
  private evaluateBest(): Promise<Evaluation | null> {
    const { standing, algorithm } = this.parts;
    const parameters =
      standing.best === null || standing.best.step === standing.steps
        ? algorithm.parameters
        : parametersAt(this.parts, this.folder.path, standing.best.step);
    const { finalEpisodes } = this.config.evaluation;
    const seed = this.config.seed + evaluationSeeds.final;
    return this.play(parameters, { episodes: finalEpisodes, seed });
  }

  /** Plays in the run's own threads; with random actions, which are all drawn by one generator, in this one. */
  private async play(
    parameters: Float32Array,
    { episodes, seed }: { episodes: number; seed: number },
  ): Promise<Evaluation | null> {
    this.listeners.onProgress?.(this.progress("evaluating"));
    const { env, envOptions, evaluation } = this.config;
    const { planned, pool } = this.parts;
    const { epsilon, maxSteps } = evaluation;
    if (epsilon > 0) {
      const policy = greedySearched(planned.plan, parameters, { epsilon, rng: new Generator(seed) });
      return evaluate({ env, envOptions, policy, episodes, seed, maxSteps, stop: this.aborted });
    }
    const rows = parameters.slice();
    const seeds = Array.from({ length: episodes }, (_, i) => seed + i);
    const population = { type: "vectors", size: 1, dimension: rows.length, rows } as const;
    const played = await this.unlessAborted(pool.evaluate(population, seeds));
    if (played === null) return null;
    return summarize(
      Array.from(seeds, (_, i) => ({ return: played.returns[i]!, length: played.lengths[i]! })),
    );
  }

  private save(): void {
    const { standing } = this.parts;
    this.files.sync();
    standing.metricsBytes = this.files.metricsBytes;
    const isBest = standing.best?.step === standing.steps;
    writeCheckpoint(this.folder.path, standing.steps, saveSearch(this.parts), isBest);
    this.savedAt = standing.steps;
    this.emit({ event: "checkpoint", step: standing.steps });
  }

  /** Writes the metrics: figures are those of the newest generation. */
  private record(fitness: readonly number[]): void {
    const { standing, window, algorithm } = this.parts;
    const { mean, std, max, min } = fitnessFigures(fitness);
    const record = {
      ...window.record({ step: standing.steps, updates: algorithm.generation, epsilon: 0 }),
      figures: { fitnessMean: mean, fitnessStd: std, fitnessMax: max, fitnessMin: min, ...algorithm.figures },
    };
    this.files.write(record);
    const seconds = (performance.now() - this.startedAt) / 1000;
    const stepsPerSecond = (standing.steps - this.startedFrom) / seconds;
    this.files.writeTiming({ step: standing.steps, seconds, stepsPerSecond });
    this.emit(record);
  }

  private progress(doing: Progress["doing"]): Progress {
    const { standing, window, algorithm } = this.parts;
    return {
      // The last generation makes more steps than were asked for.
      step: Math.min(standing.steps, this.config.steps),
      steps: this.config.steps,
      episodes: window.episodes,
      updates: algorithm.generation,
      returnMean: window.returnMean,
      epsilon: 0,
      doing,
    };
  }

  private done(final: Evaluation | null, ended: Ending): DoneEvent {
    const { standing, window, algorithm } = this.parts;
    const seconds = (performance.now() - this.startedAt) / 1000;
    const event: DoneEvent = {
      event: "done",
      ...aboutRun(this.folder),
      steps: standing.steps,
      episodes: window.episodes,
      updates: algorithm.generation,
      evalReturnMean: final?.returnMean ?? null,
      evalReturnStd: final?.returnStd ?? null,
      evalLengthMean: final?.lengthMean ?? null,
      evalEpisodes: final?.episodes ?? 0,
      bestReturnMean: standing.best?.returnMean ?? null,
      bestStep: standing.best?.step ?? null,
      ended,
      interrupted: ended === "interrupted",
      resumable: true,
      seconds,
      stepsPerSecond: (standing.steps - this.startedFrom) / seconds,
    };
    if (final !== null) writeResult(this.folder.path, event);
    this.emit(event);
    return event;
  }

  private emit(event: TrainEvent): void {
    this.listeners.onEvent?.(event);
  }
}
