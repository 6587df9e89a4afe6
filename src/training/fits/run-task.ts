import { resolve as absolute } from "node:path";
import { Trainer } from "../../supervised/fit/index.js";
import type { FitTask, StudyTask, Task } from "../../tasks/task.js";
import { type EngineName, useEngine } from "../../tensors/index.js";
import type { PartialConfig } from "../config.js";
import { LudusError } from "../errors.js";
import { lockRun } from "../lock.js";
import type { FitFolder } from "../run-folder.js";
import { type FitRunConfig, resolveTaskConfig, type StudyConfig } from "./config.js";
import type { FitListeners, FitRunDoneEvent } from "./events.js";
import { readFit, startFiles } from "./fit-checkpoint.js";
import { FitRun } from "./fit-run.js";
import { createFit } from "./folder.js";
import { openFit, type ReopenOptions, reopenFit, taskOfRun } from "./open-task.js";
import { StudyRun } from "./study-run.js";

export interface RunTaskOptions extends FitListeners {
  task: Task;
  /** Laid over the task's preset, as `resolveTaskConfig` does. */
  config?: PartialConfig;
  engine?: EngineName | "auto";
  /** Folder of all runs; default `runs`. */
  runs?: string;
  /** Folder of all data sets; by default the usual one. */
  data?: string;
}

/**
 * Does a task from its start, in a run folder of its own.
 *
 * @throws {LudusError} for a config that is none, and what ends a run; `DataError` `missing-file` where its data are not there
 *
 * @example
 * const done = await runTask({ task: tasks["spiral-mlp"], config: { seed: 1, fit: { epochs: 50 } } });
 * console.log(done.metrics);
 */
export async function runTask(options: RunTaskOptions): Promise<FitRunDoneEvent> {
  const { task, engine = "auto", runs = "runs", data } = options;
  const config = resolveTaskConfig(task, options.config ?? {});
  const { name } = await useEngine(engine);
  const about = {
    ...{ kind: task.kind, task: task.name, engine: name, seed: config.seed },
    data: data ? absolute(data) : null,
  } as const;
  return task.kind === "fit"
    ? startFit({ task, config: config as FitRunConfig, about, runs, listeners: options })
    : startStudy({ task, config, about, runs, listeners: options });
}

type About = Parameters<typeof createFit>[0]["about"];

interface Start<Kind extends Task, Config> {
  task: Kind;
  config: Config;
  about: About;
  runs: string;
  listeners: FitListeners;
}

async function startFit({ task, config, about, runs, listeners }: Start<FitTask, FitRunConfig>) {
  const open = await openFit(task, config, about.data);
  try {
    // What cannot be fitted is refused before there is a folder.
    new Trainer(open.model, config.fit).dispose();
    const files = { "model.json": `${JSON.stringify(open.spec)}\n` };
    const folder = createFit({ runs, about, config, start: startFiles(open.model), files });
    return await locked(folder, () => new FitRun({ folder, open, listeners, from: null }).toEnd());
  } finally {
    open.model.dispose();
  }
}

async function startStudy({ task, config, about, runs, listeners }: Start<StudyTask, StudyConfig>) {
  refuseStopAfter(task, listeners);
  const open = () => createFit({ runs, about, config, start: null });
  return new StudyRun({ open, task, config, data: about.data, listeners }).toEnd();
}

function refuseStopAfter({ name }: StudyTask, { stopAfter }: FitListeners): void {
  if (stopAfter === undefined) return;
  throw new LudusError("unsupported", `${name} is a study, which has no updates to stop after.`);
}

/** Goes on from the newest checkpoint of a fit, or the parts of a study that are done, bit for bit as if it had never stopped. */
export async function resumeTask(
  folder: FitFolder,
  { tasks, data, ...listeners }: FitListeners & ReopenOptions,
): Promise<FitRunDoneEvent> {
  await useEngine(folder.manifest.engine as EngineName);
  const { task, config } = taskOfRun(folder, tasks);
  if (task.kind === "study") {
    refuseStopAfter(task, listeners);
    const where = data || folder.manifest.data;
    return await new StudyRun({ open: () => folder, task, config, data: where, listeners }).toEnd();
  }
  const open = await reopenFit(folder, { tasks, data });
  try {
    return await locked(folder, () =>
      new FitRun({ folder, open, listeners, from: readFit(folder.path) }).toEnd(),
    );
  } finally {
    open.model.dispose();
  }
}

async function locked<T>({ path }: FitFolder, work: () => Promise<T>): Promise<T> {
  const unlock = lockRun(`${path}/lock`);
  try {
    return await work();
  } finally {
    unlock();
  }
}
