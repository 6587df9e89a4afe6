import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { LabelledRows, Matrix } from "../../../src/supervised/baselines/index.js";
import { takeMatrixRows } from "../../../src/supervised/baselines/sparse-rows.js";

const folder = resolve(process.env["LUDUS_SHARED"] ?? "../shared", "data");

export function sharedText(name: string): string {
  return readFileSync(resolve(folder, name), "utf8");
}

/** Numbers and label of a CSV without header; classes are the labels in alphabetical order. */
function labelledCsv(name: string, { first, last, label }: { first: number; last: number; label: number }) {
  const cells = sharedText(name)
    .trim()
    .split("\n")
    .map((line) => line.split(","));
  const names = [...new Set(cells.map((row) => row[label]!))].sort();
  const numbers = cells.map((row) => row.slice(first, last + 1).map(Number));
  return { numbers, labels: Int32Array.from(cells, (row) => names.indexOf(row[label]!)) };
}

export function matrix(rows: readonly (readonly number[])[]): Matrix {
  return { data: Float32Array.from(rows.flat()), rows: rows.length, columns: rows[0]?.length ?? 0 };
}

export function iris(): LabelledRows {
  const { numbers, labels } = labelledCsv("iris/iris.data", { first: 0, last: 3, label: 4 });
  return { inputs: matrix(numbers), labels };
}

/** Breast cancer Wisconsin, each column to mean 0 and deviation 1. */
export function wdbc(): LabelledRows {
  const { numbers, labels } = labelledCsv("wdbc/wdbc.data", { first: 2, last: 31, label: 1 });
  const columns = numbers[0]!.map((_, c) => {
    const values = numbers.map((row) => row[c]!);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    return { mean, deviation: Math.sqrt(variance) };
  });
  const scaled = numbers.map((row) =>
    row.map((value, c) => (value - columns[c]!.mean) / columns[c]!.deviation),
  );
  return { inputs: matrix(scaled), labels };
}

export function optdigits(part: "tra" | "tes"): LabelledRows {
  const { numbers, labels } = labelledCsv(`optdigits/optdigits.${part}`, { first: 0, last: 63, label: 64 });
  return { inputs: matrix(numbers), labels };
}

/** Those rows of labelled rows. */
export function take({ inputs, labels }: LabelledRows, rows: readonly number[]): LabelledRows {
  return { inputs: takeMatrixRows(inputs, rows), labels: Int32Array.from(rows, (row) => labels[row]!) };
}

export function accuracy(predicted: Int32Array, labels: Int32Array): number {
  return predicted.reduce((right, label, row) => right + Number(label === labels[row]), 0) / labels.length;
}
