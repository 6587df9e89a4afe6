import type { Generator } from "gymnasium-js";
import type { GaConfig } from "./config.js";

/** Row i of a population of `[size, dimension]`. */
export function rowOf(rows: Float32Array, index: number, dimension: number): Float32Array {
  return rows.subarray(index * dimension, (index + 1) * dimension);
}

/**
 * The index of a parent. Tournament: the best of `size` candidates drawn with replacement, the first drawn of equals.
 * Truncation: one of the best `parents`, equally likely.
 *
 * @param order candidates from the best to the worst
 */
export function selectParent(
  selection: GaConfig["selection"],
  { fitness, order, rng }: { fitness: ArrayLike<number>; order: Int32Array; rng: Generator },
): number {
  switch (selection.type) {
    case "tournament": {
      let best = rng.integers(0, fitness.length);
      for (let drawn = 1; drawn < selection.size; drawn++) {
        const rival = rng.integers(0, fitness.length);
        if (fitness[rival]! > fitness[best]!) best = rival;
      }
      return best;
    }
    case "truncation":
      return order[rng.integers(0, Math.min(selection.parents, order.length))]!;
    default:
      throw new Error(`There is no selection ${JSON.stringify(selection satisfies never)}.`);
  }
}

/** Puts parameters of the second parent into the child, which holds those of the first. */
export function crossInto(
  child: Float32Array,
  second: Float32Array,
  { crossover, rng }: { crossover: Exclude<GaConfig["crossover"], { type: "none" }>; rng: Generator },
): void {
  switch (crossover.type) {
    case "uniform":
      for (let i = 0; i < child.length; i++) if (rng.random() < crossover.share) child[i] = second[i]!;
      return;
    case "one-point": {
      // At least one parameter of each; a vector of one parameter has no such point.
      if (child.length < 2) return;
      const point = rng.integers(1, child.length);
      child.set(second.subarray(point), point);
      return;
    }
    default:
      throw new Error(`There is no crossover ${JSON.stringify(crossover satisfies never)}.`);
  }
}

/** Adds normal noise to a share of the parameters; a rate of 1 draws nothing to decide. */
export function mutate(
  child: Float32Array,
  { sigma, rate, rng }: { sigma: number; rate: number; rng: Generator },
): void {
  for (let i = 0; i < child.length; i++) {
    if (rate === 1 || rng.random() < rate) child[i]! += sigma * rng.standardNormal();
  }
}
