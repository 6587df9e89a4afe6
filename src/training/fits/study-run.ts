import { setImmediate as air } from "node:timers/promises";
import type { StudyContext, StudyTask } from "../../tasks/task.js";
import { writeError } from "../durable.js";
import { MetricsFiles } from "../metrics.js";
import type { FitFolder } from "../run-folder.js";
import type { StudyConfig } from "./config.js";
import {
  aboutFit,
  doneEvent,
  type FitListeners,
  type FitOutcome,
  type FitRunDoneEvent,
  type FitRunEvent,
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

/** One run of a study, from its beginning to its end. It keeps its records and its report, and no checkpoint. */
export class StudyRun {
  private readonly files: MetricsFiles;
  private readonly startedAt = performance.now();

  constructor(private readonly parts: StudyRunParts) {
    this.files = new MetricsFiles(parts.folder.path, 0);
  }

  async toEnd(): Promise<FitRunDoneEvent> {
    const { folder, task } = this.parts;
    try {
      this.emit({ event: "start", ...aboutFit(folder), epoch: null, epochs: null, parameters: null });
      const told = reportEvent(folder, await task.run(this.context()));
      this.emit(told);
      const outcome = outcomeOf("finished", told.figures);
      writeReport(folder, outcome, told);
      return this.done(outcome);
    } catch (error) {
      if (error instanceof StudyInterrupted) return this.done(outcomeOf("interrupted", {}));
      const { syscall, path = folder.path } = error as NodeJS.ErrnoException;
      throw syscall === undefined ? error : writeError(path, error, "a study begins anew.");
    } finally {
      this.files.close();
    }
  }

  private context(): StudyContext<Record<string, unknown>> {
    const { folder, config, listeners } = this.parts;
    return {
      ...contextFor(config, folder.manifest.data),
      progress: (words) => listeners.onStudyProgress?.(words),
      record: (figures) => {
        const record = { event: "record", ...figures } as const;
        this.files.write(record);
        this.files.writeTiming({ seconds: this.seconds() });
        this.emit(record);
      },
      breathe: async () => {
        await air();
        if (listeners.signal?.aborted) throw new StudyInterrupted();
      },
    };
  }

  private done(outcome: FitOutcome): FitRunDoneEvent {
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

function outcomeOf(ended: FitOutcome["ended"], metrics: FitOutcome["metrics"]): FitOutcome {
  return { epochs: null, updates: null, ended, bestEpoch: null, metrics, validation: null };
}
