import type { z } from "zod";
import type { catalogue, DatasetName } from "../datasets/index.js";
import type { Model, ModelSpec } from "../nets/index.js";
import type { Figures, FitConfigInput, FitData } from "../supervised/index.js";

/** What the catalogue's loader of a data set gives. */
export type LoadedDataset<Name extends DatasetName> = ReturnType<(typeof catalogue)[Name]["load"]>;

/** What a task is given to work with. */
export interface TaskContext<Settings> {
  settings: Settings;
  /** Of the run: splits, orders, weights and masks all come from it. */
  seed: number;
  /** Loads a data set of the catalogue. @throws {DataError} `missing-file`, with how to get it */
  load<Name extends DatasetName>(name: Name): Promise<LoadedDataset<Name>>;
}

/** A table that a task leaves beside its figures. */
export interface ReportTable {
  title: string;
  columns: readonly string[];
  rows: readonly (readonly (string | number)[])[];
}

/** What a task has to say at its end beyond the figures of an evaluation. */
export interface TaskReport {
  figures?: Figures;
  tables?: readonly ReportTable[];
  /** For people: samples, translations. */
  text?: string;
  /** SVG files, by name without the ending. */
  plots?: Readonly<Record<string, string>>;
}

/** A fit that is ready to begin. */
export interface PreparedFit {
  spec: ModelSpec;
  data: FitData;
  /**
   * Looks at the model at the end, with its best weights, on the test split.
   * @param breathe gives the event loop air, and throws when the fit is to end early; for what takes seconds
   */
  report?(model: Model, breathe: () => Promise<void>): TaskReport | Promise<TaskReport>;
}

interface About<Schema extends z.ZodObject> {
  name: string;
  /** One line for people. */
  about: string;
  /** What it needs of the catalogue of data sets. */
  data: readonly DatasetName[];
  /** Of the task itself, with defaults. */
  settings: Schema;
}

/** A task that is one fit of one model. */
export interface FitTask<Schema extends z.ZodObject = z.ZodObject> extends About<Schema> {
  kind: "fit";
  /** The preset: how the model is fitted, if nothing else is said. */
  config(settings: z.output<Schema>): FitConfigInput;
  prepare(context: TaskContext<z.output<Schema>>): Promise<PreparedFit>;
}

export interface StudyContext<Settings> extends TaskContext<Settings> {
  /** Tells how far it is, in a few words, such as "layer 3 of 7". */
  progress(words: string): void;
  /** Emits a line of metrics. */
  record(figures: Record<string, number | string>): void;
  /** Throws when the study is to end early; to be called often, within its parts, too. */
  breathe(): Promise<void>;
  /**
   * A part of the study. What it comes to, and what it records, is kept: a study that goes on after an interruption does not do it
   * again. So all that later parts need of it is in its result, which is plain data.
   * @param name no other part has it
   */
  part<Result>(name: string, work: () => Promise<Result>): Promise<Result>;
}

/** A task of several fits, or of methods that are no fit: baselines, protocols, sweeps. */
export interface StudyTask<Schema extends z.ZodObject = z.ZodObject> extends About<Schema> {
  kind: "study";
  run(context: StudyContext<z.output<Schema>>): Promise<TaskReport & { figures: Figures }>;
}

export type Task = FitTask | StudyTask;

export function fitTask<Schema extends z.ZodObject>(task: Omit<FitTask<Schema>, "kind">): FitTask {
  return { kind: "fit", ...task } as unknown as FitTask;
}

export function studyTask<Schema extends z.ZodObject>(task: Omit<StudyTask<Schema>, "kind">): StudyTask {
  return { kind: "study", ...task } as unknown as StudyTask;
}
