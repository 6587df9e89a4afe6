import { Generator } from "gymnasium-js";
import type { HostArray } from "../../tensors/index.js";
import type { Augmentation, ImageBatch } from "./augmentation/index.js";
import { type Dataset, emptyLike, type Field, type FieldData, gatherRows, rowLength } from "./dataset.js";
import { DataError } from "./errors.js";
import { checkColumns, type Standardization, standardizeInto } from "./standardize.js";

/** Some rows of each field: shapes are `[size, ...shape of a row]`. Its arrays hold until the next batch is asked for. */
export interface Batch {
  size: number;
  fields: Record<string, HostArray>;
}

/**
 * Batches of epochs. Any of them can be asked for at any time and is always the same, so that training can resume in the
 * middle of an epoch.
 */
export interface BatchSource {
  /** Rows in an epoch. */
  readonly size: number;
  /** Rows in a batch; the last of an epoch may have fewer. */
  readonly batchSize: number;
  /** Batches in an epoch. */
  readonly batches: number;
  batch(epoch: number, index: number): Batch | Promise<Batch>;
}

/** How a field becomes float32 on its way into a batch: each value times `scale`, or standardised. */
export type Conversion = { readonly scale: number } | Standardization;

export interface BatchesOptions {
  batchSize: number;
  /** Each epoch in an order of its own, drawn from the seed; default true. */
  shuffle?: boolean;
  /** Of order and augmentation. */
  seed: number;
  /** Leaves out the rows that do not fill a batch; default false. */
  dropLast?: boolean;
  /** Changes `inputs`, images `[height, width, channels]`, after their conversion. */
  augment?: Augmentation;
  /** By field; a field without one keeps its dtype. */
  convert?: Readonly<Record<string, Conversion>>;
}

/** A source of batches whose batches are there at once. */
export interface MemorySource extends BatchSource {
  batch(epoch: number, index: number): Batch;
}

/**
 * Batches of data in memory. Epoch `e` is in the order that `new Generator([seed, e])` draws, and the augmentation of its
 * batch `i` draws from `new Generator([seed, e, i])`. All batches share one set of arrays.
 *
 * @throws {DataError} `invalid-options` for settings that do not fit the data
 */
export function batchesOf(data: Dataset, options: BatchesOptions): MemorySource {
  const { batchSize, shuffle = true, seed, dropLast = false, augment, convert = {} } = options;
  const batches = batchCount(data.size, batchSize, dropLast);
  for (const name of Object.keys(convert)) checkConversion(name, data.fields[name], convert[name]!);
  const columns = Object.entries(data.fields).map(([name, field]) => {
    return new FieldBatch(name, field, { batchSize, conversion: convert[name] });
  });
  if (augment !== undefined) checkImages(columns.find(({ name }) => name === "inputs"));
  const orderOf = epochOrder(data.size, shuffle, seed);
  return {
    size: dropLast ? batches * batchSize : data.size,
    batchSize,
    batches,
    batch(epoch, index) {
      checkPlace(epoch, index, batches);
      const rows = orderOf(epoch).subarray(index * batchSize, (index + 1) * batchSize);
      const fields: Record<string, HostArray> = {};
      for (const column of columns) fields[column.name] = column.fill(rows);
      augment?.(fields["inputs"] as ImageBatch, new Generator([seed, epoch, index]));
      return { size: rows.length, fields };
    },
  };
}

/**
 * The order of an epoch's rows, from the seed or as they are; the last epoch's is kept. Shared with sources that are not
 * in memory.
 */
export function epochOrder(size: number, shuffle: boolean, seed: number): (epoch: number) => Int32Array {
  const inOrder = Int32Array.from({ length: size }, (_, row) => row);
  let last = -1;
  let order: Int32Array = inOrder;
  return (epoch) => {
    if (shuffle && epoch !== last) {
      order = new Generator([seed, epoch]).permutation(size);
      last = epoch;
    }
    return order;
  };
}

/** @throws {DataError} `invalid-options` for a batch size that makes no sense or leaves no batch */
export function batchCount(size: number, batchSize: number, dropLast: boolean): number {
  if (!Number.isSafeInteger(batchSize) || batchSize < 1) {
    throw new DataError(
      "invalid-options",
      `batchSize must be a whole number of at least 1, but is ${batchSize}.`,
    );
  }
  const batches = dropLast ? Math.floor(size / batchSize) : Math.ceil(size / batchSize);
  if (batches > 0) return batches;
  throw new DataError(
    "invalid-options",
    `Batches of ${batchSize} with dropLast leave nothing of ${size} rows; use smaller batches, or keep the last.`,
  );
}

/** @throws {DataError} `invalid-options` for a batch that does not exist */
export function checkPlace(epoch: number, index: number, batches: number): void {
  if (
    Number.isSafeInteger(epoch) &&
    epoch >= 0 &&
    Number.isSafeInteger(index) &&
    index >= 0 &&
    index < batches
  ) {
    return;
  }
  throw new DataError(
    "invalid-options",
    `There is no batch ${index} of epoch ${epoch}; epochs count from 0 and have batches 0 to ${batches - 1}.`,
  );
}

/** The arrays that a field's rows go into, batch after batch. */
class FieldBatch {
  readonly shape: readonly number[];
  readonly converted: boolean;
  private readonly gathered: FieldData;
  private readonly out: FieldData;
  private readonly length: number;

  constructor(
    readonly name: string,
    private readonly field: Field,
    private readonly options: { batchSize: number; conversion: Conversion | undefined },
  ) {
    this.shape = field.shape;
    this.length = rowLength(field);
    this.gathered = emptyLike(field.data, options.batchSize * this.length);
    this.converted = options.conversion !== undefined;
    this.out =
      this.converted && !(this.gathered instanceof Float32Array)
        ? new Float32Array(this.gathered.length)
        : this.gathered;
  }

  get dtypeIsFloat(): boolean {
    return this.out instanceof Float32Array;
  }

  fill(rows: Int32Array): HostArray {
    const { conversion } = this.options;
    const count = rows.length * this.length;
    gatherRows(this.field, rows, this.gathered);
    const values = this.gathered.subarray(0, count);
    const out = this.out.subarray(0, count);
    if (conversion !== undefined) convertInto(values, conversion, out as Float32Array);
    return { data: out, shape: [rows.length, ...this.shape] };
  }
}

/** Writes each value, converted, to `out`, which may be `values` itself. */
export function convertInto(values: FieldData, conversion: Conversion, out: Float32Array): void {
  if ("scale" in conversion) {
    for (let i = 0; i < values.length; i++) out[i] = values[i]! * conversion.scale;
  } else {
    standardizeInto(values, conversion, out);
  }
}

/** @throws {DataError} `invalid-options` if there is no such field, `invalid-data` for another number of columns */
export function checkConversion(name: string, field: Field | undefined, conversion: Conversion): void {
  if (field === undefined) {
    throw new DataError(
      "invalid-options",
      `There is a conversion for ${name}, but the data have no such field.`,
    );
  }
  if (!("scale" in conversion)) checkColumns(field, conversion, name);
}

function checkImages(inputs: FieldBatch | undefined): void {
  if (inputs?.shape.length === 3 && inputs.dtypeIsFloat) return;
  const found =
    inputs === undefined
      ? "there are none"
      : `they have shape [${inputs.shape.join(", ")}]${inputs.dtypeIsFloat ? "" : " and are whole numbers"}`;
  throw new DataError(
    "invalid-options",
    `Augmentation needs inputs that are float32 images [height, width, channels], but ${found}; convert them, for instance by { scale: 1 / 255 }.`,
  );
}
