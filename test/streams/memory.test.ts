import { setImmediate } from "node:timers/promises";
import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { ignoreElements, lastValueFrom, tap } from "rxjs";
import { expect, test } from "vitest";
import { EpisodeTracker, episodeStatistics, nStep, rollout, stopAfter } from "../../src/streams/index.js";
import { makeStairs } from "./stairs.js";

setFlagsFromString("--expose_gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Bytes that stay. Promises and breaths are let go of first. */
async function bytesHeld(): Promise<number> {
  await setImmediate();
  collectGarbage();
  const { used_heap_size, external_memory } = getHeapStatistics();
  return used_heap_size + external_memory;
}

/**
 * What runs keep after they have ended, each of them anew: the least growth of three rounds, since a leak grows in every
 * round, and V8's own memory (compiled code, say) only now and then.
 */
async function growth(run: () => Promise<unknown>, times: number): Promise<number> {
  for (let warmUp = 0; warmUp < times / 10; warmUp++) await run();
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 3; round++) {
    const before = await bytesHeld();
    for (let i = 0; i < times; i++) await run();
    least = Math.min(least, (await bytesHeld()) - before);
  }
  return least;
}

const envs = makeStairs(4);
const actions = new Int32Array(4);

test("it can tell: what is kept per step is seen", async () => {
  const kept: Float64Array[] = [];
  const run = () =>
    lastValueFrom(
      rollout(envs, () => actions).pipe(
        stopAfter(4000),
        tap(({ next }) => kept.push(next.rewards.slice())),
      ),
    );
  expect(await growth(run, 10)).toBeGreaterThan(500_000);
  expect(kept.length).toBe(31_000);
});

test("a long rollout holds no more memory than a short one", async () => {
  const tracker = new EpisodeTracker(4);
  const long = () =>
    lastValueFrom(
      rollout(envs, () => actions).pipe(
        stopAfter(40_000),
        tap((step) => tracker.add(step, () => {})),
        nStep(3, 0.9),
        ignoreElements(),
      ),
      { defaultValue: null },
    );
  expect(await growth(long, 10)).toBeLessThan(300_000);
});

test("a thousand rollouts of the same environments leave nothing behind", async () => {
  const short = () =>
    lastValueFrom(rollout(envs, () => actions).pipe(stopAfter(40), episodeStatistics()), {
      defaultValue: null,
    });
  expect(await growth(short, 1000)).toBeLessThan(300_000);
});
