// Run as a program of its own, so that nothing but environments allocates: prints one JSON object a line, an
// `AllocationRecord`. Its flags: --expose-gc, a young generation of 1 MB (--max-semi-space-size=1), and inlining of the
// shortest functions only (--max-inlined-bytecode-size-cumulative=0). How much V8 inlines otherwise depends on which code
// was optimised first, and so on the machine's load; a call that is not inlined boxes the doubles that it returns.
import { PerformanceObserver, performance } from "node:perf_hooks";
import { getHeapStatistics } from "node:v8";
import { box, defineEnv, discrete, make, makeVec, proceed, register, registry } from "gymnasium-js";
import "../../src/envs/index.js";
import { drawActions } from "../../bench/harness/actions.js";
import { type Allocation, isNextToNothing } from "./allocation-bounds.js";

export interface AllocationRecord extends Allocation {
  readonly id: string;
  readonly mode: "vector" | "single";
}

/** Makes so many steps. */
type Run = (steps: number) => void;

const numEnvs = 32;
const millionSteps = 1_000_000;
/** Environments that would take more seconds than the first for a million steps make as many as the second allows. */
const [longestMillion, budget] = [0.4, 0.15];
const actionCycle = 256;
const mostRuns = 20;

/** Allocates three words in each step, the least that an object can be: what must be noticed. */
const leaky = defineEnv({
  id: "Leaky-v0",
  observationSpace: box({ low: 0, high: 1, shape: [1], dtype: "float32" }),
  actionSpace: discrete(2),
  init: () => ({ last: {} as object }),
  step(state) {
    state.last = {};
    return proceed(0);
  },
  observe(_state, out, offset) {
    out[offset] = 0;
  },
});

const observedCollections: number[] = [];
const observer = new PerformanceObserver((list) => {
  for (const { startTime } of list.getEntries()) observedCollections.push(startTime);
});
observer.observe({ entryTypes: ["gc"] });

const ids = [...registry.keys()];
register(leaky);
for (const id of [leaky.id, ...ids]) {
  console.log(JSON.stringify(await measure(id, "vector", vectorRun(id))));
  console.log(JSON.stringify(await measure(id, "single", singleRun(id))));
}

function vectorRun(id: string): Run {
  const envs = makeVec(id, { numEnvs, autoresetMode: "same-step" });
  const { batches } = drawActions(envs.singleActionSpace, numEnvs, actionCycle);
  envs.reset({ seed: 0 });
  let turn = 0;
  return (steps) => {
    for (let step = 0; step < steps; step += numEnvs) envs.step(batches[turn++ & (actionCycle - 1)]!);
  };
}

function singleRun(id: string): Run {
  const env = make(id);
  const { single } = drawActions(env.actionSpace, 0, actionCycle);
  env.reset({ seed: 0 });
  let turn = 0;
  return (steps) => {
    for (let step = 0; step < steps; step++) {
      const { terminated, truncated } = env.step(single[turn++ & (actionCycle - 1)]);
      if (terminated || truncated) env.reset();
    }
  };
}

/**
 * The best of up to `mostRuns` runs: code allocates until it is optimised, and when that is depends on the machine's load.
 * A run that allocates next to nothing ends it.
 */
async function measure(id: string, mode: AllocationRecord["mode"], run: Run): Promise<AllocationRecord> {
  const steps = stepsWithin(run);
  let best = await measureOnce(id, mode, steps, run);
  for (let attempt = 1; attempt < mostRuns && !isNextToNothing(best); attempt++) {
    const record = await measureOnce(id, mode, steps, run);
    const collections = record.collections - best.collections;
    const bytes = record.bytesPerStep - best.bytesPerStep;
    if (collections < 0 || (collections === 0 && bytes < 0)) best = record;
  }
  return best;
}

async function measureOnce(
  id: string,
  mode: AllocationRecord["mode"],
  steps: number,
  run: Run,
): Promise<AllocationRecord> {
  // What was made before is not to be collected, or counted, during the run.
  globalThis.gc?.();
  const start = performance.now();
  const bytesPerStep = bytesAllocated(run, steps) / steps;
  const collections = await collectionsBetween(start, performance.now());
  return { id, mode, steps, bytesPerStep, collections };
}

/** A million, or as many as there is time for; found out by a run that warms up. */
function stepsWithin(run: Run): number {
  let [steps, seconds] = [numEnvs, 0];
  while (seconds < 0.05 && steps < millionSteps / 4) {
    steps *= 2;
    // Of the processor: a machine that is busy otherwise would leave too few steps to tell anything.
    const start = process.cpuUsage();
    run(steps);
    const { user, system } = process.cpuUsage(start);
    seconds = (user + system) / 1e6;
  }
  const million = (seconds / steps) * millionSteps;
  if (million < longestMillion) return millionSteps;
  return Math.max(numEnvs, Math.round(((budget / million) * millionSteps) / numEnvs) * numEnvs);
}

/** Sum of all growth of the heap during `steps` steps, sampled often enough to see between collections. */
function bytesAllocated(run: Run, steps: number): number {
  const slice = 3200;
  let bytes = 0;
  let before = getHeapStatistics().used_heap_size;
  for (let done = 0; done < steps; done += slice) {
    run(Math.min(slice, steps - done));
    const after = getHeapStatistics().used_heap_size;
    bytes += Math.max(0, after - before);
    before = after;
  }
  return bytes;
}

/** Collections are reported some turns of the event loop after they happened. */
async function collectionsBetween(start: number, end: number): Promise<number> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
  return observedCollections.filter((time) => time >= start && time <= end).length;
}
