/** One line of results: plain JSON; `main` adds `bench`, the bench's name, in front. */
export type BenchRecord = Record<string, string | number | boolean | null>;

export interface BenchOptions {
  /** Scales all iteration counts; 1 by default, a small fraction with `--quick`. */
  readonly effort: number;
}

/** What a file in `bench/` exports as default; the file's name is the bench's name. */
export interface Bench {
  readonly name: string;
  /** One line for the list of benches. */
  readonly describe: string;
  /** Yields each record as soon as it is measured. */
  run(
    options: BenchOptions,
  ): AsyncIterable<BenchRecord> | Promise<readonly BenchRecord[]> | readonly BenchRecord[];
}

/** One of several things to be compared. */
export interface Candidate {
  readonly name: string;
  /** Units of work in one repetition. */
  readonly iterations: number;
  /**
   * Does `iterations` units of work.
   * @returns a number that depends on all of it, so that no compiler can leave the work out
   */
  work(iterations: number): number | Promise<number>;
}

export interface Measurement {
  readonly name: string;
  readonly iterations: number;
  /** Median over the repetitions. */
  readonly secondsPerIteration: number;
  readonly perSecond: number;
  /** Slowest minus fastest repetition, relative to the median. */
  readonly spread: number;
  /** What the last repetition returned. */
  readonly result: number;
}

/** How often things are measured. */
export interface Rounds {
  /** Rounds that count, default 5. */
  readonly repetitions?: number;
  /** Rounds before them that do not, default 2. */
  readonly warmUps?: number;
}

/**
 * Lets works take turns within each round, so that a slow moment of the machine hits all of them.
 * @param works each does its work once and tells how many seconds that took
 * @returns the seconds of each work, ascending
 */
export async function takeTurns(
  works: readonly (() => number | Promise<number>)[],
  { repetitions = 5, warmUps = 2 }: Rounds = {},
): Promise<number[][]> {
  const seconds = works.map((): number[] => []);
  for (let round = -warmUps; round < repetitions; round++) {
    for (const [index, work] of works.entries()) {
      const taken = await work();
      if (round >= 0) seconds[index]!.push(taken);
    }
  }
  for (const times of seconds) times.sort((a, b) => a - b);
  return seconds;
}

/** Times candidates with fixed iterations, in turns, and takes medians. */
export async function compare(candidates: readonly Candidate[], rounds: Rounds = {}): Promise<Measurement[]> {
  const results = candidates.map(() => Number.NaN);
  const works = candidates.map((candidate, index) => async () => {
    const start = performance.now();
    results[index] = await candidate.work(candidate.iterations);
    return (performance.now() - start) / 1000;
  });
  const seconds = await takeTurns(works, rounds);
  return candidates.map(({ name, iterations }, index) => {
    const result = results[index]!;
    if (!Number.isFinite(result))
      throw new Error(`Bench candidate '${name}' returned ${result}; expected a finite number.`);
    const times = seconds[index]!;
    const middle = median(times);
    const spread = (times.at(-1)! - times[0]!) / middle;
    return {
      name,
      iterations,
      secondsPerIteration: middle / iterations,
      perSecond: iterations / middle,
      spread,
      result,
    };
  });
}

/** @param sorted ascending, not empty */
export function median(sorted: readonly number[]): number {
  const upper = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[upper]! : (sorted[upper - 1]! + sorted[upper]!) / 2;
}

/** Iterations scaled by `effort`, at least 1. */
export function scaled(iterations: number, { effort }: BenchOptions): number {
  return Math.max(1, Math.round(iterations * effort));
}

/** For tables: the first `digits` digits after the point. */
export function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
