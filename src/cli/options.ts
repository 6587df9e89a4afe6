import { InvalidArgumentError, Option } from "commander";
import { engineNames } from "../tensors/index.js";
import type { Pointer } from "../training/index.js";

/** Reads a whole number of at least `least`; commander turns the refusal into its sentence and exit code 2. */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least) {
      throw new InvalidArgumentError(`expected a whole number of at least ${least}.`);
    }
    return value;
  };
}

export function checkpointName(text: string): Pointer | number {
  if (text === "best" || text === "last") return text;
  if (/^\d+$/.test(text)) return Number(text);
  throw new InvalidArgumentError("expected best, last, or the step of a checkpoint.");
}

/** Options that several commands share; each call makes a fresh one. */
export const sharedOptions = {
  json: () => new Option("--json", "print JSON lines on stdout, one object a line"),
  runs: () =>
    new Option("--runs <dir>", "folder of all runs")
      .argParser((folder) => folder || "runs")
      .default("runs")
      .env("LUDUS_RUNS"),
  engine: () => new Option("--engine <engine>", "what computes").choices(["auto", ...engineNames]),
  seed: (what: string) => new Option("--seed <n>", what).argParser(wholeNumber(0)),
  envModule: () =>
    new Option("--env-module <path>", "load environments from a .ts or .js module of your own"),
  checkpoint: () =>
    new Option("--checkpoint <which>", "best, last, or a step").argParser(checkpointName).default("best"),
};
