import { Generator } from "gymnasium-js";

// How results over few seeds are told: Agarwal et al. 2021, "Deep reinforcement learning at the edge of the statistical
// precipice", https://arxiv.org/abs/2108.13264

/** The value below which a share of the values lies, between the two nearest linearly; NaN of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  if (low === undefined || high === undefined) return Number.NaN;
  return low + (high - low) * (at - Math.floor(at));
}

/**
 * Mean of the middle half: as many values are left out at either end as fit whole into a quarter, as
 * `scipy.stats.trim_mean(values, 0.25)` does. NaN of none.
 */
export function interquartileMean(values: readonly number[]): number {
  const cut = Math.floor(values.length / 4);
  const middle = values.toSorted((a, b) => a - b).slice(cut, values.length - cut);
  return middle.reduce((sum, value) => sum + value, 0) / middle.length;
}

/** How far runs fall short of a target on average; what is above it makes up for nothing. NaN of none. */
export function optimalityGap(values: readonly number[], target: number): number {
  return values.reduce((sum, value) => sum + Math.max(0, target - value), 0) / values.length;
}

export interface Interval {
  low: number;
  high: number;
}

export interface BootstrapOptions {
  /** Share of the draws that the interval holds, default 0.95. */
  confidence?: number;
  /** Draws, default 2000. */
  draws?: number;
  /** Of the draws, default 0: the same interval for the same values. */
  seed?: number;
}

/**
 * Percentile bootstrap: the statistic of samples drawn with replacement, stratum by stratum (one task each), and the range
 * that holds most of them.
 *
 * @param strata values of each task, by seed; at least one each
 * @param statistic of all values together
 */
export function bootstrapInterval(
  strata: readonly (readonly number[])[],
  statistic: (values: readonly number[]) => number,
  { confidence = 0.95, draws = 2000, seed = 0 }: BootstrapOptions = {},
): Interval {
  const rng = new Generator(seed);
  const sample = new Array<number>(strata.reduce((count, values) => count + values.length, 0));
  const found = Array.from({ length: draws }, () => {
    let at = 0;
    for (const values of strata) {
      for (let i = 0; i < values.length; i++) sample[at++] = values[rng.integers(0, values.length)]!;
    }
    return statistic(sample);
  });
  const outside = (1 - confidence) / 2;
  return { low: quantile(found, outside), high: quantile(found, 1 - outside) };
}

/** How likely a run of the first method ends above one of the second; ties count half (Mann and Whitney 1947). */
export function probabilityOfImprovement(first: readonly number[], second: readonly number[]): number {
  let wins = 0;
  for (const a of first) for (const b of second) wins += a > b ? 1 : a === b ? 0.5 : 0;
  return wins / (first.length * second.length);
}
