import { GymnasiumError } from "../errors.js";

/** What seeds may be: a non-negative integer of any size (a `bigint` beyond 2^53 - 1), or a list of them. */
export type Entropy = number | bigint | readonly (number | bigint)[];

export interface SeedSequenceOptions {
  /** Where this sequence stands in the tree that `spawn` makes; the root's is empty. */
  readonly spawnKey?: readonly number[];
  /** Words of 32 bits that the entropy is mixed into; at least 4. */
  readonly poolSize?: number;
}

const INIT_A = 0x43b0d7e5;
const MULTIPLIER_A = 0x931e8875;
const INIT_B = 0x8b51f9dd;
const MULTIPLIER_B = 0x58f38ded;
const MIX_LEFT = 0xca01f9dd;
const MIX_RIGHT = 0x4973f715;
const DEFAULT_POOL_SIZE = 4;

/** Throws `invalid-seed` unless `seed` is an integer from 0 on, exactly represented. */
export function checkSeed(seed: unknown): asserts seed is number | bigint {
  const fits = typeof seed === "bigint" ? seed >= 0n : Number.isSafeInteger(seed) && (seed as number) >= 0;
  if (fits) return;
  const shown = typeof seed === "string" ? `the string ${JSON.stringify(seed)}` : String(seed);
  const fix =
    typeof seed === "number" && Number.isInteger(seed) && seed > 0
      ? "; write integers beyond 2^53 - 1 as bigint"
      : "";
  throw new GymnasiumError("invalid-seed", `A seed must be a non-negative integer, but got ${shown}${fix}.`);
}

/** Little-endian 32-bit words of one integer; 0 is one word. */
function wordsOf(seed: number | bigint): number[] {
  checkSeed(seed);
  const words: number[] = [];
  let rest = BigInt(seed);
  do {
    words.push(Number(rest & 0xffffffffn));
    rest >>= 32n;
  } while (rest > 0n);
  return words;
}

/** One hash of a 32-bit word; its constant moves on with each call. */
class Hash {
  constructor(
    private constant: number,
    private readonly multiplier: number,
  ) {}

  next(word: number): number {
    const mixed = word ^ this.constant;
    this.constant = Math.imul(this.constant, this.multiplier);
    const product = Math.imul(mixed, this.constant);
    return product ^ (product >>> 16);
  }
}

function mix(x: number, y: number): number {
  const difference = (Math.imul(MIX_LEFT, x) - Math.imul(MIX_RIGHT, y)) | 0;
  return difference ^ (difference >>> 16);
}

function mixEntropy(entropy: readonly number[], poolSize: number): Uint32Array {
  const hash = new Hash(INIT_A, MULTIPLIER_A);
  const pool = new Uint32Array(poolSize);
  for (let i = 0; i < poolSize; i++) pool[i] = hash.next(entropy[i] ?? 0);
  for (let source = 0; source < poolSize; source++) {
    for (let target = 0; target < poolSize; target++) {
      if (source !== target) pool[target] = mix(pool[target]!, hash.next(pool[source]!));
    }
  }
  for (let source = poolSize; source < entropy.length; source++) {
    for (let target = 0; target < poolSize; target++) {
      pool[target] = mix(pool[target]!, hash.next(entropy[source]!));
    }
  }
  return pool;
}

/**
 * NumPy's `SeedSequence`: turns entropy of any quality into well-mixed words, and grows independent children.
 * Algorithm: O'Neill's seed_seq_fe, as in NumPy's `bit_generator.pyx`.
 *
 * Throws `GymnasiumError` with code `invalid-seed` for a negative, fractional or unsafe seed.
 */
export class SeedSequence {
  readonly entropy: Entropy;
  readonly spawnKey: readonly number[];
  readonly poolSize: number;
  private readonly pool: Uint32Array;
  private spawned = 0;

  constructor(entropy: Entropy, options: SeedSequenceOptions = {}) {
    const { spawnKey = [], poolSize = DEFAULT_POOL_SIZE } = options;
    if (!Number.isInteger(poolSize) || poolSize < DEFAULT_POOL_SIZE) {
      throw new RangeError(
        `poolSize must be an integer of at least ${DEFAULT_POOL_SIZE}, but got ${poolSize}.`,
      );
    }
    const words = isList(entropy) ? entropy.flatMap(wordsOf) : wordsOf(entropy);
    const keyWords = spawnKey.flatMap(wordsOf);
    // Short entropy is padded before a key, so that no child's words equal those of a longer root entropy.
    while (keyWords.length > 0 && words.length < poolSize) words.push(0);
    this.entropy = isList(entropy) ? [...entropy] : entropy;
    this.spawnKey = [...spawnKey];
    this.poolSize = poolSize;
    this.pool = mixEntropy([...words, ...keyWords], poolSize);
  }

  /** How many children `spawn` has made so far. */
  get childrenSpawned(): number {
    return this.spawned;
  }

  /** The first `count` words of this sequence's output; always the same ones. */
  generateState(count: number, dtype?: "uint32"): Uint32Array;
  generateState(count: number, dtype: "uint64"): BigUint64Array;
  generateState(count: number, dtype: "uint32" | "uint64" = "uint32"): Uint32Array | BigUint64Array {
    checkCount("generateState", count);
    const wordCount = dtype === "uint64" ? 2 * count : count;
    const hash = new Hash(INIT_B, MULTIPLIER_B);
    const words = Uint32Array.from({ length: wordCount }, (_, i) => hash.next(this.pool[i % this.poolSize]!));
    if (dtype === "uint32") return words;
    return BigUint64Array.from(
      { length: count },
      (_, i) => BigInt(words[2 * i]!) | (BigInt(words[2 * i + 1]!) << 32n),
    );
  }

  /** `count` children, independent of this sequence and of all it spawned before. */
  spawn(count: number): SeedSequence[] {
    checkCount("spawn", count);
    const first = this.spawned;
    this.spawned += count;
    return Array.from(
      { length: count },
      (_, i) =>
        new SeedSequence(this.entropy, { spawnKey: [...this.spawnKey, first + i], poolSize: this.poolSize }),
    );
  }

  /** A copy that spawns the same next children. */
  clone(): SeedSequence {
    const copy = new SeedSequence(this.entropy, { spawnKey: this.spawnKey, poolSize: this.poolSize });
    copy.spawned = this.spawned;
    return copy;
  }
}

function isList(entropy: Entropy): entropy is readonly (number | bigint)[] {
  return Array.isArray(entropy);
}

function checkCount(method: string, count: number): void {
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new RangeError(`${method} takes a count of at least 0, but got ${count}.`);
  }
}
