import { getHeapStatistics } from "node:v8";
import { defaultRng, make, makeVec, registry } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import "../../src/envs/index.js";

const numEnvs = 32;
const steps = 1_000_000;
/**
 * Less than the smallest object that V8 can make for each step (three words with a number in it). Episodes may cost
 * something: what a reset returns, an info.
 */
const mostBytesPerStep = 12;

describe.each([...registry.keys()])("%s", (id) => {
  test("a million steps in a vector leave next to nothing for the garbage collector", () => {
    const envs = makeVec(id, { numEnvs, autoresetMode: "same-step" });
    const rng = defaultRng(0);
    const { n } = envs.singleActionSpace.describe();
    const actions = Array.from({ length: 256 }, () =>
      Int32Array.from({ length: numEnvs }, () => rng.integers(0, Number(n))),
    );
    envs.reset({ seed: 0 });
    const run = (from: number, to: number) => {
      for (let step = from; step < to; step += numEnvs) envs.step(actions[(step / numEnvs) & 255]!);
    };
    run(0, steps / 4);
    expect(fewestBytes(run, steps) / steps).toBeLessThan(mostBytesPerStep);
  });

  test("a million single steps do the same", () => {
    const env = make<unknown, number>(id);
    const rng = defaultRng(0);
    const { n } = env.actionSpace.describe();
    const actions = Int32Array.from({ length: 4096 }, () => rng.integers(0, Number(n)));
    env.reset({ seed: 0 });
    const run = (from: number, to: number) => {
      for (let step = from; step < to; step++) {
        const { terminated, truncated } = env.step(actions[step & 4095]!);
        if (terminated || truncated) env.reset();
      }
    };
    run(0, steps / 4);
    expect(fewestBytes(run, steps) / steps).toBeLessThan(mostBytesPerStep);
  });
});

/** The least of some runs: code allocates until it is optimised, and when that is depends on the machine's load. */
function fewestBytes(run: (from: number, to: number) => void, count: number): number {
  let fewest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 5 && fewest / count >= mostBytesPerStep; i++) {
    fewest = Math.min(fewest, bytesAllocated(run, count));
  }
  return fewest;
}

/** Sum of all growth of the heap while `run` goes over `count` steps, sampled often enough to see between collections. */
function bytesAllocated(run: (from: number, to: number) => void, count: number): number {
  const slice = 3200;
  let bytes = 0;
  let before = getHeapStatistics().used_heap_size;
  for (let from = 0; from < count; from += slice) {
    run(from, Math.min(from + slice, count));
    const after = getHeapStatistics().used_heap_size;
    bytes += Math.max(0, after - before);
    before = after;
  }
  return bytes;
}
