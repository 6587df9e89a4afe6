import { Generator } from "gymnasium-js";
import { lastValueFrom, tap } from "rxjs";
import { catalogue, type DatasetName } from "../../src/datasets/index.js";
import { buildModel, type Model } from "../../src/nets/index.js";
import { type Figures, type FitConfigInput, fit, fitConfigSchema } from "../../src/supervised/index.js";
import { type FitTask, type LoadedDataset, type TaskReport, tasks } from "../../src/tasks/index.js";

/** Loads from a folder of data sets. */
export function loaderFrom(folder: string, seed: number) {
  return async <Name extends DatasetName>(name: Name) =>
    catalogue[name].load({ folder, seed }) as LoadedDataset<Name>;
}

export interface TaskRun {
  model: Model;
  /** Of the training, epoch by epoch. */
  losses: number[];
  test: Figures;
  report: TaskReport;
}

interface RunOptions {
  folder: string;
  seed?: number;
  settings?: Record<string, unknown>;
  /** Laid over the task's preset. */
  config?: Partial<FitConfigInput>;
}

/** Fits a task as `ludus fit` does. The model is the caller's to dispose of. */
export async function runTask(name: string, options: RunOptions): Promise<TaskRun> {
  const { folder, seed = 1, settings: some = {}, config: over = {} } = options;
  const task = tasks[name] as FitTask;
  const settings = task.settings.parse(some);
  const config = fitConfigSchema.parse({ ...task.config(settings), ...over });
  const prepared = await task.prepare({ settings, seed, load: loaderFrom(folder, seed) });
  const model = buildModel(prepared.spec, new Generator([seed, 0]));
  const losses: number[] = [];
  const last = await lastValueFrom(
    fit(model, prepared.data, config).pipe(
      tap((event) => {
        if (event.kind === "epoch") losses.push(event.train["loss"]!);
      }),
    ),
  );
  if (last.kind !== "done" || last.test === null) throw new Error(`${name} did not end with a test.`);
  return { model, losses, test: last.test, report: (await prepared.report?.(model, async () => {})) ?? {} };
}
