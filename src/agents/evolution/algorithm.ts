import type { Generator } from "gymnasium-js";
import type { NamedArray, NamedArrays } from "../../tensors/index.js";
import { AgentError } from "../errors.js";
import type { Population } from "./population.js";

/** All that a search's future depends on: plain JSON, and arrays that fit into safetensors files. */
export interface SearchAlgorithmState {
  name: string;
  counters: Record<string, number>;
  arrays: NamedArrays;
}

/**
 * A search on parameter vectors by their fitness alone (higher is better): `ask` for candidates, find out how good they
 * are, `tell`. Which thread finds out what does not matter, and neither does the order.
 *
 * Vectors are float32, sums float64. All noise comes from (seed, generation, index), see `streamOf`.
 */
export interface SearchAlgorithm {
  readonly name: string;
  readonly dimension: number;
  readonly populationSize: number;
  /** Generations told so far. */
  readonly generation: number;
  /** What the search would deploy now, `dimension` values; read only, valid until the next `tell`. */
  readonly parameters: Float32Array;
  /** Figures of the search itself for a log, such as the step size. */
  readonly figures: Readonly<Record<string, number>>;
  /** The candidates of this generation, the same until `tell`; valid until then. */
  ask(): Population;
  /**
   * @param fitness one value per candidate, in their order
   * @throws {AgentError} `diverged` if one is not finite, `invalid-argument` for another number of them; nothing changes
   */
  tell(fitness: ArrayLike<number>): void;
  save(): SearchAlgorithmState;
  /** Takes over the state of a search of the same kind and size; continues bit for bit. */
  restore(state: SearchAlgorithmState): void;
}

/** What a search starts from. */
export interface SearchStart {
  /** Draws a starting vector; a genetic algorithm calls it for each member of the first generation. */
  initial(rng: Generator): Float32Array;
  seed: number;
}

export function requireFitness(fitness: ArrayLike<number>, { populationSize, generation }: SearchAlgorithm) {
  if (fitness.length !== populationSize) {
    throw new AgentError(
      "invalid-argument",
      `A generation of ${populationSize} candidates needs as many values of fitness, not ${fitness.length}.`,
    );
  }
  for (let i = 0; i < populationSize; i++) {
    if (Number.isFinite(fitness[i])) continue;
    throw new AgentError(
      "diverged",
      `The fitness of candidate ${i} in generation ${generation} is ${fitness[i]}; it has to be a finite number.`,
    );
  }
}

/** Indices of the candidates from the best to the worst; equals in their order. */
export function bestFirst(fitness: ArrayLike<number>): Int32Array {
  return Int32Array.from({ length: fitness.length }, (_, i) => i).sort(
    (a, b) => fitness[b]! - fitness[a]! || a - b,
  );
}

export function vector(data: Float32Array): NamedArray {
  return { shape: [data.length], dtype: "float32", data: data.slice() };
}

/**
 * Reads a saved state, all of it before anything is changed.
 * @throws {AgentError} `invalid-state` if it is of another kind, or of another size
 */
export function readState(
  state: SearchAlgorithmState,
  expected: { name: string; arrays: Readonly<Record<string, number>>; counters: readonly string[] },
): void {
  const { name, arrays, counters } = expected;
  const refuse = (what: string) =>
    new AgentError("invalid-state", `This state does not fit a search of the kind ${name}: ${what}.`);
  if (state.name !== name) throw refuse(`it is of the kind ${String(state.name)}`);
  for (const [key, size] of Object.entries(arrays)) {
    const array = state.arrays[key];
    if (!(array?.data instanceof Float32Array) || array.data.length !== size) {
      throw refuse(`"${key}" has ${array?.data.length ?? "no"} values, expected ${size}`);
    }
  }
  for (const key of counters) {
    if (!Number.isFinite(state.counters[key])) throw refuse(`"${key}" is ${String(state.counters[key])}`);
  }
}

/** An array of a state that `readState` has checked. */
export function savedVector({ arrays }: SearchAlgorithmState, name: string): Float32Array {
  return (arrays[name] as NamedArray).data as Float32Array;
}
