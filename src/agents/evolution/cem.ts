import {
  bestFirst,
  readState,
  requireFitness,
  type SearchAlgorithm,
  type SearchAlgorithmState,
  type SearchStart,
  savedVector,
  vector,
} from "./algorithm.js";
import type { CemConfig } from "./config.js";
import { type GaussianPopulation, writeCandidate } from "./population.js";
import { streamOf } from "./random-streams.js";

/** Variance that is added after so many generations: Z_t of Szita & Lorincz 2006. */
export function extraVariance(noise: CemConfig["noise"], generation: number): number {
  switch (noise.type) {
    case "none":
      return 0;
    case "constant":
      return noise.variance;
    case "linear":
      return noise.variance * Math.max(0, 1 - generation / noise.generations);
    default:
      throw new Error(`There is no noise ${JSON.stringify(noise satisfies never)}.`);
  }
}

/**
 * The cross-entropy method: a normal distribution with independent parameters, fitted again and again to the best of
 * what was drawn from it.
 *
 * mean' = a mean(elites) + (1 - a) mean, variance' = a var(elites) + (1 - a) variance + Z_t, where var divides by the
 * number of elites.
 *
 * Sources: de Boer et al. 2005 (smoothing a), https://doi.org/10.1007/s10479-005-5724-z; Szita & Lorincz 2006 (noise
 * Z_t), https://doi.org/10.1162/neco.2006.18.12.2936
 */
export class CrossEntropyMethod implements SearchAlgorithm {
  readonly name = "cem";
  readonly dimension: number;
  readonly parameters: Float32Array;
  private told = 0;
  private readonly deviation: Float32Array;
  private readonly seed: number;

  constructor(
    private readonly config: CemConfig,
    { initial, seed }: SearchStart,
  ) {
    this.seed = seed;
    this.parameters = initial(streamOf(seed, "initial")).slice();
    this.dimension = this.parameters.length;
    this.deviation = new Float32Array(this.dimension).fill(config.initialDeviation);
  }

  get populationSize(): number {
    return this.config.populationSize;
  }

  get generation(): number {
    return this.told;
  }

  get figures(): Record<string, number> {
    return { deviation: this.deviation.reduce((sum, value) => sum + value, 0) / this.dimension };
  }

  ask(): GaussianPopulation & { deviation: Float32Array } {
    const { dimension, parameters: mean, deviation, seed, told: generation } = this;
    const { populationSize: size } = this.config;
    return { type: "gaussian", size, dimension, mean, deviation, antithetic: false, seed, generation };
  }

  tell(fitness: ArrayLike<number>): void {
    requireFitness(fitness, this);
    const { elites, smoothing, noise } = this.config;
    const { mean, variance } = this.fit(bestFirst(fitness).subarray(0, elites));
    this.told++;
    const extra = extraVariance(noise, this.told);
    const kept = 1 - smoothing;
    for (let i = 0; i < this.dimension; i++) {
      const old = this.deviation[i]! ** 2;
      this.parameters[i] = smoothing * mean[i]! + kept * this.parameters[i]!;
      this.deviation[i] = Math.sqrt(smoothing * variance[i]! + kept * old + extra);
    }
  }

  save(): SearchAlgorithmState {
    return {
      name: this.name,
      counters: { generation: this.told },
      arrays: { mean: vector(this.parameters), deviation: vector(this.deviation) },
    };
  }

  restore(state: SearchAlgorithmState): void {
    const { name, dimension } = this;
    readState(state, { name, arrays: { mean: dimension, deviation: dimension }, counters: ["generation"] });
    this.told = state.counters["generation"]!;
    this.parameters.set(savedVector(state, "mean"));
    this.deviation.set(savedVector(state, "deviation"));
  }

  /** Mean and variance of the chosen candidates, which are drawn anew (Welford's one pass, float64). */
  private fit(chosen: Int32Array): { mean: Float64Array; variance: Float64Array } {
    const { dimension } = this;
    const population = this.ask();
    const memory = { out: new Float32Array(dimension), noise: new Float64Array(dimension) };
    const mean = new Float64Array(dimension);
    const variance = new Float64Array(dimension);
    chosen.forEach((index, seen) => {
      writeCandidate(population, index, memory);
      for (let i = 0; i < dimension; i++) {
        const distance = memory.out[i]! - mean[i]!;
        mean[i]! += distance / (seen + 1);
        variance[i]! += distance * (memory.out[i]! - mean[i]!);
      }
    });
    for (let i = 0; i < dimension; i++) variance[i]! /= chosen.length;
    return { mean, variance };
  }
}
