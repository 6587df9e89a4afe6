import { GymnasiumError } from "../errors.js";
import type { Space } from "../spaces/space.js";

/**
 * Mean and variance of all values seen, updated one at a time (Chan et al. 1979: with n = count + 1 and
 * d = x - mean, mean += d / n and var = (var * count + d^2 * count / n) / n).
 */
export class RunningStatistics {
  mean = 0;
  variance = 1;
  /** Starts at 1e-4, so that the first value does not divide by zero. */
  count = 1e-4;

  toJSON(): StatisticsJson<number> {
    const { mean, variance, count } = this;
    return { mean, variance, count };
  }

  /** Takes over what `toJSON` gave. @throws GymnasiumError `invalid-snapshot` if it is not that */
  load(json: unknown): void {
    const { mean, variance, count } = requireStatistics(json, 0);
    [this.mean, this.variance, this.count] = [mean[0]!, variance[0]!, count];
  }

  update(x: number): void {
    const { count, mean } = this;
    const total = count + 1;
    const difference = x - mean;
    this.mean = mean + difference / total;
    this.variance = (this.variance * count + (difference * difference * count) / total) / total;
    this.count = total;
  }

  /**
   * The same for the first `size` values of a batch, which is used up. As in NumPy 2, the batch's own mean, variance and
   * sum of squares are of float32, all else of float64.
   */
  updateBatch(batch: Float32Array, size: number): void {
    const { count } = this;
    const total = count + size;
    const batchMean = Math.fround(float32Sum(batch, 0, size) / size);
    for (let i = 0; i < size; i++) {
      const deviation = Math.fround(batch[i]! - batchMean);
      batch[i] = deviation * deviation;
    }
    const squares = Math.fround(Math.fround(float32Sum(batch, 0, size) / size) * size);
    const difference = batchMean - this.mean;
    this.mean += (difference * size) / total;
    const shift = (difference * difference * count * size) / total;
    this.variance = (this.variance * count + squares + shift) / total;
    this.count = total;
  }
}

/** Statistics as JSON. */
export interface StatisticsJson<Values extends number | number[]> {
  readonly mean: Values;
  readonly variance: Values;
  readonly count: number;
}

/** @param size number of values; 0 for a single one that is not in a list */
function requireStatistics(json: unknown, size: number): ArrayStatisticsState {
  const { mean, variance, count } = (json ?? {}) as Partial<StatisticsJson<number | number[]>>;
  const isFine = (values: unknown) =>
    size === 0
      ? Number.isFinite(values)
      : Array.isArray(values) && values.length === size && values.every(Number.isFinite);
  if (isFine(mean) && isFine(variance) && typeof count === "number" && count > 0) {
    const list = (values: unknown) => [values].flat() as number[];
    return { mean: list(mean), variance: list(variance), count };
  }
  throw new GymnasiumError(
    "invalid-snapshot",
    `These are no running statistics of ${size === 0 ? "a number" : `${size} values`}, expected what toJSON gave of such.`,
  );
}

/** What `RunningArrayStatistics` holds, as plain data. */
export interface ArrayStatisticsState {
  mean: ArrayLike<number>;
  variance: ArrayLike<number>;
  count: number;
}

/**
 * The same for each value of an array. For float32 values each operation is rounded to float32, as NumPy's arrays do; of
 * others (integers, float64) all is in float64.
 */
export class RunningArrayStatistics {
  readonly mean: Float32Array | Float64Array;
  readonly variance: Float32Array | Float64Array;
  count = 1e-4;

  constructor(size: number, dtype: "float32" | "float64" = "float32") {
    const Values = dtype === "float32" ? Float32Array : Float64Array;
    this.mean = new Values(size);
    this.variance = new Values(size).fill(1);
  }

  save(): ArrayStatisticsState {
    return { mean: this.mean.slice(), variance: this.variance.slice(), count: this.count };
  }

  restore({ mean, variance, count }: ArrayStatisticsState): void {
    this.mean.set(mean);
    this.variance.set(variance);
    this.count = count;
  }

  /** As plain JSON, exactly: to keep what an agent was trained with. */
  toJSON(): StatisticsJson<number[]> {
    return { mean: [...this.mean], variance: [...this.variance], count: this.count };
  }

  /** Takes over what `toJSON` gave. @throws GymnasiumError `invalid-snapshot` if it is not that, of as many values */
  load(json: unknown): void {
    this.restore(requireStatistics(json, this.mean.length));
  }

  update(values: ArrayLike<number>): void {
    if (this.mean instanceof Float64Array) this.updateDoubles(values);
    else this.updateFloats(values);
    this.count += 1;
  }

  private updateFloats(values: ArrayLike<number>): void {
    const { mean, variance } = this;
    const { fround } = Math;
    const count = fround(this.count);
    const total = fround(this.count + 1);
    for (let i = 0; i < mean.length; i++) {
      const difference = fround(values[i]! - mean[i]!);
      mean[i] = mean[i]! + fround(difference / total);
      const spread = fround(fround(fround(difference * difference) * count) / total);
      variance[i] = fround(fround(variance[i]! * count) + spread) / total;
    }
  }

