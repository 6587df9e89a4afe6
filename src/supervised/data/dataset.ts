import { DataError } from "./errors.js";

export type FieldData = Float32Array | Int32Array | Uint8Array;

/** Rows of one thing, such as all images: `[size, ...shape]` in C order. */
export interface Field {
  data: FieldData;
  /** Of one row; `[]` for one number a row. */
  shape: readonly number[];
}

/**
 * Named fields of as many rows each. By convention a net reads `inputs` (images are `[height, width, channels]`) and
 * learns `targets`: a class index, int32 of shape `[]`, or numbers, float32.
 */
export interface Dataset {
  size: number;
  fields: Readonly<Record<string, Field>>;
  /** Names of the classes; `targets` holds indices into them. */
  classes?: readonly string[];
}

/**
 * Fields as a data set, checked.
 *
 * @example
 * const data = dataset({ inputs: { data: Float32Array.of(1, 2, 3, 4), shape: [2] } });
 * data.size; // 2
 *
 * @throws {DataError} `invalid-data` if sizes do not fit, a number is not finite, or a target is no class;
 * `empty-split` if there is no row
 */
export function dataset(fields: Readonly<Record<string, Field>>, classes?: readonly string[]): Dataset {
  const names = Object.keys(fields);
  const first = names[0];
  if (first === undefined) throw new DataError("invalid-data", "A data set needs at least one field.");
  for (const name of names) checkField(name, fields[name]!);
  const size = rowsOf(fields[first]!);
  for (const name of names) {
    const rows = rowsOf(fields[name]!);
    if (rows !== size) {
      throw new DataError(
        "invalid-data",
        `Field ${name} has ${rows} rows, but ${first} has ${size}; all fields need the same number.`,
      );
    }
  }
  if (size === 0) throw new DataError("empty-split", "The data have no rows; at least one is needed.");
  if (classes === undefined) return { size, fields };
  checkTargets(fields["targets"], classes);
  return { size, fields, classes };
}

/** Values of one row of a field. */
export function rowLength({ shape }: Pick<Field, "shape">): number {
  return shape.reduce((product, side) => product * side, 1);
}

/** An array of the same kind, of so many values. */
export function emptyLike<Data extends FieldData>(data: Data, length: number): Data {
  return new (data.constructor as new (length: number) => Data)(length);
}

/**
 * Those rows, in that order, as a data set of its own; a row may come more than once.
 * @throws {DataError} `empty-split` if there are none, `invalid-data` for a row that does not exist
 */
export function takeRows(data: Dataset, rows: ArrayLike<number>): Dataset {
  if (rows.length === 0) {
    throw new DataError("empty-split", `No row of the ${data.size} was taken; a split needs at least one.`);
  }
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    if (!Number.isInteger(row) || row < 0 || row >= data.size) {
      throw new DataError(
        "invalid-data",
        `There is no row ${row}; the data have rows 0 to ${data.size - 1}.`,
      );
    }
  }
  const fields = Object.entries(data.fields).map(([name, field]) => {
    const taken = emptyLike(field.data, rows.length * rowLength(field));
    gatherRows(field, rows, taken);
    return [name, { data: taken, shape: field.shape }] as const;
  });
  return { ...data, size: rows.length, fields: Object.fromEntries(fields) };
}

/** Copies rows of a field, one after the other, to the start of `out`. */
export function gatherRows(field: Field, rows: ArrayLike<number>, out: FieldData): void {
  const length = rowLength(field);
  for (let i = 0; i < rows.length; i++) {
    const from = rows[i]! * length;
    if (length === 1) out[i] = field.data[from]!;
    else out.set(field.data.subarray(from, from + length), i * length);
  }
}

function checkField(name: string, field: Field): void {
  const { data, shape } = field;
  if (shape.some((side) => !Number.isInteger(side) || side < 1)) {
    throw new DataError(
      "invalid-data",
      `Field ${name} has rows of shape [${shape.join(", ")}]; each side must be a whole number of at least 1.`,
    );
  }
  if (!Number.isInteger(rowsOf(field))) {
    throw new DataError(
      "invalid-data",
      `Field ${name} has ${data.length} values, which are no whole rows of ${rowLength(field)}.`,
    );
  }
  if (!(data instanceof Float32Array)) return;
  const at = data.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return;
  throw new DataError(
    "invalid-data",
    `Field ${name} holds ${data[at]} in row ${Math.floor(at / rowLength(field))}; all values must be finite numbers.`,
  );
}

function rowsOf(field: Field): number {
  return field.data.length / rowLength(field);
}

function checkTargets(targets: Field | undefined, classes: readonly string[]): void {
  if (targets === undefined || !(targets.data instanceof Int32Array)) {
    throw new DataError("invalid-data", "Data with classes need a field targets of int32 class indices.");
  }
  const wrong = targets.data.find((target) => target < 0 || target >= classes.length);
  if (wrong === undefined) return;
  throw new DataError(
    "invalid-data",
    `A target is ${wrong}, but the ${classes.length} classes have indices 0 to ${classes.length - 1}.`,
  );
}
