import { labelled } from "../data/classes.js";
import { type Dataset, rowLength } from "../data/dataset.js";
import { DataError } from "../data/errors.js";

/** Rows of features, `[rows, columns]` in C order. */
export interface Matrix {
  data: Float32Array;
  rows: number;
  columns: number;
}

/** What a classifier learns from: rows, and of each the class, any whole number. */
export interface LabelledRows {
  inputs: Matrix;
  /** `[rows]` */
  labels: Int32Array;
}

/** Labels by their place among the classes. */
export interface EncodedLabels {
  /** The labels that occur, ascending. */
  classes: Int32Array;
  /** `[rows]`, indices into `classes` */
  codes: Int32Array;
}

/**
 * `inputs` and `targets` of a data set of classes; a row of any shape becomes one row of numbers.
 * @throws {DataError} `invalid-data` if there are no inputs or no classes
 */
export function labelledRows(data: Dataset): LabelledRows {
  const inputs = data.fields["inputs"];
  if (inputs === undefined) {
    throw new DataError("invalid-data", "The data have no field inputs; a classifier needs one.");
  }
  const { labels } = labelled(data);
  const values = inputs.data instanceof Float32Array ? inputs.data : Float32Array.from(inputs.data);
  return { inputs: { data: values, rows: data.size, columns: rowLength(inputs) }, labels };
}

/**
 * Says no to rows that nothing can be learnt from, and numbers the classes.
 * @throws {DataError} `invalid-data`, `empty-split`, `one-class`
 */
export function checkLabelledRows({ inputs, labels }: LabelledRows): EncodedLabels {
  checkMatrix(inputs);
  if (labels.length !== inputs.rows) {
    throw new DataError(
      "invalid-data",
      `There are ${labels.length} labels for ${inputs.rows} rows; each row needs one.`,
    );
  }
  const classes = Int32Array.from(new Set(labels)).sort();
  if (classes.length < 2) {
    throw new DataError(
      "one-class",
      `All ${inputs.rows} rows are of class ${classes[0]}; a classifier needs rows of at least two classes.`,
    );
  }
  const places = new Map(Array.from(classes, (label, place) => [label, place]));
  return { classes, codes: labels.map((label) => places.get(label)!) };
}

/**
 * Says no to rows of another width than those that were learnt.
 * @throws {DataError} `invalid-data`, `empty-split`
 */
export function checkQueries(queries: Matrix, columns: number): void {
  checkMatrix(queries);
  if (queries.columns === columns) return;
  throw new DataError(
    "invalid-data",
    `The rows have ${queries.columns} columns, but the model was fitted on ${columns}; give it rows of ${columns}.`,
  );
}

/** Variance of all values together. */
export function variance({ data }: Matrix): number {
  let sum = 0;
  for (const value of data) sum += value;
  const mean = sum / data.length;
  let squares = 0;
  for (const value of data) squares += (value - mean) ** 2;
  return squares / data.length;
}

function checkMatrix({ data, rows, columns }: Matrix): void {
  if (rows === 0) throw new DataError("empty-split", "There are no rows; at least one is needed.");
  if (!(columns >= 1) || data.length !== rows * columns) {
    throw new DataError(
      "invalid-data",
      `${data.length} values are not ${rows} rows of ${columns}; a matrix needs rows times columns values.`,
    );
  }
  const at = data.findIndex((value) => value - value !== 0);
  if (at < 0) return;
  const [row, column] = [Math.floor(at / columns), at % columns];
  throw new DataError(
    "invalid-data",
    `Row ${row} holds ${data[at]} in column ${column}; all values must be finite numbers.`,
  );
}
