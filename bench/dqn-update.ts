// DQN updates per second: sampled batch in, changed weights out (targets, loss, gradients, RMSProp); forwards and single
// inferences beside them. Each engine runs in a process of its own, in turns with PyTorch where there is one.
import { fileURLToPath } from "node:url";
import { type Bench, type BenchOptions, type BenchRecord, rounded } from "./harness/bench.js";
import { actions, type Question, subjects } from "./harness/dqn-questions.js";
import { type Flops, flopsOf } from "./harness/flops.js";
import { peakGflops } from "./harness/peak.js";
import {
  iterationsOf,
  type MeasuredEngine,
  type Rivals,
  ratesOf,
  ratio,
  rivalsOf,
} from "./harness/rivals.js";

const worker = fileURLToPath(new URL("./harness/dqn-worker.ts", import.meta.url));

/** One line of results. */
interface Cell {
  net: Question["net"];
  batch: number;
  flops: Flops;
}

async function* run(options: BenchOptions): AsyncIterable<BenchRecord> {
  const peak = await peakGflops();
  for await (const rivals of rivalsOf(worker, "dqn_update")) {
    for (const cell of cellsOf(rivals.engine)) yield measure(cell, rivals, { peak, options });
  }
}

function cellsOf(engine: MeasuredEngine): Cell[] {
  return subjects.flatMap((subject) => {
    const { net, batches } = subject;
    const flops = flopsOf(subject, actions);
    // On cpu an update of the large net takes a minute.
    const measured = engine !== "cpu" ? batches : net === "minatar" ? batches.slice(0, 1) : [];
    return measured.map((batch) => ({ net, batch, flops }));
  });
}

async function measure(
  cell: Cell,
  rivals: Rivals,
  { peak, options }: { peak: number | null; options: BenchOptions },
): Promise<BenchRecord> {
  const { net, batch, flops } = cell;
  const { engine, threads, about } = rivals;
  const perSecond = (what: Question["what"], flopsPerIteration: number) => {
    const iterations = iterationsOf(engine, flopsPerIteration, options);
    const question: Question = { net, batch, threads, what, iterations };
    return ratesOf(question, rivals, options);
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
    torch: about,
  };
}

export default {
  name: "dqn-update",
  describe: "DQN updates per second of the MinAtar net and the Nature CNN, by engine, beside PyTorch's",
  run,
} satisfies Bench;
