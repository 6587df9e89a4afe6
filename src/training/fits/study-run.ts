import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as air } from "node:timers/promises";
import type { StudyContext, StudyTask } from "../../tasks/task.js";
import { LineFile, writeError } from "../durable.js";
import { LudusError } from "../errors.js";
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
  folder: FitFolder;
  task: StudyTask;
  config: StudyConfig;
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

/**
 * One run of a study to its end. It keeps each part that is done, and begins from them; metrics are written anew, so that they are the
 * same however often it was interrupted.
 */
export class StudyRun {
  private readonly files: MetricsFiles;
  private readonly partsFile: LineFile;
  private readonly done: ReadonlyMap<string, PartDone>;
  /** Of the part that is under way; null between parts. */
  private recorded: StudyRecordEvent[] | null = null;
  private readonly startedAt = performance.now();

  constructor(private readonly parts: StudyRunParts) {
    const { path } = parts.folder;
    this.files = new MetricsFiles(path, 0);
    try {
      this.partsFile = new LineFile(join(path, "parts.jsonl"));
      this.done = partsOf(this.partsFile.path);
    } catch (error) {
      this.files.close();
      throw error;
    }
  }

  async toEnd(): Promise<FitRunDoneEvent> {
    const { folder, task } = this.parts;
    try {
      this.emit({ event: "start", ...aboutFit(folder), epoch: null, epochs: null, parameters: null });
      const told = reportEvent(folder, await task.run(this.context()));
      this.emit(told);
      const outcome = outcomeOf("finished", told.figures);
      writeReport(folder, outcome, told);
      return this.ended(outcome);
    } catch (error) {
      if (error instanceof StudyInterrupted) return this.ended(outcomeOf("interrupted", {}));
      const { syscall, path = folder.path } = error as NodeJS.ErrnoException;
      const kept = `the parts that are done are kept: free space and \`ludus resume ${folder.path}\`.`;
      throw syscall === undefined ? error : writeError(path, error, kept);
    } finally {
      this.files.close();
      this.partsFile.close();
    }
  }

  private context(): StudyContext<Record<string, unknown>> {
    const { folder, config, listeners } = this.parts;
    return {
      ...contextFor(config, folder.manifest.data),
      progress: (words) => listeners.onStudyProgress?.(words),
      record: (figures) => {
        const record = { event: "record", ...figures } as const;
        this.recorded?.push(record);
        this.write(record);
        this.files.writeTiming({ seconds: this.seconds() });
      },
      part: (name, work) => this.part(name, work),
      breathe: async () => {
        await air();
        if (listeners.signal?.aborted) throw new StudyInterrupted();
      },
    };
  }

  private async part<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.done.get(name);
    if (before !== undefined) {
      for (const record of before.records) this.write(record);
      return before.result as Result;
    }
    this.recorded = [];
    const result = await work();
    this.partsFile.append(stateToJson({ name, records: this.recorded, result } satisfies PartDone));
    this.partsFile.sync();
    this.recorded = null;
    return result;
  }

  private write(record: StudyRecordEvent): void {
    this.files.write(record);
    this.emit(record);
  }

  private ended(outcome: FitOutcome): FitRunDoneEvent {
    const event = doneEvent(this.parts.folder, outcome, this.seconds());
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
