import { Command } from "commander";
import type { EngineName } from "../../tensors/index.js";
import { findRun, openPolicy, type Pointer, reportPolicy } from "../../training/index.js";
import { loadModuleOf } from "../env-module.js";
import { sharedOptions, wholeNumber } from "../options.js";
import { policyText } from "../policy-text.js";

interface EvalFlags {
  episodes: number;
  seed: number;
  checkpoint: Pointer | number;
  engine?: EngineName | "auto";
  envModule?: string;
  runs: string;
  json?: boolean;
}

export function evalCommand(): Command {
  return new Command("eval")
    .description(
      "Play episodes with what a run has learnt, and say how well it does, what it does, and how well it knows.",
    )
    .argument("<run>", "path or id of a run, or last")
    .option("--episodes <n>", "how many", wholeNumber(1), 100)
    .addOption(sharedOptions.seed("episode i is played from seed n + i").default(3_000_000_000))
    .addOption(sharedOptions.checkpoint())
    .addOption(sharedOptions.engine())
    .addOption(sharedOptions.envModule())
    .addOption(sharedOptions.runs())
    .addOption(sharedOptions.json())
    .addHelpText(
      "after",
      "\nExample:\n  $ ludus eval last --episodes 20\n  $ ludus eval last --checkpoint 50000 --json",
    )
    .action(
      async (name: string, { episodes, seed, checkpoint, engine, envModule, runs, json }: EvalFlags) => {
        const run = findRun(name, runs);
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
      },
    );
}
