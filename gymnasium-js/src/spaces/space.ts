import type { Generator } from "../seeding/generator.js";

/** Element types of arrays, by NumPy's names. */
export type Dtype =
  | "float32"
  | "float64"
  | "int8"
  | "int16"
  | "int32"
  | "int64"
  | "uint8"
  | "uint16"
  | "uint32"
  | "bool";

/** Flat, C order; the space knows the shape. */
export type TypedArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint16Array
  | Uint32Array;

/** What `sample` may be told. The form of both is the space's own; at most one of them is given. */
export interface SampleOptions {
  /** Which elements are possible. */
  mask?: unknown;
  /** How probable each element is. */
  probability?: unknown;
}

export interface Space<T> {
  readonly type: string;
  /** Shape of an element, or null where elements have none (Dict, Tuple, Text, Graph, Sequence, OneOf). */
  readonly shape: readonly number[] | null;
  readonly dtype: Dtype | null;
  /** Makes the space's generator (and its members') anew; returns the seeds used, nested like the space. */
  seed(seed: number): unknown;
  /** The space's own generator, as `seed` left it; made from seed 0 on first use. */
  readonly rng: Generator;
  /** Draws an element. */
  sample(options?: SampleOptions): T;
  contains(x: unknown): x is T;
  /** Elements to plain JSON values, and back. */
  toJson(elements: readonly T[]): unknown;
  fromJson(json: unknown): T[];
  /** The space itself as plain JSON; `spaceFromJson` reads it. */
  describe(): Record<string, unknown>;
}

/** The type of a space's elements: `ElementOf<Discrete>` is number. */
export type ElementOf<S> = S extends Space<infer T> ? T : never;
