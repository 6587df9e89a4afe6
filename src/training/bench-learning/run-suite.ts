import type { EngineName } from "../../tensors/index.js";
import type { RunConfig } from "../config.js";
import { LudusError } from "../errors.js";
import type { DoneEvent, TrainEvent } from "../events.js";
import { type TrainJob, type TrainJobs, trainInProcesses } from "../processes/train-processes.js";
import { listRuns, openRun, type RunFolder, readConfig, runResult } from "../run-folder.js";
import type { BenchEntry } from "./suites.js";

/** One training of an entry that reached its end. */
export interface BenchResult {
  entry: BenchEntry;
  seed: number;
  run: RunFolder;
  done: DoneEvent;
  /** Whether it had been trained before. */
  found: boolean;
}

export interface BenchFailure {
  entry: BenchEntry;
  seed: number;
  error: LudusError;
}

export interface BenchOptions {
  entries: readonly BenchEntry[];
  seeds: readonly number[];
  /** Of all runs; what is finished there is taken up, what is not is gone on with. */
  runs: string;
  engine: EngineName;
  processes?: number;
  signal?: AbortSignal;
  onResult?: (result: BenchResult) => void;
  onFailure?: (failure: BenchFailure) => void;
  onEvent?: (entry: BenchEntry, seed: number, event: TrainEvent) => void;
  /** Each in a process of its own by default. */
  train?: TrainJobs;
}

interface BenchJob extends TrainJob {
  entry: BenchEntry;
  seed: number;
}

/**
 * Trains every entry with every seed, unless it has been trained before: a run of the same config and engine has the same
 * numbers. Where it was interrupted it goes on.
 */
export async function runBench(
  options: BenchOptions,
): Promise<{ results: BenchResult[]; failures: BenchFailure[] }> {
  const { entries, seeds, runs, engine, processes, signal, train = trainInProcesses } = options;
  const known = knownRuns(runs);
  const results: BenchResult[] = [];
  const failures: BenchFailure[] = [];
  const jobs: BenchJob[] = [];
  const note = (result: BenchResult): void => {
    results.push(result);
    options.onResult?.(result);
  };
  for (const entry of entries) {
    for (const seed of seeds) {
      const config: RunConfig = { ...entry.config, seed };
      const matches = known.get(identity(config, engine)) ?? [];
      const finished = matches.findLast(({ done }) => done !== null);
      if (finished !== undefined) {
        note({ entry, seed, run: finished.run, done: finished.done!, found: true });
        continue;
      }
      const begun = matches.at(-1)?.run.path;
      const key = `${entry.label}, seed ${seed}`;
      jobs.push({ entry, seed, key, config, preset: entry.preset, engine, runs, resume: begun });
    }
  }
  const onEvent = ({ entry, seed }: BenchJob, event: TrainEvent): void =>
    options.onEvent?.(entry, seed, event);
  for await (const outcome of train(jobs, { processes, signal, onEvent })) {
    // A process that Ctrl+C reaches before it knows what to make of it is interrupted, too.
    if (signal?.aborted && "failed" in outcome && outcome.failed.code === "process-died") continue;
    const { entry, seed } = outcome.job;
    if ("failed" in outcome) {
      const failure = { entry, seed, error: outcome.failed };
      failures.push(failure);
      options.onFailure?.(failure);
    } else if (!outcome.done.interrupted) {
      note({ entry, seed, run: openRun(outcome.done.run), done: outcome.done, found: false });
    }
  }
  const place = ({ entry, seed }: BenchResult): number => entries.indexOf(entry) * 2 ** 32 + seed;
  return { results: results.sort((a, b) => place(a) - place(b)), failures };
}

/** All readable runs by what decides their numbers, oldest first. */
function knownRuns(runs: string): Map<string, { run: RunFolder; done: DoneEvent | null }[]> {
  const known = new Map<string, { run: RunFolder; done: DoneEvent | null }[]>();
  for (const run of listRuns(runs)) {
    const config = configOf(run);
    if (config === null) continue;
    const key = identity(config, run.manifest.engine);
    known.set(key, [...(known.get(key) ?? []), { run, done: runResult(run.path) }]);
  }
  return known;
}

/** Null for a run of keys or agents that this Ludus does not know. */
function configOf(run: RunFolder): RunConfig | null {
  try {
    return readConfig(run);
  } catch (error) {
    if (error instanceof LudusError) return null;
    throw error;
  }
}

/** Everything that decides the numbers of a run, whatever the order of its keys. */
function identity({ workers: _, ...config }: RunConfig, engine: string): string {
  return JSON.stringify([engine, config], (_key, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
