import { Command, CommanderError } from "commander";
import { GymnasiumError } from "gymnasium-js";
import { AgentError } from "../agents/index.js";
import { LossError, NetError } from "../nets/index.js";
import { ReplayError } from "../replay/index.js";
import { DataError } from "../supervised/data/errors.js";
import { FitError } from "../supervised/fit/index.js";
import { MetricError } from "../supervised/metrics/metric.js";
import { EngineMissingError, OptimizerError, SafetensorsError } from "../tensors/index.js";
import { exitCodes, LudusError, ludusVersion } from "../training/index.js";
import { agentsCommand } from "./commands/agents.js";
import { benchLearningCommand } from "./commands/bench-learning.js";
import { checkEnvCommand } from "./commands/check-env.js";
import { dataCommand } from "./commands/data.js";
import { doctorCommand } from "./commands/doctor.js";
import { envsCommand } from "./commands/envs.js";
import { evalCommand } from "./commands/eval.js";
import { fitCommand } from "./commands/fit.js";
import { netsCommand } from "./commands/nets.js";
import { newCommand } from "./commands/new.js";
import { playCommand } from "./commands/play.js";
import { playgroundCommand } from "./commands/playground.js";
import { plotCommand } from "./commands/plot.js";
import { resumeCommand } from "./commands/resume.js";
import { runsCommand } from "./commands/runs.js";
import { startCommand } from "./commands/start.js";
import { tournamentCommand } from "./commands/tournament.js";
import { trainCommand } from "./commands/train.js";
import { tuneCommand } from "./commands/tune.js";
import { watchCommand } from "./commands/watch.js";
import { placeInModules } from "./env-module.js";
import { ExitWith } from "./exit.js";
import { registeredTasks, type TaskSource } from "./fit-tasks.js";
import { endHungUp, endUnread } from "./interrupts.js";
import { messageOf } from "./module-faults.js";

/** Errors that the parts of Ludus throw on purpose, each with a stable code and one sentence. */
const deliberate = [
  GymnasiumError,
  AgentError,
  NetError,
  ReplayError,
  SafetensorsError,
  OptimizerError,
  DataError,
  FitError,
  LossError,
  MetricError,
] as const;

/** Of their codes, those that are the caller's use and not a failure of the run. */
const usageCodes: readonly string[] = [
  "unknown-env",
  "deprecated-env",
  "invalid-options",
  "invalid-seed",
  "unsupported",
  "unsupported-space",
  "invalid-config",
  "unknown-agent",
  "invalid-net",
  "out-of-memory",
  "unknown-dataset",
  "invalid-fit",
];

/** Those that are about something that is not there, and can be got. */
const missingCodes: readonly string[] = ["missing-file"];

/** @param tasks what `ludus fit` knows */
export function buildProgram(tasks: TaskSource = registeredTasks): Command {
  const program = new Command("ludus")
    .description("Train agents, watch them play, read what they learnt; and fit nets to data.")
    .version(ludusVersion)
    .configureOutput({ outputError: (text, write) => write(`ludus: ${inOneSentence(text)}\n`) })
    .exitOverride()
    .addHelpText("after", "\nExample:\n  $ ludus train CartPole-v1 --seed 1\n  $ ludus watch last");
  const commands = [
    trainCommand(),
    resumeCommand(tasks),
    tuneCommand(),
    evalCommand(tasks),
    fitCommand(tasks),
    dataCommand(),
    watchCommand(),
    playCommand(),
    playgroundCommand(),
    plotCommand(),
    benchLearningCommand(),
    tournamentCommand(),
    runsCommand(),
    envsCommand(),
    newCommand(),
    checkEnvCommand(),
    agentsCommand(),
    netsCommand(),
    doctorCommand(),
    startCommand(),
  ];
  for (const command of commands) program.addCommand(speakingAs(program, command));
  return program;
}

