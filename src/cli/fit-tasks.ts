import { Option } from "commander";
import { catalogue, type DatasetName, defaultDataFolder, findDataFile } from "../datasets/index.js";
import type { TaskRegistry } from "../training/index.js";
import { printRows } from "./table.js";

/** Where the commands get the tasks from, when they need them: with their data formats they are slow to load. */
export type TaskSource = () => Promise<TaskRegistry>;

export const registeredTasks: TaskSource = async () => (await import("../tasks/index.js")).tasks;

export function dataOption(): Option {
  return new Option("--data <dir>", "folder of all data sets; by default as `ludus data` has it");
}

/** Lists the tasks, and whether what they need is there. */
export function printTasks(
  tasks: TaskRegistry,
  { data, json }: { data: string | undefined; json: boolean },
): void {
  const folder = data ?? defaultDataFolder();
  const rows = Object.values(tasks).map(({ name, kind, about, data: names }) => {
    const missing = names.filter((dataset) => !isHere(dataset, folder));
    if (json) return { name, kind, about, data: names, missing };
    const words = names.map((dataset) => (missing.includes(dataset) ? `${dataset} (missing)` : dataset));
    return { task: name, data: words.join(", ") || "-", about };
  });
  printRows(json, "task", rows, ["task", "data", "about"]);
}

function isHere(dataset: DatasetName, folder: string): boolean {
  return catalogue[dataset].files.every(({ name }) => findDataFile(dataset, name, folder) !== null);
}
