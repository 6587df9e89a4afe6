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
import { crossInto, mutate, rowOf, selectParent } from "./breeding.js";
import type { GaConfig } from "./config.js";
import type { VectorPopulation } from "./population.js";
import { streamOf } from "./random-streams.js";

/**
 * A genetic algorithm on real vectors: the best stay, the others are children of chosen parents, crossed and mutated.
 * Each child draws from a generator of its own, by generation and place.
 *
 * Sources: Such et al. 2017 (truncation, mutation alone, elites), https://arxiv.org/abs/1712.06567; Goldberg & Deb 1991
 * (tournament); Syswerda 1989 (uniform crossover)
 */
export class GeneticAlgorithm implements SearchAlgorithm {
  readonly name = "ga";
  readonly dimension: number;
  /** The best candidate of the last generation; before that the first one's first. */
  readonly parameters: Float32Array;
  private told = 0;
  private rows: Float32Array;
  private offspring: Float32Array;
  private readonly seed: number;

  constructor(
    private readonly config: GaConfig,
    { initial, seed }: SearchStart,
  ) {
    const { populationSize } = config;
    const first = Array.from({ length: populationSize }, (_, i) => initial(streamOf(seed, "initial", i)));
    this.seed = seed;
    this.parameters = first[0]!.slice();
    this.dimension = this.parameters.length;
    this.rows = new Float32Array(populationSize * this.dimension);
    this.offspring = new Float32Array(this.rows.length);
    first.forEach((row, i) => {
      this.rows.set(row, i * this.dimension);
    });
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

  ask(): VectorPopulation {
    const { rows, dimension, populationSize: size } = this;
    return { type: "vectors", size, dimension, rows };
  }

  tell(fitness: ArrayLike<number>): void {
    requireFitness(fitness, this);
    const { rows, offspring, dimension, populationSize } = this;
    const order = bestFirst(fitness);
    this.parameters.set(rowOf(rows, order[0]!, dimension));
    for (let i = 0; i < populationSize; i++) {
      const row = rowOf(offspring, i, dimension);
      if (i < this.config.elites) row.set(rowOf(rows, order[i]!, dimension));
      else this.breed(row, i, { fitness, order });
    }
    this.rows = offspring;
    this.offspring = rows;
    this.told++;
  }

  save(): SearchAlgorithmState {
    const { dimension, populationSize } = this;
    const population = { ...vector(this.rows), shape: [populationSize, dimension] };
    return {
      name: this.name,
      counters: { generation: this.told },
      arrays: { best: vector(this.parameters), population },
    };
  }

  restore(state: SearchAlgorithmState): void {
    const { name, dimension, rows } = this;
    readState(state, {
      name,
      arrays: { best: dimension, population: rows.length },
      counters: ["generation"],
    });
    this.told = state.counters["generation"]!;
    this.parameters.set(savedVector(state, "best"));
    rows.set(savedVector(state, "population"));
  }

  /** Standard deviation of this generation's mutations. */
  private get sigma(): number {
    const { sigma, decay, minimum } = this.config.mutation;
    return Math.max(minimum, sigma * decay ** this.told);
  }

  private breed(
    child: Float32Array,
    place: number,
    { fitness, order }: { fitness: ArrayLike<number>; order: Int32Array },
  ): void {
    const { selection, crossover, mutation } = this.config;
    const { rows, dimension, sigma } = this;
    const rng = streamOf(this.seed, "breeding", this.told, place);
    child.set(rowOf(rows, selectParent(selection, { fitness, order, rng }), dimension));
    if (crossover.type !== "none" && rng.random() < crossover.probability) {
      const second = rowOf(rows, selectParent(selection, { fitness, order, rng }), dimension);
      crossInto(child, second, { crossover, rng });
    }
    mutate(child, { sigma, rate: mutation.rate, rng });
  }
}
