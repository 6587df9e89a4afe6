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
import type { CmaEsConfig } from "./config.js";
import { drawNoise, type GaussianPopulation } from "./population.js";
import { streamOf } from "./random-streams.js";

/** Weights of the best half, and the rates at which mean, paths, variances and step size follow them. */
export interface CmaRates {
  /** Of candidates from the best on, falling, with sum 1. */
  weights: Float64Array;
  /** Effective number of candidates: 1 / sum of squared weights. */
  muEff: number;
  cSigma: number;
  dSigma: number;
  cC: number;
  c1: number;
  cMu: number;
  /** Expected length of a standard normal vector. */
  chiN: number;
}

/**
 * The default rates of CMA-ES (Hansen 2016, table 1, without negative weights), with the covariance learnt (n + 2) / 3
 * times as fast, as a diagonal one can be (Ros & Hansen 2008, section 3).
 *
 * @param n number of parameters
 * @param lambda candidates per generation
 */
export function cmaRates(n: number, lambda: number): CmaRates {
  const mu = lambda >> 1;
  const raw = Float64Array.from({ length: mu }, (_, i) => Math.log((lambda + 1) / 2) - Math.log(i + 1));
  const sum = raw.reduce((total, weight) => total + weight, 0);
  const weights = raw.map((weight) => weight / sum);
  const muEff = 1 / weights.reduce((total, weight) => total + weight ** 2, 0);
  const cSigma = (muEff + 2) / (n + muEff + 5);
  const faster = (n + 2) / 3;
  const c1 = Math.min(1, (faster * 2) / ((n + 1.3) ** 2 + muEff));
  return {
    weights,
    muEff,
    cSigma,
    dSigma: 1 + 2 * Math.max(0, Math.sqrt((muEff - 1) / (n + 1)) - 1) + cSigma,
    cC: (4 + muEff / n) / (n + 4 + (2 * muEff) / n),
    c1,
    cMu: Math.min(1 - c1, (faster * 2 * (muEff - 2 + 1 / muEff)) / ((n + 2) ** 2 + muEff)),
    chiN: Math.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n)),
  };
}

/**
 * Separable CMA-ES: a normal distribution with a variance per parameter and a step size for all, both adapted from the
 * way that the mean has gone. Time and memory grow linearly with the number of parameters.
 *
 * Sources: Ros & Hansen 2008, https://doi.org/10.1007/978-3-540-87700-4_30; Hansen 2016, https://arxiv.org/abs/1604.00772
 */
export class SeparableCmaEs implements SearchAlgorithm {
  readonly name = "cma-es";
  readonly dimension: number;
  readonly parameters: Float32Array;
  private told = 0;
  private sigma: number;
  private readonly rates: CmaRates;
  /** Diagonal of the covariance matrix C. */
  private readonly variance: Float32Array;
  private readonly sigmaPath: Float32Array;
  private readonly variancePath: Float32Array;
  private readonly deviation: Float32Array;
  private readonly seed: number;

  constructor(
    private readonly config: CmaEsConfig,
    { initial, seed }: SearchStart,
  ) {
    this.seed = seed;
    this.parameters = initial(streamOf(seed, "initial")).slice();
    const n = this.parameters.length;
    this.dimension = n;
    this.sigma = config.sigma;
    this.rates = cmaRates(n, config.populationSize);
    this.variance = new Float32Array(n).fill(1);
    this.sigmaPath = new Float32Array(n);
    this.variancePath = new Float32Array(n);
    this.deviation = new Float32Array(n);
  }

  get populationSize(): number {
    return this.config.populationSize;
  }

  get generation(): number {
    return this.told;
  }

  get figures(): Record<string, number> {
    return { sigma: this.sigma };
  }

  ask(): GaussianPopulation & { deviation: Float32Array } {
    const { dimension, parameters: mean, deviation, variance, sigma, seed, told: generation } = this;
    for (let i = 0; i < dimension; i++) deviation[i] = sigma * Math.sqrt(variance[i]!);
    const { populationSize: size } = this.config;
    return { type: "gaussian", size, dimension, mean, deviation, antithetic: false, seed, generation };
  }

