import type { BenchRecord } from "./bench.js";

/** Records as aligned columns, one line each, under the keys of the first. */
export function table(records: readonly BenchRecord[]): string {
  const keys = Object.keys(records[0] ?? {});
  const rows = [keys, ...records.map((record) => keys.map((key) => cellText(record[key])))];
  const widths = keys.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const numeric = keys.map((key) => typeof records[0]?.[key] === "number");
  return rows
    .map((row) =>
      row
        .map((text, column) =>
          numeric[column] ? text.padStart(widths[column]!) : text.padEnd(widths[column]!),
        )
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function cellText(value: BenchRecord[string] | undefined): string {
  if (typeof value !== "number") return value === undefined || value === null ? "-" : String(value);
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString("en-US");
  return Number.isInteger(value) ? String(value) : value.toPrecision(4);
}