/** A command, and those below it, that refuse wrong use as the program does. */
function speakingAs(program: Command, command: Command): Command {
  for (const inner of command.commands) speakingAs(program, inner);
  return command.exitOverride().copyInheritedSettings(program);
}

/** commander's `error: unknown option '--sed'\n(Did you mean --seed?)`, as Ludus's own errors read. */
function inOneSentence(text: string): string {
  return onOneLine(text.replace(/^error: /, ""));
}

/** Messages may cite files, line breaks and all. */
function onOneLine(text: string): string {
  return text.trim().replaceAll(/\s*\n\s*/g, " ");
}

/** A reader that closes early (`ludus envs | head -1`) is not an error, and of a run nothing is lost. */
function afterResults(error: NodeJS.ErrnoException): void {
  const why = whyUnread(error, process.stdout);
  if (why === null) {
    process.exit(say(`The output could not be written (${error.message}).`, exitCodes.failed));
  }
  if (endUnread(why)) return;
  endHungUp();
  process.exit(exitCodes.done);
}

/** A command whose words nobody reads may still have results. */
function afterWords(error: NodeJS.ErrnoException): void {
  const why = whyUnread(error, process.stderr);
  if (why !== null) endUnread(why);
}

/** What has become of the reader; null where the fault is another one. */
function whyUnread({ code }: NodeJS.ErrnoException, { isTTY }: NodeJS.WriteStream) {
  if (code === "EPIPE") return "closed";
  return code === "EIO" && isTTY ? "hung-up" : null;
}

/** Runs one command line. @returns the exit code: 0 done, 1 failed, 2 wrong use, 3 component missing, 130 interrupted, 129 hung up */
export async function runCli(args: readonly string[], tasks?: TaskSource): Promise<number> {
  process.stdout.off("error", afterResults).on("error", afterResults);
  process.stderr.off("error", afterWords).on("error", afterWords);
  try {
    await buildProgram(tasks).parseAsync([...args], { from: "user" });
    return exitCodes.done;
  } catch (error) {
    const exitCode = exitCodeOf(error);
    if (process.env["LUDUS_DEBUG"] && error instanceof LudusError && error.cause instanceof Error)
      process.stderr.write(`${error.cause.stack}\n`);
    return exitCode;
  }
}

function exitCodeOf(error: unknown): number {
  if (error instanceof ExitWith) return error.exitCode;
  // commander has printed its own sentence by now; its exit code 1 means wrong use.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  if (error instanceof LudusError) return say(onOneLine(error.message), error.exitCode);
  if (error instanceof EngineMissingError) return say(error.message, exitCodes.missing);
  const known = deliberate.find((kind) => error instanceof kind);
  if (known !== undefined) {
    const { message, code } = error as InstanceType<typeof known>;
    return say(onOneLine(message), exitCodeOfCode(code));
  }
  if (isSystemError(error)) return say(`${inWords(error)}.`, exitCodes.failed);
  const place = placeInModules(error);
  if (place !== null) {
    return say(
      `${place.path} threw "${messageOf(error)}"${place.line}; \`ludus check-env ${place.path}\` looks for its faults.`,
      exitCodes.failed,
    );
  }
  const unexpected = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return say(`Ludus failed in a way that it does not know: ${unexpected}`, exitCodes.failed);
}

function exitCodeOfCode(code: string): number {
  if (usageCodes.includes(code)) return exitCodes.usage;
  return missingCodes.includes(code) ? exitCodes.missing : exitCodes.failed;
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error;
}

function inWords({ code, path, message }: NodeJS.ErrnoException): string {
  if (code === "ENOSPC" || code === "EDQUOT")
    return `The disk is full: ${path ?? "a file"} could not be written`;
  return `${path || "A file"} could not be read or written (${message})`;
}

function say(sentence: string, exitCode: number): number {
  process.stderr.write(`ludus: ${sentence}\n`);
  return exitCode;
}
