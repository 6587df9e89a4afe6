import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as air } from "node:timers/promises";
import type { StudyContext, StudyTask } from "../../tasks/task.js";
import { LineFile, writeError } from "../durable.js";
import { LudusError } from "../errors.js";
import { lockRun } from "../lock.js";
import { MetricsFiles } from "../metrics.js";
import { stateFromJson, stateToJson } from "../plain-json.js";
import type { FitFolder } from "../run-folder.js";
import type { StudyConfig } from "./config.js";
import {
  aboutFit,
  doneEvent,
  type FitListeners,
  type FitOutcome,
  type FitRunDoneEvent,
  type FitRunEvent,
  type StudyRecordEvent,
} from "./events.js";
import { reportEvent, writeReport } from "./folder.js";
import { contextFor } from "./open-task.js";

export interface StudyRunParts {
  /** Makes the run's folder, or has it. Called once, as soon as there is something to keep. */
  open(): FitFolder;
  task: StudyTask;
  config: StudyConfig;
  /** Folder of all data sets; null for the usual one. */
  data: string | null;
  listeners: FitListeners;
}

/** Ends a study from within, where it has been told to end. */
class StudyInterrupted extends Error {}

/** A part that is done, as a line of `parts.jsonl`. */
interface PartDone {
  name: string;
  records: StudyRecordEvent[];
  result: unknown;
}

/** The files of a study that has begun, and its lock. */
class StudyFiles {
  readonly metrics: MetricsFiles;
  readonly parts: LineFile;
  readonly done: ReadonlyMap<string, PartDone>;
  private readonly closing: (() => void)[] = [];

  /** @throws {LudusError} `run-in-use` or `corrupt-run` */
  constructor(readonly folder: FitFolder) {
    const { path } = folder;
    this.closing.push(lockRun(join(path, "lock")));
    try {
      this.metrics = new MetricsFiles(path, 0);
      this.closing.push(() => this.metrics.close());
      this.parts = new LineFile(join(path, "parts.jsonl"));
      this.closing.push(() => this.parts.close());
      this.done = partsOf(this.parts.path);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  close(): void {
    for (const close of this.closing.toReversed()) close();
  }
}

/**
 * One run of a study to its end. It keeps each part that is done, and begins from them; metrics are written anew, so that they are the
 * same however often it was interrupted. It has a folder once the task records, does a part or breathes: one whose data are not
 * there leaves nothing behind.
 */
export class StudyRun {
  private files: StudyFiles | null = null;
  /** Of the part that is under way; null between parts. */
  private recorded: StudyRecordEvent[] | null = null;
  private readonly startedAt = performance.now();

  constructor(private readonly parts: StudyRunParts) {}

  async toEnd(): Promise<FitRunDoneEvent> {
    try {
      const report = await this.parts.task.run(this.context());
      const { folder } = this.begun();
      const told = reportEvent(folder, report);
      this.emit(told);
      const outcome = outcomeOf("finished", told.figures);
      writeReport(folder, outcome, told);
      return this.ended(outcome);
    } catch (error) {
      if (error instanceof StudyInterrupted) return this.ended(outcomeOf("interrupted", {}));
      throw this.files === null ? error : explained(error, this.files.folder.path);
    } finally {
      this.files?.close();
    }
  }

  private begun(): StudyFiles {
    if (this.files !== null) return this.files;
    this.files = new StudyFiles(this.parts.open());
    const about = aboutFit(this.files.folder);
    this.emit({ event: "start", ...about, epoch: null, epochs: null, parameters: null });
    return this.files;
  }

  private context(): StudyContext<Record<string, unknown>> {
    const { config, data, listeners } = this.parts;
    return {
      ...contextFor(config, data),
      progress: (words) => listeners.onStudyProgress?.(words),
      record: (figures) => {
        const record = { event: "record", ...figures } as const;
        this.recorded?.push(record);
        this.write(record);
        this.begun().metrics.writeTiming({ seconds: this.seconds() });
      },
      part: (name, work) => this.part(name, work),
      breathe: async () => {
        this.begun();
        await air();
        if (listeners.signal?.aborted) throw new StudyInterrupted();
      },
    };
  }

  private async part<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    const { done, parts } = this.begun();
    const before = done.get(name);
    if (before !== undefined) {
      for (const record of before.records) this.write(record);
      return before.result as Result;
    }
    this.recorded = [];
    const result = await work();
    parts.append(stateToJson({ name, records: this.recorded, result } satisfies PartDone));
    parts.sync();
    this.recorded = null;
    return result;
  }

  private write(record: StudyRecordEvent): void {
    this.begun().metrics.write(record);
    this.emit(record);
  }

  private ended(outcome: FitOutcome): FitRunDoneEvent {
    const event = doneEvent(this.begun().folder, outcome, this.seconds());
    this.emit(event);
    return event;
  }

  private emit(event: FitRunEvent): void {
    this.parts.listeners.onEvent?.(event);
  }

  private seconds(): number {
    return (performance.now() - this.startedAt) / 1000;
  }
}

/** An error that ended a study, with what is kept of it where that is in doubt. */
function explained(error: unknown, run: string): unknown {
  const { syscall, path = run } = error as NodeJS.ErrnoException;
  const kept = `the parts that are done are kept: free space and \`ludus resume ${run}\`.`;
  return syscall === undefined ? error : writeError(path, error, kept);
}

/** @throws {LudusError} `corrupt-run` */
function partsOf(path: string): ReadonlyMap<string, PartDone> {
  try {
    const lines = readFileSync(path, "utf8").split("\n").slice(0, -1);
    const parts = lines.map((line) => stateFromJson<PartDone>(line));
    return new Map(parts.map((part) => [part.name, part]));
  } catch (error) {
    throw new LudusError(
      "corrupt-run",
      `${path} cannot be read (${(error as Error).message}); delete it, and the study begins anew.`,
      { cause: error },
    );
  }
}

function outcomeOf(ended: FitOutcome["ended"], metrics: FitOutcome["metrics"]): FitOutcome {
  return { epochs: null, updates: null, ended, bestEpoch: null, metrics, validation: null };
}
