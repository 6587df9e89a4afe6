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

/**
 * Times candidates with fixed iterations and takes medians. After `warmUps` untimed rounds the candidates take
 * turns within each of the `repetitions`, so that a slow moment of the machine hits all of them.
 */
export async function compare(
  candidates: readonly Candidate[],
  { repetitions = 5, warmUps = 2 }: { repetitions?: number; warmUps?: number } = {},
): Promise<Measurement[]> {
  const seconds = candidates.map((): number[] => []);
  const results = candidates.map(() => Number.NaN);
  for (let round = -warmUps; round < repetitions; round++) {
    for (const [index, candidate] of candidates.entries()) {
      const start = performance.now();
      results[index] = await candidate.work(candidate.iterations);
      if (round >= 0) seconds[index]!.push((performance.now() - start) / 1000);
    }
  }
  return candidates.map(({ name, iterations }, index) => {
    const result = results[index]!;
    if (!Number.isFinite(result))
      throw new Error(`Bench candidate '${name}' returned ${result}; expected a finite number.`);
    const times = seconds[index]!.sort((a, b) => a - b);
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
