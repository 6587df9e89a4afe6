import { GymnasiumError } from "../errors.js";
import type { Generator } from "../seeding/generator.js";

/** Weights of the values of one discrete variable. */
export type Weights = ArrayLike<number>;

/** At most one of the two; null counts as not given. */
export function chosenOption<M, P>(
  space: string,
  options: { mask?: M | null | undefined; probability?: P | null | undefined } | undefined,
): { mask: M | null; probability: P | null } {
  const [mask, probability] = [options?.mask ?? null, options?.probability ?? null];
  if (mask !== null && probability !== null) {
    throw wrong(space, "got both a mask and probabilities, give one of them");
  }
  return { mask, probability };
}

/** One of the indices where `mask` is 1, equally likely; null, without a draw, where there is none. */
export function chooseMasked(rng: Generator, mask: Weights, space: string): number | null {
  let allowed = 0;
  for (let i = 0; i < mask.length; i++) {
    if (mask[i] !== 0 && mask[i] !== 1) throw wrong(space, `mask has the value ${mask[i]}, expected 0 or 1`);
    if (mask[i] === 1) allowed++;
  }
  if (allowed === 0) return null;
  let rank = rng.integers(0, allowed);
  for (let i = 0; ; i++) if (mask[i] === 1 && rank-- === 0) return i;
}

/** An index with the probability given there: the first whose cumulative sum (scaled to end at 1) is greater than a draw. */
export function chooseWeighted(rng: Generator, weights: Weights): number {
  const draw = rng.random();
  let total = 0;
  for (let i = 0; i < weights.length; i++) total += weights[i] as number;
  let sum = 0;
  for (let i = 0; i < weights.length; i++) {
    sum += weights[i] as number;
    if (sum / total > draw) return i;
  }
  return weights.length - 1;
}

/** @throws GymnasiumError `invalid-options` unless all are within [0, 1] and sum to 1 (relative tolerance 1e-5) */
export function requireProbabilities(weights: Weights, space: string): void {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i] as number;
    if (!(weight >= 0 && weight <= 1))
      throw wrong(space, `probability has the value ${weight}, expected 0 to 1`);
    sum += weight;
  }
  if (Math.abs(sum - 1) > 1e-5 + 1e-8) throw wrong(space, `probabilities sum to ${sum}, expected 1`);
}

export function requireLength(weights: { length: number }, expected: number, space: string): void {
  if (weights.length === expected) return;
  throw wrong(space, `mask or probability has ${weights.length} entries, expected ${expected}`);
}

export function wrong(space: string, problem: string): GymnasiumError {
  return new GymnasiumError("invalid-options", `${space}.sample: ${problem}.`);
}
