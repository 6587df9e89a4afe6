import { shellWord } from "../datasets/shell-word.js";
import type { Figures } from "../supervised/index.js";
import type { TaskReport } from "../tasks/task.js";
import type { FitProgress, FitRunDoneEvent, FitRunEvent } from "../training/index.js";
import { duration } from "./sparkline.js";
import { table } from "./table.js";

/** Four digits that count, as figures of learning have no more to say. */
export function figureText(value: number): string {
  return Number.isFinite(value) ? value.toLocaleString("en", { maximumSignificantDigits: 4 }) : "-";
}

/** `loss 0.1203, accuracy 0.9641` */
export function figuresText(figures: Figures): string {
  return Object.entries(figures)
    .map(([name, value]) => `${name} ${figureText(value)}`)
    .join(", ");
}

export interface ProgressShown {
  progress: FitProgress;
  /** The first of this process. */
  first: FitProgress;
  /** Of the last batches. */
  loss: number;
  /** Since the first. */
  seconds: number;
}

/** ` 12%  epoch 2/10  batch 230/860  loss 0.1203  4,512 rows/s  ETA 1m03s` */
export function progressText({ progress, first, loss, seconds }: ProgressShown): string {
  const { epoch, epochs, batch, batches } = progress;
  const share = shareOf(progress);
  const gained = share - shareOf(first);
  const speed = gained > 0 ? Math.round((progress.rows - first.rows) / seconds).toLocaleString("en") : "?";
  return [
    `${String(Math.floor(100 * share)).padStart(3)}%`,
    `epoch ${epoch}/${epochs}`,
    `batch ${String(batch).padStart(String(batches).length)}/${batches}`,
    `loss ${figureText(loss)}`,
    `${speed} rows/s`,
    `ETA ${gained > 0 ? duration(((1 - share) * seconds) / gained) : "?"}`,
  ].join("  ");
}

/** Of all batches of all epochs, from 0 to 1. */
function shareOf({ epoch, epochs, batch, batches }: FitProgress): number {
  return (epoch - 1 + batch / batches) / epochs;
}

/** An event as a line for people; null for what has none. */
export function eventText(event: FitRunEvent): string | null {
  switch (event.event) {
    case "start": {
      const { task, engine, seed, epoch, parameters } = event;
      const goesOn = epoch === null || epoch === 0 ? "" : `, goes on after epoch ${epoch}`;
      const size = parameters === null ? "" : `${parameters.toLocaleString("en")} parameters, `;
      return `${task} (${size}engine ${engine}, seed ${seed})${goesOn}`;
    }
    case "epoch": {
      const { epoch, train, trainSample, validation, best } = event;
      const parts = [
        `train ${figuresText(train)}`,
        ...(trainSample === null ? [] : [`train sample ${figuresText(trainSample)}`]),
        ...(validation === null ? [] : [`validation ${figuresText(validation)}`]),
      ];
      return `epoch ${epoch}: ${parts.join("; ")}${best ? ", the best so far" : ""}`;
    }
    case "record": {
      const { event: _, ...figures } = event;
      return Object.entries(figures)
        .map(([name, value]) => `${name} ${typeof value === "number" ? figureText(value) : value}`)
        .join("  ");
    }
    case "checkpoint":
    case "report":
    case "done":
      return null;
    default:
      event satisfies never;
      return null;
  }
}

interface ReportShown {
  text?: string | null;
  tables?: TaskReport["tables"];
  /** Files in the run's folder. */
  plots?: readonly string[];
}

/** What a task has to say: its text, its tables, and where its plots are. */
export function reportText({ text, tables = [], plots = [] }: ReportShown): string {
  const parts = [
    ...(text ? [text.trimEnd()] : []),
    ...tables.map(({ title, columns, rows }) => `${title}\n${table(columns, rows)}`),
    ...(plots.length > 0 ? [`Drawn in the run's folder: ${plots.join(", ")}`] : []),
  ];
  return parts.map((part) => `${part}\n`).join("\n");
}

export function figuresTable(figures: Figures): string {
  const rows = Object.entries(figures).map(([name, value]) => [name, figureText(value)]);
  return rows.length === 0 ? "" : `${table(["figure", "value"], rows)}\n`;
}

/** How a fit or a study has ended. */
export function doneText(done: FitRunDoneEvent): string {
  const { run, interrupted, epochs, updates, bestEpoch, metrics, validation, seconds } = done;
  if (interrupted && epochs === null)
    return `Interrupted; the parts that are done are kept, go on with: ludus resume ${shellWord(run)}`;
  if (interrupted) {
    return `Interrupted at update ${updates!.toLocaleString("en")}, with a checkpoint; go on with: ludus resume ${shellWord(run)}`;
  }
  const figures = Object.keys(metrics).length === 0 ? (validation ?? {}) : metrics;
  const length =
    epochs === null
      ? ""
      : `${epochs} ${epochs === 1 ? "epoch" : "epochs"}, ${updates!.toLocaleString("en")} updates, `;
  const best = bestEpoch === null ? "" : `, best validation after epoch ${bestEpoch}`;
  return `${figuresTable(figures)}(${length}${duration(seconds)}${best})\nrun ${run}`;
}
