import { Command } from "commander";
import { LudusError, listRuns, pointedStep, runResult } from "../../training/index.js";
import { sharedOptions } from "../options.js";
import { printRows } from "../table.js";

export function runsCommand(): Command {
  return new Command("runs")
    .description("List the runs there are, oldest first.")
    .addOption(sharedOptions.runs())
    .addOption(sharedOptions.json())
    .addHelpText("after", "\nExample:\n  $ ludus runs")
    .action(({ runs, json = false }: { runs: string; json?: boolean }) => {
      const rows = listRuns(runs).map(({ path, manifest }) => {
        const result = runResult(path);
        return {
          id: manifest.id,
          env: manifest.env,
          agent: manifest.agent,
          preset: manifest.preset,
          engine: manifest.engine,
          seed: manifest.seed,
          step: newestStep(path),
          return: result?.evalReturnMean == null ? null : Number(result.evalReturnMean.toFixed(2)),
          path,
        };
      });
      if (rows.length === 0 && !json) {
        process.stderr.write(`There are no runs in ${runs} yet; start one with: ludus train CartPole-v1\n`);
        return;
      }
      printRows(json, "run", rows, ["id", "env", "agent", "preset", "engine", "seed", "step", "return"]);
    });
}

/** A list goes on where one of its runs is damaged; whoever names that run is told. */
function newestStep(path: string): number | null {
  try {
    return pointedStep(path, "last");
  } catch (error) {
    if (error instanceof LudusError) return null;
    throw error;
  }
}
