import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { TaskReport } from "../../tasks/task.js";
import type { FitCheckpointFiles } from "../checkpoint.js";
import { isPlainObject } from "../config.js";
import { replaceFile } from "../durable.js";
import { LudusError } from "../errors.js";
import { createAnyRun, type FitFolder, type FitManifest, startFiles } from "../run-folder.js";
import type { FitOutcome, FitReport, FitReportEvent } from "./events.js";

export interface NewFit {
  runs: string;
  about: Omit<FitManifest, "format" | "ludus" | "id" | "createdAt">;
  config: unknown;
  /** The checkpoint of step 0, and what the folder has beside; none for a study. */
  start: FitCheckpointFiles | null;
  files?: Readonly<Record<string, string>>;
}

/** Makes `<runs>/fit/<task>/<stamp>-<id>/`, whole or not at all. */
export function createFit({ runs, about, config, start, files = {} }: NewFit): FitFolder {
  const place = ["fit", about.task];
  const all = { ...files, ...(start === null ? {} : startFiles(start)) };
  return createAnyRun({ runs, place, about, config, files: all });
}

/** Keeps the plots of a task's report. @returns what there is to tell of it */
export function reportEvent({ path }: FitFolder, report: TaskReport): FitReportEvent {
  const { figures = {}, tables = [], text = null, plots = {} } = report;
  const drawn = Object.entries(plots).map(([name, svg]) => ({ file: `plots/${name}.svg`, svg }));
  if (drawn.length > 0) mkdirSync(join(path, "plots"), { recursive: true });
  for (const { file, svg } of drawn) replaceFile(join(path, file), svg);
  return { event: "report", figures, tables, text, plots: drawn.map(({ file }) => file) };
}

/** Keeps what a run that reached its end has come to. */
export function writeReport(
  { path, manifest: { task, seed } }: FitFolder,
  outcome: FitOutcome,
  { tables, text, plots }: FitReportEvent,
): void {
  const report: FitReport = { task, seed, ...outcome, tables, text, plots };
  replaceFile(join(path, "report.json"), `${JSON.stringify(report, null, 2)}\n`);
}

/** What a run has come to; null if it has not reached its end, or what it says cannot be read. */
export function fitReport({ path }: FitFolder): FitReport | null {
  try {
    return JSON.parse(readFileSync(join(path, "report.json"), "utf8")) as FitReport;
  } catch {
    return null;
  }
}

/** A JSON file of a run that holds an object. @throws {LudusError} `corrupt-run` */
export function readRunJson({ path }: FitFolder, name: string): Record<string, unknown> {
  const file = join(path, name);
  const corrupt = (why: string, cause?: unknown) =>
    new LudusError("corrupt-run", `${file} cannot be read: ${why}.`, { cause });
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw corrupt((error as Error).message, error);
  }
  if (isPlainObject(content)) return content;
  throw corrupt(`expected an object, but found ${JSON.stringify(content).slice(0, 40)}`);
}
