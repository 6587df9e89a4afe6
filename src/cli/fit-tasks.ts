import { Option } from "commander";
import type { TaskRegistry } from "../training/index.js";
import { printRows } from "./table.js";

/** Where the commands get the tasks from, when they need them: with their data formats they are slow to load. */
export type TaskSource = () => Promise<TaskRegistry>;

export const registeredTasks: TaskSource = async () => (await import("../tasks/index.js")).tasks;

export function dataOption(): Option {
  return new Option("--data <dir>", "folder of all data sets; by default as `ludus data` has it");
}

/** Lists the tasks, and whether what they need is there. */
export async function printTasks(
  tasks: TaskRegistry,
  { data, json }: { data: string | undefined; json: boolean },
): Promise<void> {
  const { catalogue, defaultDataFolder, findDataFile } = await import("../datasets/index.js");
  const folder = data || defaultDataFolder();
  const isHere = (dataset: keyof typeof catalogue) =>
    catalogue[dataset].files.every(({ name }) => findDataFile(dataset, name, folder) !== null);
  const rows = Object.values(tasks).map(({ name, kind, about, data: names }) => {
    const missing = names.filter((dataset) => !isHere(dataset));
    if (json) return { name, kind, about, data: names, missing };
    const words = names.map((dataset) => (missing.includes(dataset) ? `${dataset} (missing)` : dataset));
    return { task: name, data: words.join(", ") || "-", about };
  });
  printRows(json, "task", rows, ["task", "data", "about"]);
}
