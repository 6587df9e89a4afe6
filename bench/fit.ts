// Images per second of training: batch in, changed weights out (forward, cross-entropy, gradients, optimiser), as a fit
// does it. Each engine runs in a process of its own, in turns with PyTorch where there is one.
import { fileURLToPath } from "node:url";
import { type Bench, type BenchOptions, type BenchRecord, rounded, scaled } from "./harness/bench.js";
import { type FitQuestion, type FitSubject, fitSubjects } from "./harness/fit-subjects.js";
import { trainingFlops } from "./harness/flops.js";
import { peakGflops } from "./harness/peak.js";
import {
  iterationsOf,
  type MeasuredEngine,
  type Rivals,
  ratesOf,
  ratio,
  rivalsOf,
} from "./harness/rivals.js";

const worker = fileURLToPath(new URL("./harness/fit-worker.ts", import.meta.url));

/** Images of a step, fewer where 64 would take many seconds; null where a few would take a minute. */
const batches: Readonly<Record<FitSubject["net"], Readonly<Record<MeasuredEngine, number | null>>>> = {
  lenet5: { native: 64, wasm: 64, cpu: 16 },
  resnet18: { native: 64, wasm: 16, cpu: null },
};

async function* run(options: BenchOptions): AsyncIterable<BenchRecord> {
  const peak = await peakGflops();
  for await (const rivals of rivalsOf(worker, "fit")) {
    for (const { net, spec } of fitSubjects) {
      const whole = batches[net][rivals.engine];
      if (whole === null) continue;
      // A single step of ResNet-18 takes seconds, so that less effort needs smaller batches.
      const cell = { net, batch: scaled(whole, options), flops: trainingFlops(spec) };
      yield measure(cell, rivals, { peak, options });
    }
  }
}

async function measure(
  { net, batch, flops }: { net: FitSubject["net"]; batch: number; flops: number },
  rivals: Rivals,
  { peak, options }: { peak: number | null; options: BenchOptions },
): Promise<BenchRecord> {
  const { engine, threads, about } = rivals;
  const iterations = iterationsOf(engine, batch * flops, options);
  const question: FitQuestion = { net, batch, threads, iterations };
  const steps = await ratesOf(question, rivals, options);
  const gflops = (steps.ludus * batch * flops) / 1e9;
  return {
    net,
    engine,
    batch,
    threads,
    imagesPerSecond: rounded(steps.ludus * batch, 1),
    gflops: rounded(gflops, 2),
    // Of what all its threads could do.
    peakShare: peak === null ? null : rounded(gflops / (peak * threads), 4),
    torchImagesPerSecond: steps.torch === null ? null : rounded(steps.torch * batch, 1),
    ratio: ratio(steps),
    torch: about,
  };
}

export default {
  name: "fit",
  describe: "images per second of training LeNet-5 and ResNet-18, by engine, beside PyTorch's",
  run,
} satisfies Bench;
