import { Command } from "commander";
import { describeConfig } from "../../training/index.js";
import { sharedOptions } from "../options.js";
import { printRows } from "../table.js";

export function agentsCommand(): Command {
  return new Command("agents")
    .description("List the learning methods and every key that --set takes, with its default.")
    .addOption(sharedOptions.json())
    .addHelpText("after", "\nExample:\n  $ ludus agents\n  $ ludus train CartPole-v1 --set dqn.gamma=0.98")
    .action(({ json = false }: { json?: boolean }) => {
      if (!json) {
        process.stdout.write(
          "dqn  Deep Q-network (Mnih et al. 2015); switches: double, dueling, n-step, Huber or MSE, hard or soft targets, action masks\n\n",
        );
      }
      const rows = describeConfig().map((entry) => ({
        ...entry,
        default: json ? (entry.default ?? null) : JSON.stringify(entry.default),
      }));
      printRows(json, "key", rows, ["key", "default", "about"]);
    });
}
