import type { SearchAlgorithm } from "../../../src/agents/evolution/index.js";
import { writeCandidate } from "../../../src/agents/evolution/index.js";

/** -|x - 1|^2; best 0 at (1, ..., 1). */
export function sphere(x: Float32Array): number {
  let sum = 0;
  for (const value of x) sum -= (value - 1) ** 2;
  return sum;
}

/** Minus Rosenbrock's function: a bent valley; best 0 at (1, ..., 1). */
export function rosenbrock(x: Float32Array): number {
  let sum = 0;
  for (let i = 0; i + 1 < x.length; i++) sum -= 100 * (x[i + 1]! - x[i]! ** 2) ** 2 + (1 - x[i]!) ** 2;
  return sum;
}

/** The candidates of this generation, one array each. */
export function candidates(search: SearchAlgorithm): Float32Array[] {
  const population = search.ask();
  const noise = new Float64Array(search.dimension);
  return Array.from({ length: population.size }, (_, i) => {
    const out = new Float32Array(search.dimension);
    writeCandidate(population, i, { out, noise });
    return out;
  });
}

/** Runs generations; returns what the search would deploy at the end. */
export function climb(search: SearchAlgorithm, fitness: (x: Float32Array) => number, generations: number) {
  for (let generation = 0; generation < generations; generation++) {
    search.tell(candidates(search).map(fitness));
  }
  return search.parameters;
}
