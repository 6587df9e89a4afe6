import { GymnasiumError } from "gymnasium-js";
import { EpisodePlayer, type FitnessSetting, type Population } from "../../agents/evolution/index.js";
import { LudusError } from "../errors.js";
import type { EvaluationBlock, EvaluationTask, SentError } from "./evaluation-messages.js";
import { EvaluationWorker } from "./evaluation-worker.js";
import { playBlock } from "./play-block.js";

export interface EvaluationPoolOptions {
  /** Threads that play; 0 (the default) plays in this one. */
  workers?: number;
  /** Absolute paths of modules that register environments of your own; every thread loads them. */
  modules?: readonly string[];
  /** URL of a module whose `loadEnvModule(path)` loads `modules`; without it they are imported as they are. */
  moduleLoader?: string;
  /** Seconds after which a thread that does not answer counts as dead; 300 by default. */
  timeoutSeconds?: number;
  /** Most memory of each thread's JavaScript heap; V8's own limit by default. */
  heapMegabytes?: number;
  /** How often a thread that dies is replaced, which changes no number; 0 by default. */
  maxRestarts?: number;
  /** Hears of threads that are replaced, in one sentence. */
  onWarning?(sentence: string): void;
}

/** Returns and lengths of `candidates * seeds` episodes: episode e of candidate c is at `c * seeds + e`. */
export type PlayedEpisodes = EvaluationBlock;

/** Blocks per worker and task: enough that none waits long for the last, few enough that messages cost nothing. */
const blocksPerWorker = 4;
/** The event loop gets its turn at least this often, ms. */
const breath = 16;

/**
 * Plays the episodes of populations, in threads or in this one. An episode depends on its candidate and its seed
 * alone, so that the numbers are the same whatever the number of threads. Close it when done.
 */
export class EvaluationPool {
  private readonly workers: EvaluationWorker[] = [];
  private readonly player: EpisodePlayer | null;
  private restarts = 0;
  private closing: Promise<void> | null = null;
  /** Settles when the threads have nothing to do any more: they have one task at a time. */
  private idle: Promise<unknown> = Promise.resolve();

  /**
   * @throws GymnasiumError as `makeVec` if `workers` is 0; else the first `evaluate` does
   * @throws LudusError `env-failed` where the system gives no more threads
   */
  constructor(
    private readonly setting: FitnessSetting,
    private readonly options: EvaluationPoolOptions = {},
  ) {
    const { workers = 0 } = options;
    if (!Number.isInteger(workers) || workers < 0 || workers > 1024) {
      throw new LudusError(
        "invalid-value",
        `workers is ${workers}; it has to be a whole number from 0 to 1024.`,
      );
    }
    this.player = workers === 0 ? new EpisodePlayer(setting) : null;
    try {
      for (let i = 0; i < workers; i++) this.workers.push(this.spawn(i));
    } catch (error) {
      void this.close();
      throw error;
    }
  }

  /**
   * @param seeds of the episodes that every candidate plays
   * @throws GymnasiumError what an environment says; LudusError `env-failed`, one sentence, if anything else goes wrong in a
   * thread
   */
  async evaluate(population: Population, seeds: readonly number[]): Promise<PlayedEpisodes> {
    const total = population.size * seeds.length;
    const played = { returns: new Float64Array(total), lengths: new Float64Array(total) };
    if (this.player !== null) {
      await this.playHere(this.player, { population, seeds }, played);
      return played;
    }
    const task = { population: inSharedMemory(population), seeds };
    const turn = this.idle.then(() => this.playInThreads(task, played));
    this.idle = turn.catch(() => {});
    await turn;
    return played;
  }

  /** What is being evaluated is given up, and rejects. */
  close(): Promise<void> {
    this.closing ??= this.closeAll();
    return this.closing;
  }

  private async closeAll(): Promise<void> {
    this.player?.close();
    await Promise.all(this.workers.map((worker) => worker.close()));
  }

  private async playHere(player: EpisodePlayer, task: EvaluationTask, played: PlayedEpisodes): Promise<void> {
    const total = played.returns.length;
    const perCandidate = task.seeds.length;
    for (let from = 0, latest = performance.now() + breath; from < total; from += perCandidate) {
      const to = from + perCandidate;
      keep(playBlock(player, task, { from, to }), { played, from });
      if (performance.now() < latest) continue;
      await new Promise((resolve) => setImmediate(resolve));
      if (this.closing !== null) throw new LudusError("env-failed", "The evaluation pool was closed.");
      latest = performance.now() + breath;
    }
  }

