import { streamOf } from "./random-streams.js";

/**
 * Candidates that are told by seeds: candidate i is mean + deviation * noise_i, whose noise whoever needs it draws anew
 * (Salimans et al. 2017, section 2.1). What is sent to a thread is the mean alone.
 */
export interface GaussianPopulation {
  type: "gaussian";
  size: number;
  dimension: number;
  mean: Float32Array;
  /** Standard deviation: one for all parameters, or one for each. */
  deviation: number | Float32Array;
  /** Candidates 2j and 2j + 1 are mean + deviation * noise_j and mean - deviation * noise_j. */
  antithetic: boolean;
  seed: number;
  generation: number;
}

/** Candidates as they are, such as those of a genetic algorithm. */
export interface VectorPopulation {
  type: "vectors";
  size: number;
  dimension: number;
  /** `[size, dimension]`, C order. */
  rows: Float32Array;
}

/** The candidates of one generation, as plain data. */
export type Population = GaussianPopulation | VectorPopulation;

/** Standard normal noise of candidate (or antithetic pair) `index`; fills `out`. */
export function drawNoise(
  { seed, generation }: Pick<GaussianPopulation, "seed" | "generation">,
  index: number,
  out: Float64Array,
): Float64Array {
  return streamOf(seed, "noise", generation, index).normalFill(out);
}

/** Writes the parameters of one candidate, rounded to float32. `noise` is memory of the same length. */
export function writeCandidate(
  population: Population,
  index: number,
  { out, noise }: { out: Float32Array; noise: Float64Array },
): void {
  const { dimension } = population;
  if (population.type === "vectors") {
    out.set(population.rows.subarray(index * dimension, (index + 1) * dimension));
    return;
  }
  const { mean, deviation, antithetic } = population;
  drawNoise(population, antithetic ? index >> 1 : index, noise);
  const sign = antithetic && (index & 1) === 1 ? -1 : 1;
  if (typeof deviation === "number") {
    const step = sign * deviation;
    for (let i = 0; i < dimension; i++) out[i] = mean[i]! + step * noise[i]!;
  } else {
    for (let i = 0; i < dimension; i++) out[i] = mean[i]! + sign * deviation[i]! * noise[i]!;
  }
}
