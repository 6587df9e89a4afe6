import { Command } from "commander";
import type { EngineName } from "../../tensors/index.js";
import {
  describeTaskConfig,
  findTask,
  LudusError,
  type PartialConfig,
  parseSetting,
  resolveTaskConfig,
  runTask,
} from "../../training/index.js";
import { columnsOf } from "../ansi.js";
import { configText, wrapped } from "../config-text.js";
import { followFit } from "../fit-follow.js";
import { dataOption, printTasks, type TaskSource } from "../fit-tasks.js";
import { sharedOptions, wholeNumber } from "../options.js";
import { printKeys } from "../table.js";
import { collect } from "./train.js";

interface FitFlags {
  epochs?: number;
  seed?: number;
  set: string[];
  engine?: EngineName | "auto";
  data?: string;
  stopAfter?: number;
  keys?: boolean;
  runs: string;
  json?: boolean;
}

export function fitCommand(tasks: TaskSource): Command {
  return new Command("fit")
    .description("Fit a model to data, by one of the tasks that Ludus knows; without a task, list them.")
    .argument("[task]", "one of those that `ludus fit` lists")
    .option("--epochs <n>", "passes through the training data", wholeNumber(1))
    .addOption(sharedOptions.seed("seed of everything"))
    .option(
      "--set <key=value>",
      "set a key of the task, as batchSize=128, or of the fit, as fit.optimizer.learningRate=0.01 (may be repeated)",
      collect,
      [],
    )
    .option("--keys", "list every key that --set takes for the task, with its default, and do nothing else")
    .addOption(sharedOptions.engine())
    .addOption(dataOption())
    .option(
      "--stop-after <n>",
      "end as an interruption would after so many updates (exit code 130)",
      wholeNumber(1),
    )
    .addOption(sharedOptions.runs())
    .addOption(sharedOptions.json())
    .addHelpText(
      "after",
      "\nExample:\n  $ ludus fit\n  $ ludus fit spiral-mlp --seed 1\n  $ ludus fit mnist-lenet --keys\n  $ ludus fit mnist-lenet --epochs 5 --set batchSize=128 --set fit.optimizer.learningRate=0.003",
    )
    .action(async (name: string | undefined, flags: FitFlags) => {
      const known = await tasks();
      const { data, json = false, engine = "auto", runs, stopAfter } = flags;
      if (name === undefined) {
        await printTasks(known, { data, json });
        return;
      }
      const task = findTask(known, name);
      if (flags.keys) {
        printKeys(describeTaskConfig(task), json);
        return;
      }
      if (task.kind === "study") refuseFitFlags(name, flags);
      const config = resolveTaskConfig(task, ...layersOf(flags));
      const columns = columnsOf(process.stderr, Infinity);
      for (const line of configText(config).split("\n")) process.stderr.write(`${wrapped(line, columns)}\n`);
      process.stderr.write("\n");
      const where = { engine, runs, ...(data === undefined ? {} : { data }) };
      await followFit((listeners) => runTask({ task, config, ...where, ...listeners }), {
        ...{ json, stopAfter, isStudy: task.kind === "study" },
      });
    });
}

function layersOf({ seed, epochs, set }: FitFlags): PartialConfig[] {
  return [
    ...(seed === undefined ? [] : [{ seed }]),
    ...(epochs === undefined ? [] : [{ fit: { epochs } }]),
    ...set.map(parseSetting),
  ];
}

function refuseFitFlags(task: string, { epochs, stopAfter }: FitFlags): void {
  if (epochs === undefined && stopAfter === undefined) return;
  const flag = epochs === undefined ? "--stop-after" : "--epochs";
  throw new LudusError(
    "unsupported",
    `${task} is a study of several parts, and takes no ${flag}; leave it out.`,
  );
}