  /** Ends when no thread plays a block of it any more, also where it fails. */
  private async playInThreads(task: EvaluationTask, played: PlayedEpisodes): Promise<void> {
    const total = played.returns.length;
    const size = Math.ceil(total / (this.workers.length * blocksPerWorker));
    let next = 0;
    const takeBlock = () => {
      if (next >= total) return null;
      const block = { from: next, to: Math.min(total, next + size) };
      next = block.to;
      return block;
    };
    const work = async (index: number) => {
      let worker = this.workers[index] as EvaluationWorker;
      worker.begin(task);
      for (let block = takeBlock(); block !== null; ) {
        const reply = await worker.play(block).catch((error: Error) => error);
        if (reply instanceof Error && this.closing !== null) throw reply;
        if (reply instanceof Error) {
          worker = this.replace(index, this.sentence(index, task, { block, why: reply.message }));
          worker.begin(task);
          continue;
        }
        if (!reply.ok) throw this.refusal(index, task, { block, error: reply.error });
        keep(reply.value, { played, from: block.from });
        block = takeBlock();
      }
    };
    const ends = await Promise.allSettled(
      this.workers.map((_, index) =>
        work(index).catch((error) => {
          next = total;
          throw error;
        }),
      ),
    );
    for (const end of ends) if (end.status === "rejected") throw end.reason;
  }

  /** A new thread in the place of one that died. */
  private replace(index: number, sentence: string): EvaluationWorker {
    const { maxRestarts = 0, onWarning } = this.options;
    if (this.restarts >= maxRestarts) throw new LudusError("env-failed", sentence);
    this.restarts++;
    onWarning?.(`${sentence} It is replaced, and its episodes are played again.`);
    const worker = this.spawn(index);
    this.workers[index] = worker;
    return worker;
  }

  private spawn(index: number): EvaluationWorker {
    const { modules = [], moduleLoader = null, timeoutSeconds = 300, heapMegabytes } = this.options;
    try {
      return new EvaluationWorker({
        data: { setting: this.setting, modules, moduleLoader },
        timeoutSeconds,
        heapMegabytes,
      });
    } catch (error) {
      const { message } = error as Error;
      const sentence = `${this.setting.env}: evaluation worker ${index} did not start: ${message}.`;
      throw new LudusError("env-failed", sentence, { cause: error });
    }
  }

  /** An environment's own refusals stay what they are; anything else says where it happened. */
  private refusal(
    index: number,
    task: EvaluationTask,
    { block, error }: { block: Block; error: SentError },
  ): Error {
    if (error.code !== null) return new GymnasiumError(error.code as GymnasiumError["code"], error.message);
    return new LudusError("env-failed", this.sentence(index, task, { block, why: error.message }));
  }

  private sentence(
    index: number,
    { seeds }: EvaluationTask,
    { block, why }: { block: Block; why: string },
  ): string {
    const first = Math.floor(block.from / seeds.length);
    const last = Math.floor((block.to - 1) / seeds.length);
    const which = first === last ? `candidate ${first}` : `candidates ${first} to ${last}`;
    return `${this.setting.env}: evaluation worker ${index}, with ${which}, failed: ${why.replace(/[.\s]*$/, ".")}`;
  }
}

interface Block {
  from: number;
  to: number;
}

function keep(block: EvaluationBlock, { played, from }: { played: PlayedEpisodes; from: number }): void {
  played.returns.set(block.returns, from);
  played.lengths.set(block.lengths, from);
}

/** The same population in memory that threads read together, instead of one copy for each. */
function inSharedMemory(population: Population): Population {
  if (population.type === "vectors") return { ...population, rows: shared(population.rows) };
  const { mean, deviation } = population;
  return {
    ...population,
    mean: shared(mean),
    deviation: typeof deviation === "number" ? deviation : shared(deviation),
  };
}

function shared(values: Float32Array): Float32Array {
  const copy = new Float32Array(new SharedArrayBuffer(values.byteLength));
  copy.set(values);
  return copy;
}
