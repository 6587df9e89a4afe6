import { resolve } from "node:path";
import { Command } from "commander";
import { findRun, resume } from "../../training/index.js";
import { loadModuleOf, moduleLoader } from "../env-module.js";
import { follow } from "../follow.js";
import { sharedOptions, wholeNumber } from "../options.js";

interface ResumeFlags {
  steps?: number;
  stopAfter?: number;
  envModule?: string;
  runs: string;
  json?: boolean;
}

export function resumeCommand(): Command {
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
      "end as an interruption would after so many steps (exit code 130)",
      wholeNumber(1),
    )
    .addOption(sharedOptions.envModule())
    .addOption(sharedOptions.runs())
    .addOption(sharedOptions.json())
    .addHelpText("after", "\nExample:\n  $ ludus resume last\n  $ ludus resume last --steps 200000")
    .action(async (name: string, { steps, stopAfter, envModule, runs, json = false }: ResumeFlags) => {
      const run = findRun(name, runs);
      await loadModuleOf(run, envModule);
      const options = {
        moduleLoader,
        ...(steps === undefined ? {} : { steps }),
        ...(envModule === undefined ? {} : { envModule: resolve(envModule) }),
      };
      await follow((listeners) => resume(run, { ...listeners, ...options }), { json, stopAfter });
    });
}
