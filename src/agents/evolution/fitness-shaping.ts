import type { EsConfig } from "./config.js";

/**
 * Ranks from -1/2 (worst) to 1/2 (best): rank / (n - 1) - 1/2. Equals share the mean of their ranks, so that no order of
 * equals can make a gradient. All 0 where all are equal, and for one value.
 *
 * Source: Salimans et al. 2017, section 2, https://arxiv.org/abs/1703.03864 (whose code breaks ties by position)
 */
export function centeredRanks(fitness: ArrayLike<number>): Float64Array {
  const n = fitness.length;
  const ranks = new Float64Array(n);
  if (n < 2) return ranks;
  const order = Int32Array.from({ length: n }, (_, i) => i).sort((a, b) => fitness[a]! - fitness[b]!);
  for (let first = 0; first < n; ) {
    let end = first + 1;
    while (end < n && fitness[order[end]!] === fitness[order[first]!]) end++;
    for (let k = first; k < end; k++) ranks[order[k]!] = (first + end - 1) / 2 / (n - 1) - 0.5;
    first = end;
  }
  return ranks;
}

/** (F - mean F) / std F, with the population standard deviation; all 0 where all are equal. */
export function standardised(fitness: ArrayLike<number>): Float64Array {
  const values = Float64Array.from(fitness);
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n);
  return values.map((value) => (deviation > 0 ? (value - mean) / deviation : 0));
}

export function shapedFitness(shaping: EsConfig["shaping"], fitness: ArrayLike<number>): Float64Array {
  switch (shaping) {
    case "ranks":
      return centeredRanks(fitness);
    case "standardised":
      return standardised(fitness);
    case "raw":
      return Float64Array.from(fitness);
    default:
      throw new Error(`There is no fitness shaping "${shaping satisfies never}".`);
  }
}
