import type { EngineName } from "../tensors/index.js";
import {
  evaluateFit,
  type FitFolder,
  LudusError,
  type Pointer,
  type ReopenOptions,
} from "../training/index.js";
import { figuresTable, reportText } from "./fit-text.js";

interface JudgeOptions extends ReopenOptions {
  checkpoint: Pointer | number;
  engine?: EngineName | "auto";
  /** A flag that was given, and that only runs of agents have. */
  given: string | undefined;
  json?: boolean;
}

/** Judges weights of a fit, and prints what they come to. */
export async function judgeFit(run: FitFolder, options: JudgeOptions): Promise<void> {
  const { checkpoint, engine, given, json, tasks, data } = options;
  if (given !== undefined) {
    throw new LudusError(
      "unsupported",
      `${run.path} is a fit, which plays no episodes; leave out --${given}.`,
    );
  }
  const where = { tasks, data, ...(engine === undefined ? {} : { engine }) };
  const { step, epoch, split, figures, report } = await evaluateFit(run, { checkpoint, ...where });
  const { task } = run.manifest;
  const metrics = { ...figures, ...report?.figures };
  if (json) {
    const tables = report?.tables ?? [];
    const done = { event: "done", run: run.path, task, checkpoint: step, epoch, split, metrics };
    process.stdout.write(`${JSON.stringify({ ...done, tables, text: report?.text ?? null })}\n`);
    return;
  }
  const judged = split === null ? "no split to judge on" : `${split} split`;
  const words =
    report === null ? "" : `\n${reportText({ text: report.text ?? null, tables: report.tables ?? [] })}`;
  process.stdout.write(
    `${task}, checkpoint of step ${step}, weights of epoch ${epoch}, ${judged}\n${figuresTable(metrics)}${words}`,
  );
}
