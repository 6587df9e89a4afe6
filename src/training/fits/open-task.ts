import { Generator, nearestSpelling } from "gymnasium-js";
import type { DatasetName } from "../../datasets/index.js";
import { buildModel, type Model } from "../../nets/index.js";
import type { FitTask, LoadedDataset, PreparedFit, Task, TaskContext } from "../../tasks/task.js";
import type { PartialConfig } from "../config.js";
import { LudusError } from "../errors.js";
import type { FitFolder } from "../run-folder.js";
import { type ConfigOfTask, checkTaskConfig, type FitRunConfig, resolveTaskConfig } from "./config.js";
import { readRunJson } from "./folder.js";

/** Tasks by their names. */
export type TaskRegistry = Readonly<Record<string, Task>>;

/** @throws {LudusError} `unknown-task`, with the nearest name */
export function findTask(tasks: TaskRegistry, name: string): Task {
  if (Object.hasOwn(tasks, name)) return tasks[name]!;
  const nearest = nearestSpelling(name, Object.keys(tasks));
  const hint = nearest === null ? `there are ${Object.keys(tasks).join(", ")}` : `did you mean '${nearest}'?`;
  throw new LudusError("unknown-task", `There is no task '${name}'; ${hint}`);
}

/** A run's task and its config, as it was saved. @throws {LudusError} `unknown-task` or `corrupt-run` */
export function taskOfRun(run: FitFolder, tasks: TaskRegistry): { task: Task; config: ConfigOfTask } {
  const task = findTask(tasks, run.manifest.task);
  const saved = readRunJson(run, "config.json");
  try {
    const standard = resolveTaskConfig(task);
    return { task, config: checkTaskConfig(task, saved as PartialConfig, standard) };
  } catch (error) {
    throw new LudusError(
      "corrupt-run",
      `${run.path}/config.json is no config of ${task.name}: ${(error as Error).message}`,
      { cause: error },
    );
  }
}

/** What a task is given to work with. @param folder of all data sets; null for the usual one */
export function contextFor(
  { settings, seed }: Pick<ConfigOfTask, "settings" | "seed">,
  folder: string | null,
): TaskContext<Record<string, unknown>> {
  return {
    settings,
    seed,
    load: async <Name extends DatasetName>(name: Name) => {
      const { catalogue } = await import("../../datasets/index.js");
      return catalogue[name].load({ seed, ...(folder === null ? {} : { folder }) }) as LoadedDataset<Name>;
    },
  };
}

/** A fit with its model, which is the caller's to dispose of. */
export interface OpenFit extends PreparedFit {
  config: FitRunConfig;
  model: Model;
}

/** Gets the data of a fit ready and builds its model, as it is before training. */
export async function openFit(task: FitTask, config: FitRunConfig, folder: string | null): Promise<OpenFit> {
  const prepared = await task.prepare(contextFor(config, folder));
  return { ...prepared, config, model: buildModel(prepared.spec, new Generator([config.seed, 0])) };
}

export interface ReopenOptions {
  /** Where the run's task is looked up. */
  tasks: TaskRegistry;
  /** Where its data are now, if they are no longer where they were. */
  data?: string | undefined;
}

/**
 * The same of a run.
 * @throws {LudusError} `unsupported` for a study, `corrupt-run` if its task has come to make another model
 */
export async function reopenFit(run: FitFolder, { tasks, data }: ReopenOptions): Promise<OpenFit> {
  const { task, config } = taskOfRun(run, tasks);
  if (task.kind === "study") {
    throw new LudusError(
      "unsupported",
      `${run.path} is a study, which keeps no weights; its results are in report.json.`,
    );
  }
  const open = await openFit(task, config as FitRunConfig, data || run.manifest.data);
  if (JSON.stringify(open.spec) === JSON.stringify(readRunJson(run, "model.json"))) return open;
  open.model.dispose();
  throw new LudusError(
    "corrupt-run",
    `${run.path} has another model (model.json) than ${task.name} makes of its config and data now; begin it anew with the Ludus and the data that are here.`,
  );
}
