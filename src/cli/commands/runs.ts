import { basename } from "node:path";
import { Command } from "commander";
import {
  type FitFolder,
  fitSummary,
  isFit,
  LudusError,
  listAnyRuns,
  pointedStep,
  type RunFolder,
  runResult,
} from "../../training/index.js";
import { figureText } from "../fit-text.js";
import { sharedOptions } from "../options.js";
import { printRows } from "../table.js";

export function runsCommand(): Command {
  return new Command("runs")
    .description("List the runs there are, oldest first.")
    .addOption(sharedOptions.runs())
    .addOption(sharedOptions.json())
    .addHelpText("after", "\nExample:\n  $ ludus runs")
    .action(({ runs, json = false }: { runs: string; json?: boolean }) => {
      const all = listAnyRuns(runs);
      if (json) {
        const rows = all.map((run) => (isFit(run) ? fitRow(run) : runRow(run)));
        printRows(json, "run", rows, []);
        return;
      }
      if (all.length === 0) {
        process.stderr.write(`There are no runs in ${runs} yet; start one with: ludus train CartPole-v1\n`);
        return;
      }
      const agents = all.flatMap((run) => (isFit(run) ? [] : [runRow(run)]));
      const fits = all.filter(isFit).map(fitRow);
      if (agents.length > 0) {
        printRows(json, "run", agents, ["id", "env", "agent", "preset", "engine", "seed", "step", "return"]);
      }
      if (agents.length > 0 && fits.length > 0) process.stdout.write("\n");
      if (fits.length > 0) {
        const rows = fits.map(inWords);
        printRows(json, "run", rows, ["id", "task", "engine", "seed", "epochs", "best"]);
      }
    });
}

function runRow({ path, manifest }: RunFolder) {
  const result = runResult(path);
  return {
    id: idOf(path),
    env: manifest.env,
    agent: manifest.agent,
    preset: manifest.preset,
    engine: manifest.engine,
    seed: manifest.seed,
    step: orNull(() => pointedStep(path, "last")),
    return: result?.evalReturnMean == null ? null : Number(result.evalReturnMean.toFixed(2)),
    path,
  };
}

/** By which a run is found: its folder may have got another name. */
function idOf(path: string): string {
  return basename(path);
}

function fitRow(run: FitFolder) {
  const { kind, task, engine, seed } = run.manifest;
  const { epochs = null, ofEpochs = null, best = null } = orNull(() => fitSummary(run)) ?? {};
  return { kind, id: idOf(run.path), task, engine, seed, epochs, ofEpochs, best, path: run.path };
}

function inWords({ epochs, ofEpochs, best, ...row }: ReturnType<typeof fitRow>) {
  return {
    ...row,
    epochs: ofEpochs === null ? null : `${epochs}/${ofEpochs}`,
    best: best === null ? null : `${best.figure} ${figureText(best.value)}`,
  };
}

/** A list goes on where one of its runs is damaged; whoever names that run is told. */
function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof LudusError) return null;
    throw error;
  }
}
