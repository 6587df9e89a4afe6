import type { ConfigKey } from "../training/index.js";
import { clip } from "./ansi.js";

/** Columns of a default, of which some are whole objectives. */
const defaultColumns = 40;

/** Rows in columns: the header underlined by space, numbers to the right. */
export function table(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const text = [header, ...rows].map((row) => row.map(String));
  const widths = header.map((_, column) => Math.max(...text.map((row) => (row[column] ?? "").length)));
  const rightwards = header.map(
    (_, column) => rows.length > 0 && rows.every((row) => typeof row[column] === "number"),
  );
  return text
    .map((row) =>
      row
        .map((cell, column) =>
          rightwards[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
        )
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** One JSON object a line, or a table for people. */
export function printRows(
  json: boolean,
  event: string,
  rows: readonly Record<string, unknown>[],
  columns: readonly string[],
): void {
  if (json) {
    for (const row of rows) process.stdout.write(`${JSON.stringify({ event, ...row })}\n`);
    process.stdout.write(`${JSON.stringify({ event: "done", count: rows.length })}\n`);
    return;
  }
  const cell = (value: unknown): string | number =>
    value === null || value === undefined ? "-" : typeof value === "number" ? value : String(value);
  process.stdout.write(
    `${table(
      columns,
      rows.map((row) => columns.map((column) => cell(row[column]))),
    )}\n`,
  );
}

/** The keys that `--set` takes, with what they are if nothing is set. */
export function printKeys(keys: readonly ConfigKey[], json: boolean): void {
  const rows = keys.map((entry) => ({
    ...entry,
    default: json ? (entry.default ?? null) : clip(JSON.stringify(entry.default) ?? "-", defaultColumns),
  }));
  printRows(json, "key", rows, ["key", "default", "about"]);
}
