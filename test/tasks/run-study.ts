import type { StudyContext, StudyTask } from "../../src/tasks/task.js";
import { loaderFrom } from "./run-task.js";

export interface StudyResult {
  report: Awaited<ReturnType<StudyTask["run"]>>;
  records: Record<string, number | string>[];
  progress: string[];
}

interface RunOptions {
  folder: string;
  seed?: number;
  settings?: Record<string, unknown>;
  breathe?(): Promise<void>;
  /** Default: from the folder. */
  load?: StudyContext<unknown>["load"];
}

/** Runs a study as `ludus fit` does. */
export async function runStudy(task: StudyTask, options: RunOptions): Promise<StudyResult> {
  const { folder, seed = 1, settings = {}, breathe = async () => {} } = options;
  const { load = loaderFrom(folder, seed) } = options;
  const records: StudyResult["records"] = [];
  const progress: string[] = [];
  const report = await task.run({
    settings: task.settings.parse(settings),
    seed,
    load,
    progress: (words) => progress.push(words),
    record: (figures) => records.push(figures),
    breathe,
    part: (_, work) => work(),
  });
  return { report, records, progress };
}
