import { Generator } from "gymnasium-js";
import type { RunConfigOf } from "./config.js";
import type { Course, Interruption, PlayRequest } from "./course.js";
import type { WorkerSetting } from "./env-maker.js";
import { type Evaluation, evaluate, summarize } from "./evaluation.js";
import { greedySearched } from "./kinds/evolution.js";
import { fitnessFigures, playGeneration } from "./policy-search.js";
import { openSearch, parametersAt, restoreSearch, type SearchParts, saveSearch } from "./search-parts.js";

/** Searches generation by generation; a mark that lies within one is passed with its end. */
export class SearchCourse implements Course {
  readonly resumable = true;
  readonly epsilon = 0;
  readonly visible = null;
  private readonly parts: SearchParts;

  constructor(
    private readonly config: RunConfigOf<"evolution">,
    setting: WorkerSetting,
  ) {
    this.parts = openSearch(config, setting);
  }

  get standing(): SearchParts["standing"] {
    return this.parts.standing;
  }

  get window(): SearchParts["window"] {
    return this.parts.window;
  }

  get updates(): number {
    return this.parts.algorithm.generation;
  }

  /** One generation; where it is interrupted it counts for nothing, and is played again by whoever resumes. */
  async learn(
    _until: number,
    interruption: Interruption,
    learnt: (from: number, figures: Record<string, number>) => void,
  ): Promise<void> {
    const { parts, config } = this;
    const { standing, window, algorithm } = parts;
    const { episodes } = config.evolution;
    const work = playGeneration(parts, { seed: config.seed, episodes });
    const played = await this.unlessAborted(work, interruption);
    if (played === null) return;
    const before = standing.steps;
    standing.steps += played.steps;
    played.lengths.forEach((length, i) => {
      window.addEpisode({ return: played.returns[i]!, length });
    });
    const { mean, std, max, min } = fitnessFigures(played.fitness);
    const fitness = { fitnessMean: mean, fitnessStd: std, fitnessMax: max, fitnessMin: min };
    learnt(before, { ...fitness, ...algorithm.figures });
  }

  play(request: PlayRequest, interruption: Interruption): Promise<Evaluation | null> {
    return this.playWith(this.parts.algorithm.parameters, request, interruption);
  }

  playCheckpoint(
    { run, step }: { run: string; step: number },
    request: PlayRequest,
    interruption: Interruption,
  ): Promise<Evaluation | null> {
    if (step === this.standing.steps) return this.play(request, interruption);
    return this.playWith(parametersAt(this.parts, run, step), request, interruption);
  }

  save(): ReturnType<Course["save"]> {
    return saveSearch(this.parts);
  }

  restore(run: string, step: number): void {
    restoreSearch(this.parts, run, step);
  }

  close(): Promise<void> {
    return this.parts.pool.close();
  }

  /** Plays in the run's own threads; with random actions, which are all drawn by one generator, in this one. */
  private async playWith(
    parameters: Float32Array,
    { episodes, seed }: PlayRequest,
    interruption: Interruption,
  ): Promise<Evaluation | null> {
    const { env, envOptions, evaluation } = this.config;
    const { planned, pool } = this.parts;
    const { epsilon, maxSteps } = evaluation;
    if (epsilon > 0) {
      const policy = greedySearched(planned.plan, parameters, { epsilon, rng: new Generator(seed) });
      return evaluate({ env, envOptions, policy, episodes, seed, maxSteps, stop: interruption.aborted });
    }
    const rows = parameters.slice();
    const seeds = Array.from({ length: episodes }, (_, i) => seed + i);
    const population = { type: "vectors", size: 1, dimension: rows.length, rows } as const;
    const played = await this.unlessAborted(pool.evaluate(population, seeds), interruption);
    if (played === null) return null;
    return summarize(
      Array.from(seeds, (_, i) => ({ return: played.returns[i]!, length: played.lengths[i]! })),
    );
  }

  /** What the pool comes to; null if the run is interrupted before, which closes the pool. */
  private async unlessAborted<T>(work: Promise<T>, { signal }: Interruption): Promise<T | null> {
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
}
