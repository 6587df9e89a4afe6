import { Command } from "commander";
import { registry } from "gymnasium-js";
import { exitCodes } from "../../training/index.js";
import { columnsOf } from "../ansi.js";
import { wrapped } from "../config-text.js";
import { checkEnvironment, type Finding } from "../env-check.js";
import { findEnv, loadEnvModule, looksLikeModule } from "../env-module.js";
import { ExitWith } from "../exit.js";
import { sharedOptions, wholeNumber } from "../options.js";

interface CheckFlags {
  envModule?: string;
  seeds: number;
  steps: number;
  json?: boolean;
}

export function checkEnvCommand(): Command {
  return new Command("check-env")
    .description(
      "Play an environment by the contract that all environments keep, and say in words what it breaks.",
    )
    .argument("<env>", "environment, or a module of your own (./my-env.ts), of which all are checked")
    .addOption(sharedOptions.envModule())
    .option("--seeds <n>", "random plays of each part, from the seeds 0, 1, ...", wholeNumber(1), 5)
    .option("--steps <n>", "steps of each play", wholeNumber(1), 200)
    .addOption(sharedOptions.json())
    .addHelpText(
      "after",
      "\nExit code 1 if something is broken.\n\nExample:\n  $ ludus check-env ./my-env.ts\n  $ ludus check-env FrozenLake-v1 --steps 1000",
    )
    .action(async (name: string, { envModule, seeds, steps, json = false }: CheckFlags) => {
      const ids = await idsOf(name, envModule);
      const plays = { steps, seeds: Array.from({ length: seeds }, (_, seed) => seed) };
      const count = { kept: 0, broken: 0, open: 0 };
      let first: string | null = null;
      for (const env of ids) {
        if (!json) process.stdout.write(`${env}: ${seeds} seeds, ${steps} steps each\n`);
        for (const finding of checkEnvironment(env, plays)) {
          count[finding.outcome]++;
          if (finding.outcome === "broken") first ??= `${finding.group}: ${finding.part}`;
          process.stdout.write(
            json ? `${JSON.stringify({ event: "check", env, ...finding })}\n` : inWords(finding),
          );
        }
      }
      const { kept, broken, open } = count;
      if (json) process.stdout.write(`${JSON.stringify({ event: "done", envs: ids, ...count })}\n`);
      else {
        const verdict = broken === 0 ? "nothing is broken" : `${broken} broken; begin with ${first}`;
        process.stdout.write(`${kept} parts kept, ${open} left open, ${verdict}\n`);
      }
      if (broken > 0) throw new ExitWith(exitCodes.failed);
    });
}

async function idsOf(name: string, envModule: string | undefined): Promise<readonly string[]> {
  if (looksLikeModule(name) && !registry.has(name)) return (await loadEnvModule(name)).ids;
  return [(await findEnv(name, envModule)).env];
}

const marks = { kept: "✓", broken: "✗", open: "–" } as const;

function inWords({ group, part, promise, outcome, why, advice, follows }: Finding): string {
  const columns = columnsOf(process.stdout, Infinity);
  const head = `${marks[outcome]} ${`${group}: ${part}`.padEnd(26)} ${promise}`;
  if (follows !== null) return `${head} (probably follows from ${follows})\n`;
  const lines = [why, advice]
    .filter((text) => text !== null)
    .map((text) => `    ${wrapped(text, columns - 6).replaceAll("\n", "\n    ")}`);
  return `${[head, ...lines].join("\n")}\n`;
}
