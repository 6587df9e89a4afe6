import { z } from "zod";
import { type Dataset, type Field, rowLength } from "./dataset.js";
import { DataError } from "./errors.js";

/** Settings that bring each column (of a table) or channel (of an image) to mean 0 and standard deviation 1. */
export const standardizationSchema = z.strictObject({
  mean: z.array(z.number()).min(1).describe("mean of each column or channel"),
  deviation: z
    .array(z.number().positive())
    .min(1)
    .describe("standard deviation of each; 1 where it is constant"),
});

export type Standardization = z.infer<typeof standardizationSchema>;

/**
 * Mean and population standard deviation of each column: the last axis of the field, so channels of images. Fit it on
 * the training split only, and apply it to all. A constant column gets deviation 1.
 */
export function fitStandardization(training: Dataset, name = "inputs"): Standardization {
  const field = fieldOf(training, name);
  const columns = columnsOf(field);
  const count = field.data.length / columns;
  const mean = columnSums(field.data, new Float64Array(columns), 1).map((sum) => sum / count);
  const variance = columnSums(field.data, mean, 2).map((sum) => sum / count);
  const deviation = Array.from(variance, (value) => (value === 0 ? 1 : Math.sqrt(value)));
  return { mean: [...mean], deviation };
}

/**
 * The data with one field standardised, float32: (x - mean) / deviation of its column.
 * @throws {DataError} `invalid-data` if the settings are for another number of columns
 */
export function standardize(data: Dataset, settings: Standardization, name = "inputs"): Dataset {
  const field = fieldOf(data, name);
  checkColumns(field, settings, name);
  const values = new Float32Array(field.data.length);
  standardizeInto(field.data, settings, values);
  return { ...data, fields: { ...data.fields, [name]: { data: values, shape: field.shape } } };
}

/** Writes (x - mean) / deviation of each value's column to `out`, which may be `values` itself. */
export function standardizeInto(
  values: ArrayLike<number>,
  { mean, deviation }: Standardization,
  out: Float32Array,
): void {
  const columns = mean.length;
  for (let column = 0; column < columns; column++) {
    const centre = mean[column]!;
    const scale = 1 / deviation[column]!;
    for (let i = column; i < values.length; i += columns) out[i] = (values[i]! - centre) * scale;
  }
}

/** @throws {DataError} `invalid-data` if the settings are for another number of columns */
export function checkColumns(field: Field, { mean, deviation }: Standardization, name: string): void {
  const columns = columnsOf(field);
  if (mean.length === columns && deviation.length === columns) return;
  throw new DataError(
    "invalid-data",
    `The standardisation has ${mean.length} means and ${deviation.length} deviations, but field ${name} has ${columns} columns.`,
  );
}

/** Sums of (x - centre)^power of each column, in float64. */
function columnSums(values: ArrayLike<number>, centres: Float64Array, power: 1 | 2): Float64Array {
  const columns = centres.length;
  const sums = new Float64Array(columns);
  for (let column = 0; column < columns; column++) {
    const centre = centres[column]!;
    let sum = 0;
    if (power === 1) for (let i = column; i < values.length; i += columns) sum += values[i]! - centre;
    else for (let i = column; i < values.length; i += columns) sum += (values[i]! - centre) ** 2;
    sums[column] = sum;
  }
  return sums;
}

function columnsOf(field: Field): number {
  return field.shape.at(-1) ?? rowLength(field);
}

function fieldOf(data: Dataset, name: string): Field {
  const field = data.fields[name];
  if (field !== undefined) return field;
  throw new DataError(
    "invalid-data",
    `The data have no field ${name}; they have ${Object.keys(data.fields).join(", ")}.`,
  );
}
