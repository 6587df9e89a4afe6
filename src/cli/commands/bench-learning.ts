import { Command } from "commander";
import { type EngineName, useEngine } from "../../tensors/index.js";
import {
  type BenchEntry,
  type BenchFailure,
  type BenchResult,
  type BenchSuite,
  benchAggregate,
  benchRows,
  benchSuites,
  exitCodes,
  findSuite,
  LudusError,
  type PartialConfig,
  runBench,
  type TrainEvent,
} from "../../training/index.js";
import { writeBenchPage } from "../bench-page.js";
import { benchTable } from "../bench-text.js";
import { ExitWith } from "../exit.js";
import { onInterrupt } from "../interrupts.js";
import { sharedOptions, wholeNumber } from "../options.js";

interface BenchFlags {
  seeds: number;
  firstSeed: number;
  processes?: number;
  only?: string;
  steps?: number;
  docs?: string;
  engine?: EngineName | "auto";
  runs: string;
  json?: boolean;
}

export function benchLearningCommand(): Command {
  return new Command("bench-learning")
    .argument("<suite>", benchSuites.map(({ name }) => name).join(", "))
    .description("Train a suite with several seeds, and say what they come to and how sure that is.")
    .option("--seeds <n>", "trainings of each entry", wholeNumber(1), 3)
    .option("--first-seed <n>", "the seeds are n, n + 1, ...", wholeNumber(0), 1)
    .option("--processes <n>", "trainings at the same time; by default one per core", wholeNumber(1))
    .option("--only <text>", "entries whose name has this in it")
    .option("--steps <n>", "environment steps of each training, instead of the entry's own", wholeNumber(1))
    .option("--docs <file>", "write table and curves into this Markdown file, between the suite's markers")
    .addOption(sharedOptions.engine())
    .addOption(sharedOptions.runs())
    .addOption(sharedOptions.json())
    .addHelpText(
      "after",
      "\nWhat the runs folder has already is not trained again, and what was interrupted goes on.\n\nExample:\n  $ ludus bench-learning classic --seeds 5\n  $ ludus bench-learning ablation --seeds 3 --docs docs/benchmarks.md",
    )
    .action(benchLearning);
}

async function benchLearning(name: string, flags: BenchFlags): Promise<void> {
  const suite = findSuite(name);
  const entries = chosenEntries(suite, flags);
  const seeds = Array.from({ length: flags.seeds }, (_, i) => flags.firstSeed + i);
  const engine = await useEngine(flags.engine ?? "auto");
  const { signal, exitCode, release } = onInterrupt(() =>
    say("Saving checkpoints ... (Ctrl+C again aborts without)"),
  );
  try {
    const { results, failures } = await runBench({
      ...{ entries, seeds, runs: flags.runs, engine: engine.name, signal },
      ...(flags.processes === undefined ? {} : { processes: flags.processes }),
      onResult: (result) => say(resultText(result)),
      onEvent: progressTeller(),
      onFailure: ({ entry, seed, error }) => say(`${entry.label}, seed ${seed}: failed: ${error.message}`),
    });
    if (signal.aborted) {
      say("Interrupted; the same command goes on.");
      throw new ExitWith(exitCode());
    }
    report({ suite, entries, results, failures, flags });
    if (failures.length > 0) throw new ExitWith(exitCodes.failed);
  } finally {
    release();
  }
}

function chosenEntries(suite: BenchSuite, { only, steps }: BenchFlags): BenchEntry[] {
  const layer: PartialConfig = steps === undefined ? {} : { steps };
  const entries = suite.entries(layer);
  const chosen = entries.filter(({ label }) => only === undefined || label.includes(only));
  if (chosen.length > 0) return chosen;
  const labels = entries.map(({ label }) => label).join("; ");
  throw new LudusError(
    "invalid-value",
    `No entry of ${suite.name} has '${only}' in its name; there are: ${labels}.`,
  );
}

interface Finished {
  suite: BenchSuite;
  entries: readonly BenchEntry[];
  results: readonly BenchResult[];
  failures: readonly BenchFailure[];
  flags: BenchFlags;
}

function report(finished: Finished): void {
  const { suite, entries, results, failures, flags } = finished;
  const rows = benchRows(entries, results, suite.reference);
  if (flags.json === true) {
    for (const row of rows) process.stdout.write(`${JSON.stringify({ event: "entry", ...row })}\n`);
    const counts = { runs: results.length, failed: failures.length };
    const done = { event: "done", suite: suite.name, ...counts, aggregate: benchAggregate(rows) };
    process.stdout.write(`${JSON.stringify(done)}\n`);
  } else if (rows.length > 0) process.stdout.write(`${benchTable(rows, suite.reference)}\n`);
  if (flags.docs !== undefined && rows.length > 0) {
    writeBenchPage(flags.docs, { ...finished, rows, command: commandLine(suite, flags) });
    say(`${flags.docs} has the table and the curves.`);
  }
  if (failures.length > 0) {
    const named = failures.map(({ entry, seed }) => `${entry.label}, seed ${seed}`).join("; ");
    say(`${failures.length} of ${failures.length + results.length} trainings failed: ${named}.`);
  }
}

function commandLine({ name }: BenchSuite, { seeds, firstSeed, only, steps, engine }: BenchFlags): string {
  return [
    `npx ludus bench-learning ${name} --seeds ${seeds}`,
    ...(firstSeed === 1 ? [] : [`--first-seed ${firstSeed}`]),
    ...(only === undefined ? [] : [`--only "${only}"`]),
    ...(steps === undefined ? [] : [`--steps ${steps}`]),
    ...(engine === undefined ? [] : [`--engine ${engine}`]),
  ].join(" ");
}

function resultText({ entry, seed, done, found }: BenchResult): string {
  const score = `return ${done.evalReturnMean?.toFixed(2)} in ${done.seconds.toFixed(0)} s`;
  return `${entry.label}, seed ${seed}: ${score}${found ? " (trained before)" : ""}`;
}

/** Tells where each run begins, and its evaluations, of several in a tenth of it only the first. */
function progressTeller(): (entry: BenchEntry, seed: number, event: TrainEvent) => void {
  const told = new Map<string, number>();
  return ({ label, config: { steps } }, seed, event) => {
    if (event.event !== "start" && event.event !== "eval") return;
    const run = `${label}, seed ${seed}`;
    const tenth = Math.floor((10 * event.step) / steps);
    if (event.event === "eval" && told.get(run) === tenth) return;
    told.set(run, tenth);
    const what = event.event === "start" ? "begun" : `return ${event.returnMean.toFixed(2)}`;
    say(`${run}: ${what} at ${event.step.toLocaleString("en")} of ${steps.toLocaleString("en")} steps`);
  };
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
