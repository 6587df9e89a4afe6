import { Command } from "commander";
import { describeAgents, describeConfig } from "../../training/index.js";
import { sharedOptions } from "../options.js";
import { printKeys } from "../table.js";

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
      printKeys(describeConfig(), json);
    });
}
