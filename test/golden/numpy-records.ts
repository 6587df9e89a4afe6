import { Generator, type GeneratorState, type SeedSequence } from "gymnasium-js";
import { expect } from "vitest";

/** What `numpy-pcg64.json` holds, and how its figures are compared. */

export interface StateRecord {
  state: string;
  inc: string;
  has_uint32: 0 | 1;
  uinteger: number;
}

export interface IntegersCase {
  dtype: "int64" | "int32" | "int16" | "int8" | "uint64" | "uint32" | "uint16" | "uint8" | "bool";
  low: number | string;
  high: number | string;
  endpoint: boolean;
  how: "scalar" | number;
}

export interface Drawn {
  values: (number | string)[];
  next_random: number;
}

export interface Large {
  sum: number;
  max: number;
  min: number;
  last: number;
  state: StateRecord;
}

export interface Words {
  generate_state_u32_8: number[];
  generate_state_u64_4?: string[];
  pcg64_state?: StateRecord;
  random?: number[];
}

export type Child = Words & { spawn_key: number[] };
export type Operation = [name: string, ...args: number[]];

export interface SeedRecord {
  seed: number;
  integers_cases: Drawn[];
  integers: Record<string, number[]>;
  mixed: Record<string, { values: unknown[]; state: StateRecord }>;
  seed_sequence: Words & { children: Child[]; grandchild: Child; fourth_child_spawn_key: number[] };
  [entry: string]: unknown;
}

export interface NumpyFile {
  integers_cases: IntegersCase[];
  p5: number[];
  mixed_ops: Record<string, Operation[]>;
  ziggurat: Record<string, number[]>;
  seed_sequence_extra: (Words & { entropy: string | (string | number)[] })[];
  per_seed: SeedRecord[];
}

export const NORMAL_TAIL = 3.65;
export const EXPONENTIAL_TAIL = 7.69;
export const DECK = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 10, 10];

/** `count` results of a draw, in order. */
export function times<T>(count: number, draw: () => T): T[] {
  return Array.from({ length: count }, draw);
}

export function stateOf({ state, inc, has_uint32, uinteger }: StateRecord): GeneratorState {
  return { state, inc, hasUint32: has_uint32, uinteger };
}

/**
 * Exactly equal, except for draws beyond `tail`: those rest on log1p, which may differ between engines and NumPy's C
 * library by 1 ulp. (In a wedge only the decision rests on exp, not the value.)
 */
export function expectDraws(got: ArrayLike<number>, want: readonly number[], tail: number): void {
  expect(got.length).toBe(want.length);
  want.forEach((value, i) => {
    if (Math.abs(value) < tail) expect(got[i]).toBe(value);
    else expect(Math.abs(got[i]! - value)).toBeLessThanOrEqual(2 ** -52 * Math.abs(value));
  });
}

/** Sum rounded once (Shewchuk 1997), as Python's `math.fsum`. */
function exactSum(values: Float64Array): number {
  let partials: number[] = [];
  for (let x of values) {
    const next: number[] = [];
    for (let y of partials) {
      if (Math.abs(x) < Math.abs(y)) [x, y] = [y, x];
      const high = x + y;
      const low = y - (high - x);
      if (low !== 0) next.push(low);
      x = high;
    }
    partials = [...next, x];
  }
  return partials.reduce((sum, partial) => sum + partial, 0);
}

/** 20000 draws: the state after counts each slow path; values in the tail may be off by 1 ulp (see `expectDraws`). */
export function expectLarge(rng: Generator, values: Float64Array, want: Large, tail: number): void {
  const inTail = values.filter((value) => Math.abs(value) >= tail).length;
  const slack = inTail * Math.max(want.max, -want.min) * 2 ** -52;
  const sumRounding = Math.abs(want.sum) * 2 ** -52;
  expect(Math.abs(exactSum(values) - want.sum)).toBeLessThanOrEqual(slack + sumRounding);
  const sorted = values.toSorted();
  expectDraws([sorted[0]!, sorted.at(-1)!, values.at(-1)!], [want.min, want.max, want.last], tail);
  expect(rng.state).toEqual(stateOf(want.state));
}

export function expectWords(sequence: SeedSequence, want: Words): void {
  expect([...sequence.generateState(8)]).toEqual(want.generate_state_u32_8);
  if (want.generate_state_u64_4) {
    expect([...sequence.generateState(4, "uint64")].map(String)).toEqual(want.generate_state_u64_4);
  }
  if (want.pcg64_state) expect(new Generator(sequence).state).toEqual(stateOf(want.pcg64_state));
  if (want.random) {
    const rng = new Generator(sequence);
    expect(times(want.random.length, () => rng.random())).toEqual(want.random);
  }
}
