import type { RandomSource } from "gymnasium-js";

/** As logged: a uniform, an integer in [low, high), or a vector of either, drawn element by element. */
export type MinatarDraw =
  | readonly ["u", number | null]
  | readonly ["U", readonly number[]]
  | readonly ["i", number, number, number]
  | readonly ["I", number, number, readonly number[]];

interface UniformDraw {
  kind: "uniform";
  /** Null where the log left it out, because it cannot matter. */
  value: number | null;
}

interface IntegerDraw {
  kind: "integer";
  low: number;
  high: number;
  value: number;
}

function single(draw: MinatarDraw): (UniformDraw | IntegerDraw)[] {
  switch (draw[0]) {
    case "u":
      return [{ kind: "uniform", value: draw[1] }];
    case "U":
      return draw[1].map((value) => ({ kind: "uniform", value }));
    case "i":
      return [{ kind: "integer", low: draw[1], high: draw[2], value: draw[3] }];
    case "I":
      return draw[3].map((value) => ({ kind: "integer", low: draw[1], high: draw[2], value }));
    default:
      return draw satisfies never;
  }
}

/** Gives out the draws that are expected next; any other request throws. */
export class LoggedDraws implements RandomSource {
  private queue: (UniformDraw | IntegerDraw)[] = [];

  expect(draws: readonly MinatarDraw[]): void {
    this.queue = draws.flatMap(single);
  }

  requireEmpty(when: string): void {
    if (this.queue.length > 0) throw new Error(`${when} left draws over: ${JSON.stringify(this.queue)}`);
  }

  random(): number {
    // An unlogged value belongs to stickiness 0, where every value gives the same.
    return this.nextUniform() ?? 0.5;
  }

  integers(low: number, high: number): number {
    const draw = this.queue.shift();
    if (draw?.kind !== "integer" || draw.low !== low || draw.high !== high) {
      throw new Error(
        `integers(${low}, ${high}) was asked for where the log has ${JSON.stringify(draw ?? "no draw")}`,
      );
    }
    return draw.value;
  }

  uniform(low: number, high: number): number {
    throw new Error(`uniform(${low}, ${high}) was asked for; MinAtar draws only random() and integers()`);
  }

  nextUniform(): number | null {
    const draw = this.queue.shift();
    if (draw?.kind !== "uniform") {
      throw new Error(`random() was asked for where the log has ${JSON.stringify(draw ?? "no draw")}`);
    }
    return draw.value;
  }
}

/** Draws from a generator, and throws where the log says otherwise. */
export class VerifiedDraws implements RandomSource {
  constructor(
    private readonly rng: RandomSource,
    private readonly log: LoggedDraws,
  ) {}

  random(): number {
    const value = this.rng.random();
    return this.agree("random()", value, this.log.nextUniform() ?? value);
  }

  integers(low: number, high: number): number {
    return this.agree(
      `integers(${low}, ${high})`,
      this.rng.integers(low, high),
      this.log.integers(low, high),
    );
  }

  uniform(low: number, high: number): number {
    return this.log.uniform(low, high);
  }

  private agree(request: string, drawn: number, logged: number): number {
    if (drawn !== logged) throw new Error(`${request} drew ${drawn} where the log has ${logged}`);
    return drawn;
  }
}

/** NumPy's legacy generator: MT19937 seeded from one 32-bit integer, with its `random_sample` and `randint`. */
export class RandomState implements RandomSource {
  private readonly words = new Uint32Array(624);
  private position = 624;

  constructor(seed: number) {
    this.words[0] = seed;
    for (let i = 1; i < 624; i++) {
      const before = this.words[i - 1]!;
      this.words[i] = Math.imul(1812433253, before ^ (before >>> 30)) + i;
    }
  }

  random(): number {
    const high = this.next32() >>> 5;
    const low = this.next32() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  }

  /** Masked rejection; a span of one value draws nothing. */
  integers(low: number, high: number): number {
    const greatest = high - 1 - low;
    if (greatest === 0) return low;
    const mask = 2 ** (32 - Math.clz32(greatest)) - 1;
    for (;;) {
      const candidate = (this.next32() & mask) >>> 0;
      if (candidate <= greatest) return low + candidate;
    }
  }

  uniform(low: number, high: number): number {
    return low + (high - low) * this.random();
  }

  private next32(): number {
    if (this.position === 624) this.generateBlock();
    let word = this.words[this.position++]!;
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    return (word ^ (word >>> 18)) >>> 0;
  }

  private generateBlock(): void {
    const { words } = this;
    for (let i = 0; i < 624; i++) {
      const joined = (words[i]! & 0x80000000) | (words[(i + 1) % 624]! & 0x7fffffff);
      words[i] = words[(i + 397) % 624]! ^ (joined >>> 1) ^ (joined & 1 ? 0x9908b0df : 0);
    }
    this.position = 0;
  }
}
