import { CsvError, parse } from "csv-parse/sync";
import { DataError } from "../../supervised/data/index.js";
import { parseText } from "./text.js";

export interface CsvOptions {
  /** Names of the columns, or none if the first line has them. */
  columns?: readonly string[];
}

/** A table of text as it stands in the file. */
export interface CsvTable {
  file: string;
  columns: readonly string[];
  rows: readonly CsvRow[];
}

export interface CsvRow {
  /** In the file, from 1. */
  line: number;
  cells: readonly string[];
}

/**
 * Reads comma-separated values (RFC 4180), gzipped or not; cells may be quoted, empty lines are skipped.
 * @throws {DataError} `corrupt-file` for open quotes or a line with too few or too many cells, `empty-split` without rows
 */
export function parseCsv(packed: Uint8Array, file: string, { columns }: CsvOptions = {}): CsvTable {
  const rows = recordsOf(parseText(packed, file), file).map(({ record, info }) => ({
    line: info.lines,
    cells: record,
  }));
  const names = columns ?? rows.shift()?.cells ?? [];
  const first = rows[0];
  if (first === undefined) {
    throw new DataError("empty-split", `${file} has no rows; it needs at least one.`);
  }
  if (first.cells.length !== names.length) {
    throw new DataError(
      "corrupt-file",
      `${file}, line ${first.line}: expected ${names.length} cells (${names.join(", ")}), but found ${first.cells.length}.`,
    );
  }
  return { file, columns: names, rows };
}

interface CsvRecord {
  record: string[];
  info: { lines: number };
}

function recordsOf(text: string, file: string): CsvRecord[] {
  try {
    // With `info` each record comes with its line; the types of csv-parse do not say so.
    return parse(text, { info: true, skip_empty_lines: true, trim: true }) as unknown as CsvRecord[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new DataError("corrupt-file", `${file} is no table of comma-separated values: ${error.message}.`, {
      cause: error,
    });
  }
}

/**
 * The cells of one column.
 * @throws {DataError} `corrupt-file` if there is no such column
 */
export function textColumn({ file, columns, rows }: CsvTable, name: string): string[] {
  const at = columns.indexOf(name);
  if (at < 0) {
    throw new DataError("corrupt-file", `${file} has no column ${name}; it has ${columns.join(", ")}.`);
  }
  return rows.map(({ cells }) => cells[at]!);
}

/**
 * A column of class names as indices into `classes`.
 * @throws {DataError} `corrupt-file` for a cell that is none of them; the message names line and column
 */
export function classColumn(table: CsvTable, name: string, classes: readonly string[]): Int32Array {
  return Int32Array.from(textColumn(table, name), (cell, row) => {
    const index = classes.indexOf(cell);
    if (index >= 0) return index;
    throw cellError(table, { row, name, expected: `one of ${classes.join(", ")}` });
  });
}

/** A cell that cannot be read, by line and column. */
export function cellError(
  { file, columns, rows }: CsvTable,
  { row, name, expected }: { row: number; name: string; expected: string },
): DataError {
  const { line, cells } = rows[row]!;
  return new DataError(
    "corrupt-file",
    `${file}, line ${line}, column ${name}: expected ${expected}, but found ${JSON.stringify(cells[columns.indexOf(name)])}.`,
  );
}
