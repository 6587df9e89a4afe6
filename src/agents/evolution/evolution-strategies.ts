import {
  readState,
  requireFitness,
  type SearchAlgorithm,
  type SearchAlgorithmState,
  type SearchStart,
  savedVector,
  vector,
} from "./algorithm.js";
import type { EsConfig } from "./config.js";
import { shapedFitness } from "./fitness-shaping.js";
import { drawNoise, type GaussianPopulation } from "./population.js";
import { streamOf } from "./random-streams.js";

/**
 * g = 1 / (n sigma) * sum over i of F_i noise_i, an estimate of the gradient of the mean fitness around `mean`. With
 * antithetic pairs that is 1 / (n sigma) * sum over j of (F_2j - F_2j+1) noise_j. The noise is drawn anew.
 *
 * Source: Salimans et al. 2017, algorithm 2, https://arxiv.org/abs/1703.03864
 *
 * @param shaped fitness after shaping, one value per candidate
 */
export function esGradient(
  population: GaussianPopulation & { deviation: number },
  shaped: ArrayLike<number>,
): Float64Array {
  const { size, dimension, antithetic, deviation } = population;
  const gradient = new Float64Array(dimension);
  const noise = new Float64Array(dimension);
  const draws = antithetic ? size / 2 : size;
  for (let j = 0; j < draws; j++) {
    const weight = antithetic ? shaped[2 * j]! - shaped[2 * j + 1]! : shaped[j]!;
    if (weight === 0) continue;
    drawNoise(population, j, noise);
    for (let i = 0; i < dimension; i++) gradient[i]! += weight * noise[i]!;
  }
  const factor = 1 / (size * deviation);
  for (let i = 0; i < dimension; i++) gradient[i]! *= factor;
  return gradient;
}

/**
 * Evolution strategies as a gradient method: noise around one vector, fitness as ranks, a step of Adam or SGD upwards.
 *
 * Source: Salimans et al. 2017, https://arxiv.org/abs/1703.03864
 */
export class EvolutionStrategies implements SearchAlgorithm {
  readonly name = "es";
  readonly dimension: number;
  readonly parameters: Float32Array;
  private told = 0;
  /** Adam's mean gradient, or SGD's last step in units of the gradient. */
  private readonly momentum: Float32Array;
  /** Adam's mean squared gradient. */
  private readonly square: Float32Array;
  private gradientNorm = 0;
  private readonly seed: number;

  constructor(
    private readonly config: EsConfig,
    { initial, seed }: SearchStart,
  ) {
    this.seed = seed;
    this.parameters = initial(streamOf(seed, "initial")).slice();
    this.dimension = this.parameters.length;
    this.momentum = new Float32Array(this.dimension);
    this.square = new Float32Array(config.optimizer.name === "adam" ? this.dimension : 0);
  }

  get populationSize(): number {
    return this.config.populationSize;
  }

  get generation(): number {
    return this.told;
  }

  get figures(): Record<string, number> {
    return { sigma: this.config.sigma, gradientNorm: this.gradientNorm };
  }

  ask(): GaussianPopulation & { deviation: number } {
    const { dimension, parameters: mean, seed, told: generation } = this;
    const { populationSize: size, sigma: deviation, antithetic } = this.config;
    return { type: "gaussian", size, dimension, mean, deviation, antithetic, seed, generation };
  }

  tell(fitness: ArrayLike<number>): void {
    requireFitness(fitness, this);
    const { shaping, weightDecay } = this.config;
    const gradient = esGradient(this.ask(), shapedFitness(shaping, fitness));
    let square = 0;
    for (let i = 0; i < gradient.length; i++) {
      gradient[i]! -= weightDecay * this.parameters[i]!;
      square += gradient[i]! ** 2;
    }
    this.gradientNorm = Math.sqrt(square);
    this.told++;
    this.ascend(gradient);
  }

  save(): SearchAlgorithmState {
    return {
      name: this.name,
      counters: { generation: this.told, gradientNorm: this.gradientNorm },
      arrays: {
        mean: vector(this.parameters),
        momentum: vector(this.momentum),
        square: vector(this.square),
      },
    };
  }

  restore(state: SearchAlgorithmState): void {
    const { dimension, square } = this;
    readState(state, {
      name: this.name,
      arrays: { mean: dimension, momentum: dimension, square: square.length },
      counters: ["generation", "gradientNorm"],
    });
    this.told = state.counters["generation"]!;
    this.gradientNorm = state.counters["gradientNorm"]!;
    this.parameters.set(savedVector(state, "mean"));
    this.momentum.set(savedVector(state, "momentum"));
    square.set(savedVector(state, "square"));
  }

  /** Adam (Kingma & Ba 2015) or SGD with momentum (v = momentum v + g), upwards. */
  private ascend(gradient: Float64Array): void {
    const { parameters, momentum, square } = this;
    const { optimizer } = this.config;
    if (optimizer.name === "sgd") {
      for (let i = 0; i < gradient.length; i++) {
        momentum[i] = optimizer.momentum * momentum[i]! + gradient[i]!;
        parameters[i]! += optimizer.learningRate * momentum[i]!;
      }
      return;
    }
    const { learningRate, beta1, beta2, epsilon } = optimizer;
    const correction1 = 1 - beta1 ** this.told;
    const correction2 = 1 - beta2 ** this.told;
    for (let i = 0; i < gradient.length; i++) {
      momentum[i] = beta1 * momentum[i]! + (1 - beta1) * gradient[i]!;
      square[i] = beta2 * square[i]! + (1 - beta2) * gradient[i]! ** 2;
      const root = Math.sqrt(square[i]! / correction2) + epsilon;
      parameters[i]! += (learningRate * momentum[i]!) / correction1 / root;
    }
  }
}
