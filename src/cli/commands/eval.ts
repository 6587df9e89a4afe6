import { Command } from "commander";
import type { EngineName } from "../../tensors/index.js";
import {
  findAnyRun,
  isFit,
  openPolicy,
  type Pointer,
  type RunFolder,
  reportPolicy,
} from "../../training/index.js";
import { loadModuleOf } from "../env-module.js";
import { judgeFit } from "../fit-eval.js";
import { dataOption, type TaskSource } from "../fit-tasks.js";
import { sharedOptions, wholeNumber } from "../options.js";
import { policyText } from "../policy-text.js";

interface EvalFlags {
  episodes: number;
  seed: number;
  checkpoint: Pointer | number;
  engine?: EngineName | "auto";
  envModule?: string;
  data?: string;
  runs: string;
  json?: boolean;
}

export function evalCommand(tasks: TaskSource): Command {
  return new Command("eval")
    .description(
      "Play episodes with what a run has learnt, and say how well it does, what it does, and how well it knows; of a fit, judge its weights on the test split.",
    )
    .argument("<run>", "path or id of a run, or last")
    .option("--episodes <n>", "how many", wholeNumber(1), 100)
    .addOption(sharedOptions.seed("episode i is played from seed n + i").default(3_000_000_000))
    .addOption(sharedOptions.checkpoint())
    .addOption(sharedOptions.engine())
    .addOption(sharedOptions.envModule())
    .addOption(dataOption())
    .addOption(sharedOptions.runs())
    .addOption(sharedOptions.json())
    .addHelpText(
      "after",
      "\nExample:\n  $ ludus eval last --episodes 20\n  $ ludus eval last --checkpoint 50000 --json",
    )
    .action(async (name: string, flags: EvalFlags, command: Command) => {
      const run = findAnyRun(name, flags.runs);
      if (!isFit(run)) return evaluateRun(run, flags);
      const given = ["episodes", "seed"].find((flag) => command.getOptionValueSource(flag) === "cli");
      return judgeFit(run, { ...flags, given, tasks: await tasks() });
    });
}

async function evaluateRun(
  run: RunFolder,
  { episodes, seed, checkpoint, engine, envModule, json }: EvalFlags,
): Promise<void> {
  await loadModuleOf(run, envModule);
  const stored = await openPolicy(run, engine === undefined ? { checkpoint } : { checkpoint, engine });
  try {
    const report = await reportPolicy(stored, { episodes, seed });
    const { returnMean, returnStd, lengthMean } = report;
    if (json) {
      const event = {
        event: "done",
        run: run.path,
        env: run.manifest.env,
        checkpoint: stored.step,
        seed,
        ...report,
      };
      process.stdout.write(`${JSON.stringify(event)}\n`);
    } else {
      process.stdout.write(
        `${run.manifest.env}, checkpoint of step ${stored.step}: return ${returnMean.toFixed(2)} ± ${returnStd.toFixed(2)}, length ${lengthMean.toFixed(1)}, over ${episodes} episodes\n${policyText(report)}\n`,
      );
    }
  } finally {
    stored.dispose();
  }
}
