import { boundedUint32 } from "./bounded-integers.js";
import type { PCG64 } from "./pcg64.js";

export interface ChoicesOptions {
  /** Probability of each member of the population; equal if not given. */
  readonly p?: ArrayLike<number>;
  /** Whether a member may come more than once; default true. */
  readonly replace?: boolean;
  /** Without replacement: whether the order is random too; default true. */
  readonly shuffle?: boolean;
}

/** NumPy's tolerance for the sum of probabilities: the square root of float64's epsilon. */
const SUM_TOLERANCE = Math.sqrt(Number.EPSILON);
const MAX_POPULATION = 2 ** 31 - 1;

/** An index below `population`, by one draw. Allocates nothing. */
export function chooseIndex(bits: PCG64, population: number, p?: ArrayLike<number>): number {
  checkPopulation(population);
  if (p === undefined) return boundedUint32(bits, population - 1);
  const total = checkProbabilities(p, population);
  const draw = bits.nextDouble();
  // The first index whose cumulative probability is above the draw, summed and divided as NumPy does.
  let sum = 0;
  for (let i = 0; i < population - 1; i++) {
    sum += p[i]!;
    if (sum / total > draw) return i;
  }
  return population - 1;
}

/** `size` indices below `population`, as one call of NumPy's `choice`. */
export function chooseIndices(
  bits: PCG64,
  request: { readonly population: number; readonly size: number } & ChoicesOptions,
): Int32Array {
  const { population, size, p, replace = true, shuffle = true } = request;
  if (!Number.isSafeInteger(size) || size < 0) {
    throw new RangeError(`choices: size must be a whole number from 0 on, but got ${size}.`);
  }
  if (size === 0 && population === 0) return new Int32Array(0);
  checkPopulation(population);
  if (p !== undefined) checkProbabilities(p, population);
  if (replace) return withReplacement(bits, population, size, p);
  if (size > population) {
    throw new RangeError(`choices: ${size} of ${population} cannot be taken without replacement.`);
  }
  if (p !== undefined) return withoutReplacement(bits, size, p);
  const tailShuffles = population > 10000 && size > Math.floor(population / (shuffle ? 50 : 20));
  return tailShuffles ? shuffledTail(bits, population, size) : floyd(bits, { population, size, shuffle });
}

function checkPopulation(population: number): void {
  if (!Number.isInteger(population) || population < 1 || population > MAX_POPULATION) {
    throw new RangeError(`choice: the population must have 1 to 2^31 - 1 members, but got ${population}.`);
  }
}

/** Returns the plain sum, by which NumPy divides. */
function checkProbabilities(p: ArrayLike<number>, population: number): number {
  if (p.length !== population) {
    throw new RangeError(
      `choice: p has ${p.length} probabilities for ${population} members; give one for each.`,
    );
  }
  let total = 0;
  for (let i = 0; i < p.length; i++) {
    const probability = p[i]!;
    if (!(probability >= 0))
      throw new RangeError(`choice: probabilities must be 0 or more, but p[${i}] is ${probability}.`);
    total += probability;
  }
  if (!(Math.abs(total - 1) <= SUM_TOLERANCE)) {
    throw new RangeError(
      `choice: probabilities must sum to 1, but these sum to ${total}; divide them by their sum.`,
    );
  }
  return total;
}

function withReplacement(bits: PCG64, population: number, size: number, p?: ArrayLike<number>): Int32Array {
  const indices = new Int32Array(size);
  if (p === undefined) {
    for (let i = 0; i < size; i++) indices[i] = boundedUint32(bits, population - 1);
  } else {
    const cumulative = cumulativeProbabilities(p);
    for (let i = 0; i < size; i++) indices[i] = firstAbove(cumulative, bits.nextDouble());
  }
  return indices;
}

/** Rounds of draws, each from what the rounds before have left. */
function withoutReplacement(bits: PCG64, size: number, p: ArrayLike<number>): Int32Array {
  const left = Float64Array.from(p);
  const possible = left.reduce((count, probability) => count + (probability > 0 ? 1 : 0), 0);
  if (possible < size) {
    throw new RangeError(
      `choices: ${size} without replacement need as many probabilities above 0, but p has ${possible}.`,
    );
  }
  const found = new Set<number>();
  while (found.size < size) {
    const cumulative = cumulativeProbabilities(left);
    const draws = Array.from({ length: size - found.size }, () => firstAbove(cumulative, bits.nextDouble()));
    for (const index of draws) found.add(index);
    for (const index of found) left[index] = 0;
  }
  return Int32Array.from(found);
}

/** Floyd's method (Bentley and Floyd 1987, "A sample of brilliance"): memory for `size` values only. */
function floyd(
  bits: PCG64,
  request: { readonly population: number; readonly size: number; readonly shuffle: boolean },
): Int32Array {
  const { population, size, shuffle } = request;
  const found = new Set<number>();
  for (let last = population - size; last < population; last++) {
    const draw = boundedUint32(bits, last);
    found.add(found.has(draw) ? last : draw);
  }
  const indices = Int32Array.from(found);
  return shuffle ? lemireShuffle(bits, indices, 1) : indices;
}

/** The last `size` of the whole population, shuffled as far as needed. */
function shuffledTail(bits: PCG64, population: number, size: number): Int32Array {
  const all = Int32Array.from({ length: population }, (_, i) => i);
  return lemireShuffle(bits, all, Math.max(population - size, 1)).slice(population - size);
}

/** Fisher-Yates from the end down to index `first`; unlike `Generator.shuffle`, NumPy draws by Lemire's method here. */
function lemireShuffle(bits: PCG64, indices: Int32Array, first: number): Int32Array {
  for (let i = indices.length - 1; i >= first; i--) {
    const j = boundedUint32(bits, i);
    const kept = indices[j]!;
    indices[j] = indices[i]!;
    indices[i] = kept;
  }
  return indices;
}

function cumulativeProbabilities(p: ArrayLike<number>): Float64Array {
  const cumulative = new Float64Array(p.length);
  let sum = 0;
  for (let i = 0; i < p.length; i++) {
    sum += p[i]!;
    cumulative[i] = sum;
  }
  for (let i = 0; i < p.length; i++) cumulative[i] = cumulative[i]! / sum;
  return cumulative;
}

/** The first index whose value is above `draw`, in a rising array whose last entry is 1. */
function firstAbove(cumulative: Float64Array, draw: number): number {
  let from = 0;
  let to = cumulative.length - 1;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (cumulative[middle]! > draw) to = middle;
    else from = middle + 1;
  }
  return from;
}
