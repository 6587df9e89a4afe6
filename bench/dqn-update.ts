// DQN updates per second: sampled batch in, changed weights out (targets, loss, gradients, RMSProp); forwards and single
// inferences beside them. Each engine runs in a process of its own, in turns with PyTorch where there is one.
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { type EngineName, engineReport } from "ludus";
import {
  type Bench,
  type BenchOptions,
  type BenchRecord,
  median,
  rounded,
  scaled,
  takeTurns,
} from "./harness/bench.js";
import { actions, type Question, subjects } from "./harness/dqn-questions.js";
import { type Flops, flopsOf } from "./harness/flops.js";
import { peakGflops } from "./harness/peak.js";
import { type Respondent, startWorker } from "./harness/questions.js";
import { findTorch, startTorch } from "./harness/torch.js";

const worker = fileURLToPath(new URL("./harness/dqn-worker.ts", import.meta.url));

/** Engines that are measured, with about the GFLOP/s that they do: it decides how long a repetition is. */
const engines = { native: 100, wasm: 20, cpu: 0.25 } as const satisfies Partial<Record<EngineName, number>>;

type Measured = keyof typeof engines;

/** One line of results, and who answers for it. */
interface Cell {
  net: Question["net"];
  engine: Measured;
  batch: number;
  threads: number;
  flops: Flops;
}

/** Ludus, and PyTorch or null. */
type Rivals = readonly [Respondent, Respondent | null];

async function* run(options: BenchOptions): AsyncIterable<BenchRecord> {
  const present = (await engineReport())
    .filter(({ available }) => available)
    .map(({ name }) => name as string);
  const peak = await peakGflops();
  const torch = findTorch();
  if ("missing" in torch)
    console.error(`No comparison with PyTorch, which no Python here has: ${torch.missing}`);
  for (const engine of Object.keys(engines) as Measured[]) {
    if (!present.includes(engine)) continue;
    for (const threads of threadCounts(engine)) {
      const other = "python" in torch ? await startTorch(torch.python, threads) : null;
      const rivals: Rivals = [startWorker(worker, engine, threads), other?.peer ?? null];
      try {
        for (const cell of cellsOf(engine, threads)) {
          yield { ...(await measure(cell, rivals, { peak, options })), torch: other?.about ?? null };
        }
      } finally {
        await Promise.all(rivals.map((rival) => rival?.close()));
      }
    }
  }
}

/** Only the native engine has threads. */
function threadCounts(engine: Measured): readonly number[] {
  return engine === "native" && availableParallelism() > 1 ? [1, 2] : [1];
}

function cellsOf(engine: Measured, threads: number): Cell[] {
  return subjects.flatMap((subject) => {
    const { net, batches } = subject;
    const flops = flopsOf(subject, actions);
    // On cpu an update of the large net takes a minute.
    const measured = engine !== "cpu" ? batches : net === "minatar" ? batches.slice(0, 1) : [];
    return measured.map((batch) => ({ net, engine, batch, threads, flops }));
  });
}

async function measure(
  cell: Cell,
  rivals: Rivals,
  { peak, options }: { peak: number | null; options: BenchOptions },
): Promise<BenchRecord> {
  const { net, engine, batch, threads, flops } = cell;
  const perSecond = (what: Question["what"], flopsPerIteration: number) => {
    const iterations = scaled(iterationsOf(engine, flopsPerIteration), options);
    return ratesOf({ net, batch, threads, what, iterations }, rivals);
  };
  const update = await perSecond("update", batch * flops.update);
  const forward = await perSecond("forward", batch * flops.forward);
  const inference = await perSecond("inference", flops.forward);
  const gflops = (update.ludus * batch * flops.update) / 1e9;
  return {
    net,
    engine,
    batch,
    threads,
    updatesPerSecond: rounded(update.ludus, 1),
    forwardPerSecond: rounded(forward.ludus, 1),
    inferencePerSecond: rounded(inference.ludus, 1),
    gflops: rounded(gflops, 2),
    // Of what all its threads could do.
    peakShare: peak === null ? null : rounded(gflops / (peak * threads), 4),
    torchUpdatesPerSecond: update.torch === null ? null : rounded(update.torch, 1),
    updateRatio: ratio(update),
    forwardRatio: ratio(forward),
    inferenceRatio: ratio(inference),
  };
}

/** As many as take some 0.4 s: 20 microseconds each for what is not arithmetic, and the arithmetic. */
function iterationsOf(engine: Measured, flops: number): number {
  return 0.4 / (20e-6 + flops / (1e9 * engines[engine]));
}

interface Rates {
  ludus: number;
  torch: number | null;
}

/** Iterations per second of both, by the median of the repetitions. */
async function ratesOf(question: Question, rivals: Rivals): Promise<Rates> {
  const works = rivals
    .filter((rival) => rival !== null)
    .map((rival) => async () => (await rival.ask(question))["seconds"] as number);
  const [ludus, torch] = (await takeTurns(works)).map((seconds) => question.iterations / median(seconds));
  return { ludus: ludus!, torch: torch ?? null };
}

/** How many times as fast as PyTorch. */
function ratio({ ludus, torch }: Rates): number | null {
  return torch === null ? null : rounded(ludus / torch, 3);
}

export default {
  name: "dqn-update",
  describe: "DQN updates per second of the MinAtar net and the Nature CNN, by engine, beside PyTorch's",
  run,
} satisfies Bench;
