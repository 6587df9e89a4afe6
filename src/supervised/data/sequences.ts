import { Generator } from "gymnasium-js";
import type { HostArray } from "../../tensors/index.js";
import { batchCount, checkPlace, type MemorySource } from "./batches.js";
import { emptyLike, type Field, type FieldData, gatherRows, rowLength } from "./dataset.js";
import { DataError } from "./errors.js";

/** Sequences of token numbers, of any length. */
export type Sequences = readonly ArrayLike<number>[];

export interface PaddedBatchesOptions {
  batchSize: number;
  /** New batches in a new order each epoch; default true. */
  shuffle?: boolean;
  seed: number;
  /** Lengths are rounded up to multiples of it, so that few shapes occur; default 8. */
  multiple?: number;
  /** Number that fills what is not there; default 0, <pad>. */
  pad?: number;
  /** Fields of one row a sequence, such as the class. */
  rows?: Readonly<Record<string, Field>>;
}

/**
 * Batches of sequences, those of like length together. Of sequences `name` a batch has int32 `name` and float32
 * `nameMask`, both `[batch, time]`; the mask is 1 where there is a token, and 0 in the padding. Several kinds, such as
 * source and target sentences, are bucketed by the first, and by the others where it is equal.
 *
 * @throws {DataError} `invalid-data` if numbers of rows differ or a sequence is empty, `empty-split` if there is none
 */
export function paddedBatches(
  sequences: Readonly<Record<string, Sequences>>,
  options: PaddedBatchesOptions,
): MemorySource {
  const { batchSize, shuffle = true, seed, multiple = 8, pad = 0, rows = {} } = options;
  const size = checkSizes(sequences, rows);
  const batches = batchCount(size, batchSize, false);
  const padded = Object.entries(sequences).map(([name, all]) => {
    return new PaddedSequences(name, all, { batchSize, multiple, pad });
  });
  const gathered = Object.entries(rows).map(([name, field]) => {
    return { name, field, out: emptyLike(field.data, batchSize * rowLength(field)) };
  });
  const planOf = epochPlan({ padded, size, batchSize, shuffle, seed });
  return {
    size,
    batchSize,
    batches,
    batch(epoch, index) {
      checkPlace(epoch, index, batches);
      const taken = planOf(epoch)[index]!;
      const fields: Record<string, HostArray> = {};
      for (const each of padded) Object.assign(fields, each.fill(taken));
      for (const { name, field, out } of gathered) fields[name] = rowsOf(field, taken, out);
      return { size: taken.length, fields };
    },
  };
}

interface Plan {
  padded: readonly PaddedSequences[];
  size: number;
  batchSize: number;
  shuffle: boolean;
  seed: number;
}

/** Rows of each batch of an epoch; the last epoch's are kept. */
function epochPlan({ padded, size, batchSize, shuffle, seed }: Plan): (epoch: number) => Int32Array[] {
  let last = -1;
  let plan: Int32Array[] = [];
  const planned = (rng: Generator | null): Int32Array[] => {
    const order = rng?.permutation(size) ?? Int32Array.from({ length: size }, (_, row) => row);
    // A stable sort: what is of equal length stays in random order.
    order.sort((a, b) => firstDifference(padded, a, b));
    const batches: Int32Array[] = [];
    for (let from = 0; from < size; from += batchSize) batches.push(order.subarray(from, from + batchSize));
    return rng?.shuffle(batches) ?? batches;
  };
  return (epoch) => {
    const wanted = shuffle ? epoch : 0;
    if (wanted !== last) plan = planned(shuffle ? new Generator([seed, epoch]) : null);
    last = wanted;
    return plan;
  };
}

function firstDifference(padded: readonly PaddedSequences[], a: number, b: number): number {
  for (const { lengths } of padded) {
    const difference = lengths[a]! - lengths[b]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Sequences of one kind, and the arrays that batches of them share. */
class PaddedSequences {
  /** Of each sequence, rounded up. */
  readonly lengths: Int32Array;
  private readonly tokens: Int32Array;
  private readonly mask: Float32Array;

  constructor(
    private readonly name: string,
    private readonly sequences: Sequences,
    private readonly options: { batchSize: number; multiple: number; pad: number },
  ) {
    const { batchSize, multiple } = options;
    const roundUp = ({ length }: ArrayLike<number>) => Math.ceil(length / multiple) * multiple;
    this.lengths = Int32Array.from(sequences, roundUp);
    const longest = this.lengths.reduce((most, length) => Math.max(most, length), 0);
    this.tokens = new Int32Array(batchSize * longest);
    this.mask = new Float32Array(batchSize * longest);
  }

  fill(rows: Int32Array): Record<string, HostArray> {
    const time = rows.reduce((most, row) => Math.max(most, this.lengths[row]!), 0);
    const shape = [rows.length, time];
    const tokens = this.tokens.subarray(0, rows.length * time).fill(this.options.pad);
    const mask = this.mask.subarray(0, rows.length * time).fill(0);
    rows.forEach((row, i) => {
      const sequence = this.sequences[row]!;
      tokens.set(sequence, i * time);
      mask.fill(1, i * time, i * time + sequence.length);
    });
    return { [this.name]: { data: tokens, shape }, [`${this.name}Mask`]: { data: mask, shape } };
  }
}

function rowsOf(field: Field, rows: Int32Array, out: FieldData): HostArray {
  gatherRows(field, rows, out);
  return { data: out.subarray(0, rows.length * rowLength(field)), shape: [rows.length, ...field.shape] };
}

function checkSizes(
  sequences: Readonly<Record<string, Sequences>>,
  rows: Readonly<Record<string, Field>>,
): number {
  const sizes = [
    ...Object.entries(sequences).map(([name, all]) => [name, all.length] as const),
    ...Object.entries(rows).map(([name, field]) => [name, field.data.length / rowLength(field)] as const),
  ];
  const [first] = sizes;
  if (first === undefined || first[1] === 0) {
    throw new DataError("empty-split", "There are no sequences; at least one is needed.");
  }
  const other = sizes.find(([, size]) => size !== first[1]);
  if (other !== undefined) {
    throw new DataError(
      "invalid-data",
      `There are ${other[1]} rows of ${other[0]}, but ${first[1]} of ${first[0]}; all need the same number.`,
    );
  }
  for (const [name, all] of Object.entries(sequences)) {
    const empty = all.findIndex(({ length }) => length === 0);
    if (empty >= 0)
      throw new DataError("invalid-data", `Sequence ${empty} of ${name} is empty; leave it out.`);
  }
  return first[1];
}
