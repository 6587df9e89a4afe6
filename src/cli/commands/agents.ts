import { Command } from "commander";
import { describeAgents, describeConfig } from "../../training/index.js";
import { sharedOptions } from "../options.js";
import { printRows } from "../table.js";

export function agentsCommand(): Command {
  return new Command("agents")
    .description("List the learning methods and every key that --set takes, with its default.")
    .addOption(sharedOptions.json())
    .addHelpText(
      "after",
      "\nExample:\n  $ ludus agents\n  $ ludus train CartPole-v1 --agent pqn --set pqn.lambda=0.9",
    )
    .action(({ json = false }: { json?: boolean }) => {
      if (!json) {
        for (const { name, description } of describeAgents()) {
          process.stdout.write(`${name}  ${description}\n`);
        }
        process.stdout.write("\n");
      }
      const rows = describeConfig().map((entry) => ({
        ...entry,
        default: json ? (entry.default ?? null) : JSON.stringify(entry.default),
      }));
      printRows(json, "key", rows, ["key", "default", "about"]);
    });
}
