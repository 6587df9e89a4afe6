import type { Figures, FitDoneEvent, FitEpochEvent } from "../../supervised/index.js";
import type { ReportTable } from "../../tasks/task.js";
import type { FitFolder } from "../run-folder.js";

interface AboutFit {
  run: string;
  task: string;
  engine: string;
  seed: number;
}

export interface FitStartEvent extends AboutFit {
  event: "start";
  /** Epochs already done: 0, or where a resumed fit goes on; both null for a study. */
  epoch: number | null;
  epochs: number | null;
  /** Parameters of the model; null for a study. */
  parameters: number | null;
}

/** An epoch, as `metrics.jsonl` keeps it. */
export interface FitEpochRecord extends Omit<FitEpochEvent, "kind" | "save"> {
  event: "epoch";
}

/** A line of a study's metrics. */
export interface StudyRecordEvent {
  event: "record";
  [figure: string]: number | string;
}

export interface FitCheckpointEvent {
  event: "checkpoint";
  /** Updates, by which the checkpoint goes. */
  step: number;
}

/** What a task has to say at its end. */
export interface FitReportEvent {
  event: "report";
  figures: Figures;
  tables: readonly ReportTable[];
  text: string | null;
  /** SVG files in the run's folder. */
  plots: readonly string[];
}

/** What is kept of an end in `report.json`, which says no time. */
export interface FitReport extends FitOutcome, Pick<FitReportEvent, "tables" | "text" | "plots"> {
  task: string;
  seed: number;
}

/** What a run has come to. */
export interface FitOutcome {
  /** Over the whole run, interruptions included; null for a study, which has neither. */
  epochs: number | null;
  updates: number | null;
  ended: FitDoneEvent["ended"] | "finished" | "interrupted";
  /** Epochs done at the best validation; null without one. */
  bestEpoch: number | null;
  /** Of the test split, and what the task's report adds; empty where the run was interrupted before. */
  metrics: Figures;
  /** Of the last validation of the weights that are kept; null where there was none. */
  validation: Figures | null;
}

/** The last event of a fit. */
export interface FitRunDoneEvent extends AboutFit, FitOutcome {
  event: "done";
  /** Whether there is something to go on from: a checkpoint, or the parts of a study that are done. */
  interrupted: boolean;
  /** Wall clock of this process. */
  seconds: number;
}

export type FitRunEvent =
  | FitStartEvent
  | FitEpochRecord
  | StudyRecordEvent
  | FitCheckpointEvent
  | FitReportEvent
  | FitRunDoneEvent;

/** Where a fit stands, for a progress line; never written down. */
export interface FitProgress {
  /** Counted from 1. */
  epoch: number;
  epochs: number;
  batch: number;
  batches: number;
  /** Of the last batch. */
  loss: number;
  /** Learnt from in this process. */
  rows: number;
}

/** Who listens to a fit or a study, and what may end it early. */
export interface FitListeners {
  onEvent?: (event: FitRunEvent) => void;
  onProgress?: (progress: FitProgress) => void;
  /** How far a study is, in a few words. */
  onStudyProgress?: (words: string) => void;
  /** Aborted: a fit saves a checkpoint after the batch that it is in, and ends; a study ends. */
  signal?: AbortSignal;
  /** Ends a fit as an interruption would, once so many updates are done. */
  stopAfter?: number;
}

export function aboutFit({ path, manifest: { task, engine, seed } }: FitFolder): AboutFit {
  return { run: path, task, engine, seed };
}

export function doneEvent(folder: FitFolder, outcome: FitOutcome, seconds: number): FitRunDoneEvent {
  const interrupted = outcome.ended === "interrupted";
  return { event: "done", ...aboutFit(folder), ...outcome, interrupted, seconds };
}
