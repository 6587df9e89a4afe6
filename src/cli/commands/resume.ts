import { resolve } from "node:path";
import { Command } from "commander";
import {
  type FitFolder,
  findAnyRun,
  isFit,
  LudusError,
  type RunFolder,
  resume,
  resumeTask,
} from "../../training/index.js";
import { loadModuleOf, moduleLoader } from "../env-module.js";
import { followFit } from "../fit-follow.js";
import { dataOption, type TaskSource } from "../fit-tasks.js";
import { follow } from "../follow.js";
import { sharedOptions, wholeNumber } from "../options.js";

interface ResumeFlags {
  steps?: number;
  stopAfter?: number;
  envModule?: string;
  data?: string;
  runs: string;
  json?: boolean;
}

export function resumeCommand(tasks: TaskSource): Command {
  return new Command("resume")
    .description("Go on with a run from its newest checkpoint, bit for bit as if it had not stopped.")
    .argument("<run>", "path or id of a run, or last")
    .option(
      "--steps <n>",
      "environment steps in all, to train longer than the run was meant to",
      wholeNumber(1),
    )
    .option(
      "--stop-after <n>",
      "end as an interruption would after so many steps, or a fit's updates (exit code 130)",
      wholeNumber(1),
    )
    .addOption(sharedOptions.envModule())
    .addOption(dataOption())
    .addOption(sharedOptions.runs())
    .addOption(sharedOptions.json())
    .addHelpText("after", "\nExample:\n  $ ludus resume last\n  $ ludus resume last --steps 200000")
    .action(async (name: string, flags: ResumeFlags) => {
      const run = findAnyRun(name, flags.runs);
      await (isFit(run) ? resumeFit(run, flags, tasks) : resumeAgent(run, flags));
    });
}

async function resumeAgent(
  run: RunFolder,
  { steps, stopAfter, envModule, json = false }: ResumeFlags,
): Promise<void> {
  await loadModuleOf(run, envModule);
  const options = {
    moduleLoader,
    ...(steps === undefined ? {} : { steps }),
    ...(envModule === undefined ? {} : { envModule: resolve(envModule) }),
  };
  await follow((listeners) => resume(run, { ...listeners, ...options }), { json, stopAfter });
}

async function resumeFit(
  run: FitFolder,
  { steps, stopAfter, data, json = false }: ResumeFlags,
  tasks: TaskSource,
): Promise<void> {
  if (steps !== undefined) {
    throw new LudusError(
      "unsupported",
      `${run.path} is a fit, which counts no environment steps; leave out --steps.`,
    );
  }
  const where = { tasks: await tasks(), data };
  await followFit((listeners) => resumeTask(run, { ...listeners, ...where }), {
    ...{ json, stopAfter, isStudy: run.manifest.kind === "study" },
  });
}
