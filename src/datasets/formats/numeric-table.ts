import { DataError } from "../../supervised/data/index.js";
import { type CsvTable, cellError, textColumn } from "./csv.js";

/**
 * What becomes of a missing cell (empty, or `?`): an error; its row is dropped; or the median of its column over the
 * training rows takes its place.
 */
export type MissingPolicy = "error" | "drop" | "median";

export interface NumericColumns {
  /** Those to read, in this order. */
  columns: readonly string[];
  missing: MissingPolicy;
}

export interface NumericTable {
  /** `[rows, columns]`; NaN where a cell is missing, until `fillMedians`. */
  values: Float32Array;
  columns: readonly string[];
  /** Rows of the CSV that these are; fewer where some were dropped. */
  rows: Int32Array;
}

/**
 * Reads columns of numbers. With policy `median`, `fillMedians` has to follow once the training rows are known.
 * @throws {DataError} `corrupt-file` for a cell that is no finite number, NaN among them, and for a missing one with
 * policy `error`; the message names line and column. `empty-split` if every row was dropped
 */
export function numericTable(table: CsvTable, { columns, missing }: NumericColumns): NumericTable {
  const cells = columns.map((name) => numbersOf(table, name, missing));
  const all = Int32Array.from(table.rows, (_, row) => row);
  const rows =
    missing === "drop" ? all.filter((row) => cells.every((column) => !Number.isNaN(column[row]))) : all;
  if (rows.length === 0) {
    throw new DataError(
      "empty-split",
      `${table.file} has no row without a missing cell; use medians instead.`,
    );
  }
  const values = new Float32Array(rows.length * columns.length);
  rows.forEach((row, to) => {
    cells.forEach((column, at) => {
      values[to * columns.length + at] = column[row]!;
    });
  });
  return { values, columns, rows };
}

/**
 * Puts the median of each column over the training rows (of the two middle ones their mean) where a cell is missing, in
 * place, in all rows.
 * @param trainingRows rows of the table, not of the file
 * @throws {DataError} `invalid-data` if a column with missing cells has no value in the training rows
 */
export function fillMedians({ values, columns }: NumericTable, trainingRows: ArrayLike<number>): void {
  const width = columns.length;
  columns.forEach((name, column) => {
    const missing = (row: number) => Number.isNaN(values[row * width + column]!);
    const gaps = Array.from({ length: values.length / width }, (_, row) => row).filter(missing);
    if (gaps.length === 0) return;
    const known = Array.from(trainingRows).filter((row) => !missing(row));
    if (known.length === 0) {
      throw new DataError("invalid-data", `Column ${name} has no value in the training rows; leave it out.`);
    }
    const median = medianOf(known.map((row) => values[row * width + column]!));
    for (const row of gaps) values[row * width + column] = median;
  });
}

function numbersOf(table: CsvTable, name: string, missing: MissingPolicy): Float32Array {
  return Float32Array.from(textColumn(table, name), (cell, row) => {
    if (cell === "" || cell === "?") {
      if (missing !== "error") return Number.NaN;
      throw cellError(table, { row, name, expected: "a number and no missing value" });
    }
    const value = Math.fround(Number(cell));
    if (Number.isFinite(value)) return value;
    throw cellError(table, { row, name, expected: "a finite number" });
  });
}

function medianOf(values: number[]): number {
  const sorted = values.sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
