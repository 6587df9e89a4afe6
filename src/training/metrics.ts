import { join } from "node:path";
import type { LearnMetrics } from "../agents/index.js";
import { LineFile } from "./durable.js";
import { mean } from "./evaluation.js";

/** What one `metrics` record says; a number that has no value yet (no episode ended, no update made) is null. */
export interface TrainMetrics {
  event: "metrics";
  /** Environment steps. */
  step: number;
  episodes: number;
  updates: number;
  /** Mean over the last 100 episodes, exploration included. */
  returnMean: number | null;
  lengthMean: number | null;
  /** Means over the updates since the record before. */
  loss: number | null;
  meanQ: number | null;
  gradientNorm: number | null;
  epsilon: number;
  /** Likewise, of what a method has beside; left out where it has nothing. */
  figures?: Record<string, number | null>;
}

interface WindowState {
  episodes: number;
  returns: number[];
  lengths: number[];
  updates: number;
  loss: number;
  meanQ: number;
  gradientNorm: number;
  figures: Record<string, number>;
}

const episodesKept = 100;

/** Sums up what happens between two records. Its state is part of a checkpoint, so that a resumed run writes the same. */
export class MetricsWindow {
  private state: WindowState = {
    episodes: 0,
    returns: [],
    lengths: [],
    updates: 0,
    loss: 0,
    meanQ: 0,
    gradientNorm: 0,
    figures: {},
  };

  get episodes(): number {
    return this.state.episodes;
  }

  /** Mean return of the last episodes; null before the first has ended. */
  get returnMean(): number | null {
    return this.state.returns.length === 0 ? null : mean(this.state.returns);
  }

  addEpisode(episode: { return: number; length: number }): void {
    const { state } = this;
    state.episodes++;
    state.returns.push(episode.return);
    state.lengths.push(episode.length);
    if (state.returns.length > episodesKept) {
      state.returns.shift();
      state.lengths.shift();
    }
  }

  addUpdate(metrics: Omit<LearnMetrics, "tdErrors">): void {
    const { state } = this;
    state.updates++;
    state.loss += metrics.loss;
    state.meanQ += metrics.meanQ;
    state.gradientNorm += metrics.gradientNorm;
    for (const name in metrics.figures) {
      state.figures[name] = (state.figures[name] ?? 0) + metrics.figures[name]!;
    }
  }

  /** The record, and a new window for the means over updates. */
  record(counters: { step: number; updates: number; epsilon: number }): TrainMetrics {
    const { state } = this;
    const average = (sum: number): number | null => (state.updates === 0 ? null : sum / state.updates);
    const record: TrainMetrics = {
      event: "metrics",
      step: counters.step,
      episodes: state.episodes,
      updates: counters.updates,
      returnMean: this.returnMean,
      lengthMean: state.lengths.length === 0 ? null : mean(state.lengths),
      loss: average(state.loss),
      meanQ: average(state.meanQ),
      gradientNorm: average(state.gradientNorm),
      epsilon: counters.epsilon,
    };
    const figures = Object.entries(state.figures);
    if (figures.length > 0) {
      record.figures = Object.fromEntries(figures.map(([name, sum]) => [name, average(sum)]));
    }
    for (const [name] of figures) state.figures[name] = 0;
    Object.assign(state, { updates: 0, loss: 0, meanQ: 0, gradientNorm: 0 });
    return record;
  }

  save(): unknown {
    return structuredClone(this.state);
  }

  restore(state: unknown): void {
    const saved = structuredClone(state) as Omit<WindowState, "figures"> & Partial<WindowState>;
    this.state = { ...saved, figures: saved.figures ?? {} };
  }
}

/** `metrics.jsonl` (the same for the same seed, byte for byte) and `timing.jsonl` (what the clock said) of a run. */
export class MetricsFiles {
  private readonly metrics: LineFile;
  private readonly timing: LineFile;

  /** @param metricsBytes how much of the metrics belongs to the checkpoint that is resumed; 0 for a new run */
  constructor(run: string, metricsBytes: number) {
    this.metrics = new LineFile(join(run, "metrics.jsonl"), metricsBytes);
    try {
      this.timing = new LineFile(join(run, "timing.jsonl"));
    } catch (error) {
      this.metrics.close();
      throw error;
    }
  }

  get metricsBytes(): number {
    return this.metrics.bytes;
  }

  write(record: object): void {
    this.metrics.append(JSON.stringify(record));
  }

  writeTiming(record: object): void {
    this.timing.append(JSON.stringify(record));
  }

  sync(): void {
    this.metrics.sync();
    this.timing.sync();
  }

  close(): void {
    this.metrics.close();
    this.timing.close();
  }
}
