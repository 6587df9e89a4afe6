/**
 * Mean and variance of all values seen, updated one at a time (Chan et al. 1979: with n = count + 1 and
 * d = x - mean, mean += d / n and var = (var * count + d^2 * count / n) / n).
 */
export class RunningStatistics {
  mean = 0;
  variance = 1;
  /** Starts at 1e-4, so that the first value does not divide by zero. */
  count = 1e-4;

  update(x: number): void {
    const { count, mean } = this;
    const total = count + 1;
    const difference = x - mean;
    this.mean = mean + difference / total;
    this.variance = (this.variance * count + (difference * difference * count) / total) / total;
    this.count = total;
  }
}

/** The same for each value of a float32 array; each operation is rounded to float32, as NumPy's arrays do. */
export class RunningArrayStatistics {
  readonly mean: Float32Array;
  readonly variance: Float32Array;
  count = 1e-4;

  constructor(size: number) {
    this.mean = new Float32Array(size);
    this.variance = new Float32Array(size).fill(1);
  }

  update(values: ArrayLike<number>): void {
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
    this.count += 1;
  }
}
