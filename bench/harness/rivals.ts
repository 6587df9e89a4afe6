import { availableParallelism } from "node:os";
import { type EngineName, engineReport } from "ludus";
import { type BenchOptions, median, rounded, scaled, takeTurns } from "./bench.js";
import { type Respondent, startWorker } from "./questions.js";
import { findTorch, startTorch, type TorchPeer } from "./torch.js";

/** Engines that are measured, with about the GFLOP/s that they do: it decides how long a repetition is. */
export const engineSpeeds = { native: 100, wasm: 20, cpu: 0.25 } as const satisfies Partial<
  Record<EngineName, number>
>;

export type MeasuredEngine = keyof typeof engineSpeeds;

/** An engine with so many threads, and PyTorch with as many, or null. */
export interface Rivals {
  engine: MeasuredEngine;
  threads: number;
  ludus: Respondent;
  torch: Respondent | null;
  /** Which PyTorch. */
  about: string | null;
}

/**
 * Every engine that is there, with one thread and with two where it has threads, each in a process of its own.
 *
 * @param worker file that answers for Ludus
 */
export async function* rivalsOf(worker: string, peer: TorchPeer): AsyncGenerator<Rivals> {
  const present = (await engineReport())
    .filter(({ available }) => available)
    .map(({ name }) => name as string);
  const torch = findTorch();
  if ("missing" in torch)
    console.error(`No comparison with PyTorch, which no Python here has: ${torch.missing}`);
  for (const engine of Object.keys(engineSpeeds) as MeasuredEngine[]) {
    if (!present.includes(engine)) continue;
    for (const threads of threadCounts(engine)) {
      const other = "python" in torch ? await startTorch(torch.python, threads, peer) : null;
      const ludus = startWorker(worker, engine, threads);
      try {
        yield { engine, threads, ludus, torch: other?.peer ?? null, about: other?.about ?? null };
      } finally {
        await Promise.all([ludus.close(), other?.peer.close()]);
      }
    }
  }
}

/** Only the native engine has threads. */
function threadCounts(engine: MeasuredEngine): readonly number[] {
  return engine === "native" && availableParallelism() > 1 ? [1, 2] : [1];
}

/** As many as take some 0.4 s: 20 microseconds each for what is not arithmetic, and the arithmetic. */
export function iterationsOf(engine: MeasuredEngine, flops: number, options: BenchOptions): number {
  return scaled(0.4 / (20e-6 + flops / (1e9 * engineSpeeds[engine])), options);
}

export interface Rates {
  ludus: number;
  torch: number | null;
}

/** Iterations per second of both, by the median of the repetitions. */
export async function ratesOf(
  question: { readonly iterations: number },
  { ludus, torch }: Rivals,
  options: BenchOptions,
): Promise<Rates> {
  const works = [ludus, torch]
    .filter((rival) => rival !== null)
    .map((rival) => async () => (await rival.ask(question))["seconds"] as number);
  const rounds = { repetitions: scaled(5, options), warmUps: scaled(2, options) };
  const [ours, theirs] = (await takeTurns(works, rounds)).map(
    (seconds) => question.iterations / median(seconds),
  );
  return { ludus: ours!, torch: theirs ?? null };
}

/** How many times as fast as PyTorch. */
export function ratio({ ludus, torch }: Rates): number | null {
  return torch === null ? null : rounded(ludus / torch, 3);
}