  tell(fitness: ArrayLike<number>): void {
    requireFitness(fitness, this);
    const { weights, cSigma, dSigma, chiN } = this.rates;
    const { zMean, zSquare } = this.recombine(bestFirst(fitness).subarray(0, weights.length));
    this.told++;
    const pathLength = this.followSigmaPath(zMean);
    this.adaptVariance({ zMean, zSquare, pathLength });
    this.sigma *= Math.exp((cSigma / dSigma) * (pathLength / chiN - 1));
    this.balance();
  }

  save(): SearchAlgorithmState {
    return {
      name: this.name,
      counters: { generation: this.told, sigma: this.sigma },
      arrays: {
        mean: vector(this.parameters),
        variance: vector(this.variance),
        sigmaPath: vector(this.sigmaPath),
        variancePath: vector(this.variancePath),
      },
    };
  }

  restore(state: SearchAlgorithmState): void {
    const { name, dimension: n } = this;
    const arrays = { mean: n, variance: n, sigmaPath: n, variancePath: n };
    readState(state, { name, arrays, counters: ["generation", "sigma"] });
    this.told = state.counters["generation"]!;
    this.sigma = state.counters["sigma"]!;
    this.parameters.set(savedVector(state, "mean"));
    this.variance.set(savedVector(state, "variance"));
    this.sigmaPath.set(savedVector(state, "sigmaPath"));
    this.variancePath.set(savedVector(state, "variancePath"));
  }

  /** Weighted means of the best candidates' noise z and of its squares. */
  private recombine(best: Int32Array): { zMean: Float64Array; zSquare: Float64Array } {
    const { dimension } = this;
    const population = this.ask();
    const z = new Float64Array(dimension);
    const zMean = new Float64Array(dimension);
    const zSquare = new Float64Array(dimension);
    best.forEach((index, place) => {
      const weight = this.rates.weights[place]!;
      drawNoise(population, index, z);
      for (let i = 0; i < dimension; i++) {
        zMean[i]! += weight * z[i]!;
        zSquare[i]! += weight * z[i]! ** 2;
      }
    });
    return { zMean, zSquare };
  }

  /** p_sigma = (1 - c) p_sigma + sqrt(c (2 - c) muEff) z; returns its length. */
  private followSigmaPath(zMean: Float64Array): number {
    const { cSigma, muEff } = this.rates;
    const gain = Math.sqrt(cSigma * (2 - cSigma) * muEff);
    let square = 0;
    for (let i = 0; i < this.dimension; i++) {
      this.sigmaPath[i] = (1 - cSigma) * this.sigmaPath[i]! + gain * zMean[i]!;
      square += this.sigmaPath[i]! ** 2;
    }
    return Math.sqrt(square);
  }

  /** Moves the mean, then C = (1 - c1 - cMu) C + c1 p_c^2 + cMu * weighted squares of the steps y = sqrt(C) z. */
  private adaptVariance(by: { zMean: Float64Array; zSquare: Float64Array; pathLength: number }): void {
    const { cSigma, cC, c1, cMu, muEff, chiN } = this.rates;
    const { dimension: n, sigma, parameters, variance, variancePath } = this;
    // While the step size grows fast, the path of C waits (h_sigma).
    const settled = Math.sqrt(1 - (1 - cSigma) ** (2 * this.told));
    const follows = by.pathLength / settled < (1.4 + 2 / (n + 1)) * chiN;
    const gain = follows ? Math.sqrt(cC * (2 - cC) * muEff) : 0;
    const kept = 1 - c1 - cMu + (follows ? 0 : c1 * cC * (2 - cC));
    for (let i = 0; i < n; i++) {
      const old = variance[i]!;
      const y = Math.sqrt(old) * by.zMean[i]!;
      parameters[i]! += sigma * y;
      variancePath[i] = (1 - cC) * variancePath[i]! + gain * y;
      variance[i] = kept * old + c1 * variancePath[i]! ** 2 + cMu * old * by.zSquare[i]!;
    }
  }

  /**
   * Moves the variances' mean into the step size. The distribution stays the same; without it the one can fall while the
   * other grows, until float32 holds neither.
   */
  private balance(): void {
    const { dimension, variance, variancePath } = this;
    let mean = 0;
    for (let i = 0; i < dimension; i++) mean += variance[i]! / dimension;
    const factor = Math.sqrt(mean);
    this.sigma *= factor;
    for (let i = 0; i < dimension; i++) {
      variance[i]! /= mean;
      variancePath[i]! /= factor;
    }
  }
}