  private updateDoubles(values: ArrayLike<number>): void {
    const { mean, variance, count } = this;
    const total = count + 1;
    for (let i = 0; i < mean.length; i++) {
      const difference = values[i]! - mean[i]!;
      mean[i] = mean[i]! + difference / total;
      variance[i] = (variance[i]! * count + (difference * difference * count) / total) / total;
    }
  }

  /**
   * The same for a batch of rows at once, of which each counts; by their own mean and variance, in the same precision.
   *
   * @param rows 1 where the row counts, 0 elsewhere, at least one 1; null for all
   */
  updateRows(batch: ArrayLike<number>, rows: Uint8Array | null): void {
    const { mean } = this;
    const numRows = batch.length / mean.length;
    let numCounted = numRows;
    if (rows !== null) {
      numCounted = 0;
      for (let i = 0; i < numRows; i++) numCounted += rows[i]!;
    }
    if (mean instanceof Float64Array) this.updateRowsDoubles(batch, rows, numCounted);
    else this.updateRowsFloats(batch, rows, numCounted);
    this.count += numCounted;
  }

  private updateRowsFloats(batch: ArrayLike<number>, rows: Uint8Array | null, numCounted: number): void {
    const { mean, variance } = this;
    const { fround } = Math;
    const size = mean.length;
    const numRows = batch.length / size;
    const count = fround(this.count);
    const total = fround(this.count + numCounted);
    for (let j = 0; j < size; j++) {
      let sum = 0;
      for (let i = 0; i < numRows; i++) {
        if (rows === null || rows[i] === 1) sum = fround(sum + fround(batch[i * size + j]!));
      }
      const batchMean = fround(sum / numCounted);
      let squares = 0;
      for (let i = 0; i < numRows; i++) {
        if (rows !== null && rows[i] === 0) continue;
        const deviation = fround(fround(batch[i * size + j]!) - batchMean);
        squares = fround(squares + fround(deviation * deviation));
      }
      const difference = fround(batchMean - mean[j]!);
      mean[j] = mean[j]! + fround(fround(difference * numCounted) / total);
      const ownSpread = fround(
        fround(variance[j]! * count) + fround(fround(squares / numCounted) * numCounted),
      );
      const shift = fround(fround(fround(difference * difference) * count) * numCounted);
      variance[j] = fround(ownSpread + fround(shift / total)) / total;
    }
  }

  private updateRowsDoubles(batch: ArrayLike<number>, rows: Uint8Array | null, numCounted: number): void {
    const { mean, variance, count } = this;
    const size = mean.length;
    const numRows = batch.length / size;
    const total = count + numCounted;
    for (let j = 0; j < size; j++) {
      let sum = 0;
      for (let i = 0; i < numRows; i++) if (rows === null || rows[i] === 1) sum += batch[i * size + j]!;
      const batchMean = sum / numCounted;
      let squares = 0;
      for (let i = 0; i < numRows; i++) {
        if (rows !== null && rows[i] === 0) continue;
        const deviation = batch[i * size + j]! - batchMean;
        squares += deviation * deviation;
      }
      const difference = batchMean - mean[j]!;
      mean[j] = mean[j]! + (difference * numCounted) / total;
      const ownSpread = variance[j]! * count + (squares / numCounted) * numCounted;
      variance[j] = (ownSpread + (difference * difference * count * numCounted) / total) / total;
    }
  }
}

/** The precision of NumPy's mean over observations of this space. */
export function statisticsDtype({ dtype }: Space<unknown>): "float32" | "float64" {
  return dtype === "float32" ? "float32" : "float64";
}

const maxBlock = 128;
const lanes = 8;

/** Rounded to float32 at each step, in NumPy's order: pairwise, in blocks of at most 128 values. */
function float32Sum(values: Float32Array, start: number, count: number): number {
  const { fround } = Math;
  if (count > maxBlock) {
    const half = count >> 1;
    const left = half - (half % lanes);
    return fround(float32Sum(values, start, left) + float32Sum(values, start + left, count - left));
  }
  const inLanes = count < lanes ? 0 : count - (count % lanes);
  let sum = 0;
  if (inLanes > 0) {
    const end = start + inLanes;
    const left = fround(lanePair(values, start, end) + lanePair(values, start + 2, end));
    const right = fround(lanePair(values, start + 4, end) + lanePair(values, start + 6, end));
    sum = fround(left + right);
  }
  for (let i = inLanes; i < count; i++) sum = fround(sum + values[start + i]!);
  return sum;
}

/** Every eighth value from `first` on, and every eighth after it. */
function lanePair(values: Float32Array, first: number, end: number): number {
  let even = values[first]!;
  let odd = values[first + 1]!;
  for (let i = first + lanes; i < end; i += lanes) {
    even = Math.fround(even + values[i]!);
    odd = Math.fround(odd + values[i + 1]!);
  }
  return Math.fround(even + odd);
}
