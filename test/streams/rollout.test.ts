import { GymnasiumError, type VectorEnv } from "gymnasium-js";
import {
  lastValueFrom,
  map,
  type Observable,
  repeat,
  Subject,
  share,
  take,
  takeUntil,
  takeWhile,
  tap,
  toArray,
} from "rxjs";
import { afterEach, describe, expect, test, vi } from "vitest";
import { type RolloutStep, rollout, stopAfter } from "../../src/streams/index.js";
import { heightPlusOne, makeStairs, marbles } from "./stairs.js";

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

/** What a step says, copied. */
function facts({ index, observations, actions, next }: RolloutStep) {
  return {
    index,
    observations: Array.from(observations as Int32Array),
    actions: Array.from(actions as Int32Array),
    rewards: Array.from(next.rewards),
    ends: Array.from(next.terminations, (terminated, env) => terminated || next.truncations[env]!),
    nextObservations: Array.from(next.observations as Int32Array),
  };
}

function factsOf(steps: Observable<RolloutStep>) {
  return lastValueFrom(steps.pipe(map(facts), toArray()));
}

/** Counts what is done to the environments. */
function watched(envs: VectorEnv) {
  return { step: vi.spyOn(envs, "step"), reset: vi.spyOn(envs, "reset"), close: vi.spyOn(envs, "close") };
}

/** A first burst that does not end for want of time, however busy the machine is. */
const inOneBurst = { breatheMs: 60_000 };

function turnOfTheEventLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

describe("values and timing", () => {
  test("a burst comes at once, within subscribe", () => {
    marbles().run(({ expectObservable }) => {
      const steps$ = rollout(makeStairs(), heightPlusOne(), { seed: 0, ...inOneBurst }).pipe(
        stopAfter(6),
        map(({ index, next }) => `${index}: ${next.rewards}`),
      );
      expectObservable(steps$).toBe("(abc|)", { a: "0: 1,1", b: "1: 2,2", c: "2: 3,3" });
    });
  });

  test("a step holds what was seen, done and reached; where an episode ended, another has begun", async () => {
    const envs = makeStairs(1);
    const steps = await factsOf(rollout(envs, heightPlusOne(1), { seed: 3 }).pipe(take(12)));
    const lengths: number[] = [];
    steps.forEach(({ observations, actions, rewards, ends, nextObservations }, i) => {
      const [height, goal] = observations;
      expect(actions).toEqual([height! + 1]);
      expect(rewards).toEqual(actions);
      const over = height! + 1 === Math.min(goal!, 4);
      expect(ends).toEqual([over ? 1 : 0]);
      expect(nextObservations[0]).toBe(over ? 0 : height! + 1);
      if (i > 0) expect(steps[i - 1]!.nextObservations).toEqual(observations);
      if (over) lengths.push(height! + 1);
    });
    expect(lengths.length).toBeGreaterThan(2);
  });

  test("it is cold: nothing happens before a subscription, and each one starts anew", async () => {
    const envs = makeStairs();
    const { step, reset } = watched(envs);
    const steps$ = rollout(envs, heightPlusOne(), { seed: 5 }).pipe(take(9));
    expect(step).not.toHaveBeenCalled();
    expect(reset).not.toHaveBeenCalled();
    const first = await factsOf(steps$);
    expect(await factsOf(steps$)).toEqual(first);
    expect(first.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  });

  test("with resume it goes on from where the environments stand", async () => {
    const whole = await factsOf(rollout(makeStairs(), heightPlusOne(), { seed: 5 }).pipe(take(9)));
    const envs = makeStairs();
    const before = await factsOf(rollout(envs, heightPlusOne(), { seed: 5 }).pipe(take(4)));
    const after = await factsOf(rollout(envs, heightPlusOne(), { resume: true }).pipe(take(5)));
    const withoutIndex = ({ index, ...rest }: ReturnType<typeof facts>) => rest;
    expect([...before, ...after].map(withoutIndex)).toEqual(whole.map(withoutIndex));
  });
});

describe("who owns the arrays", () => {
  test("the event and its arrays are reused: what is kept changes, copies stay", async () => {
    const kept: RolloutStep[] = [];
    const copies: { observations: number[]; rewards: number[] }[] = [];
    const read = ({ observations, next }: RolloutStep) => ({
      observations: Array.from(observations as Int32Array),
      rewards: Array.from(next.rewards),
    });
    const envs = makeStairs();
    await lastValueFrom(
      rollout(envs, heightPlusOne(), { seed: 0 }).pipe(
        take(4),
        tap((step) => {
          kept.push({ ...step });
          copies.push(read(step));
        }),
      ),
    );
    expect(copies.map(({ rewards }) => rewards[0])).toEqual([1, 2, 3, 4]);
    // Two sets of arrays take turns, so only the last two events still read as they did.
    expect(kept[0]!.observations).toBe(kept[2]!.observations);
    expect(read(kept[0]!)).not.toEqual(copies[0]);
    expect(read(kept[1]!)).not.toEqual(copies[1]);
    const again: typeof copies = [];
    await lastValueFrom(
      rollout(envs, heightPlusOne(), { seed: 0 }).pipe(
        take(4),
        tap((step) => again.push(read(step))),
      ),
    );
    expect(again).toEqual(copies);
  });

  test("it is one event object", async () => {
    const events = new Set<RolloutStep>();
    await lastValueFrom(
      rollout(makeStairs(), heightPlusOne()).pipe(
        take(50),
        tap((step) => events.add(step)),
      ),
    );
    expect(events.size).toBe(1);
  });
});

describe("teardown", () => {
  test("ended in the middle of the first burst, within subscribe, it stops within the step", () => {
    const envs = makeStairs();
    const { step } = watched(envs);
    const end = new Subject<void>();
    let seen = 0;
    rollout(envs, heightPlusOne(), inOneBurst)
      .pipe(takeUntil(end))
      .subscribe(() => {
        if (++seen === 7) end.next();
      });
    expect(seen).toBe(7);
    expect(step).toHaveBeenCalledTimes(7);
  });

  test("unsubscribing within next, in a later burst, stops it within the step", async () => {
    const envs = makeStairs();
    const { step } = watched(envs);
    let seen = 0;
    let stoppedAt = 0;
    await new Promise<void>((resolve) => {
      const subscription = rollout(envs, heightPlusOne(), { breatheMs: 0 }).subscribe(() => {
        seen++;
        if (seen < 5) return;
        subscription.unsubscribe();
        stoppedAt = seen;
        resolve();
      });
    });
    await turnOfTheEventLoop();
    expect(stoppedAt).toBe(5);
    expect(step).toHaveBeenCalledTimes(5);
  });

  test("unsubscribing between bursts calls the next one off", async () => {
    const envs = makeStairs();
    const { step } = watched(envs);
    const subscription = rollout(envs, heightPlusOne(), { breatheMs: 0 }).subscribe();
    expect(step).toHaveBeenCalledTimes(1);
    subscription.unsubscribe();
    await turnOfTheEventLoop();
    await turnOfTheEventLoop();
    expect(step).toHaveBeenCalledTimes(1);
  });

  test("a policy that ends its own rollout is not obeyed any more", async () => {
    const envs = makeStairs();
    const { step } = watched(envs);
    const act = heightPlusOne();
    let calls = 0;
    const subscription = rollout(
      envs,
      (observations) => {
        if (++calls === 3) subscription.unsubscribe();
        return act(observations);
      },
      { breatheMs: 0 },
    ).subscribe();
    for (let turn = 0; turn < 5; turn++) await turnOfTheEventLoop();
    expect(calls).toBe(3);
    expect(step).toHaveBeenCalledTimes(2);
  });

  test("environments stay open, unless the rollout is told to close them", async () => {
    const stays = makeStairs();
    const staysOpen = watched(stays);
    await lastValueFrom(rollout(stays, heightPlusOne()).pipe(take(2)));
    expect(staysOpen.close).not.toHaveBeenCalled();

    const envs = makeStairs();
    const { close, step } = watched(envs);
    await lastValueFrom(rollout(envs, heightPlusOne(), { closeEnvs: true }).pipe(take(2)));
    expect(close).toHaveBeenCalledTimes(1);
    expect(step).toHaveBeenCalledTimes(2);

    const failing = makeStairs();
    const failed = watched(failing);
    failed.step.mockImplementation(() => {
      throw new Error("the floor is gone");
    });
    rollout(failing, heightPlusOne(), { closeEnvs: true }).subscribe({ error: () => {} });
    expect(failed.close).toHaveBeenCalledTimes(1);
  });

  test("ended within an event, the environments are free for the next rollout at once", async () => {
    const steps$ = rollout(makeStairs(), heightPlusOne(), { seed: 1 }).pipe(take(2), repeat(3));
    const steps = await factsOf(steps$);
    expect(steps.map(({ index }) => index)).toEqual([0, 1, 0, 1, 0, 1]);
  });
});

describe("errors", () => {
  function errorOf(steps$: Observable<RolloutStep>): unknown {
    const seen: unknown[] = [];
    steps$.subscribe({ error: (error) => seen.push(error), complete: () => seen.push("complete") });
    expect(seen).toHaveLength(1);
    return seen[0];
  }

  test("of policy, step and reset come as errors of the stream, after the steps before", () => {
    const act = heightPlusOne();
    let calls = 0;
    const tired = new Error("tired");
    const seen: number[] = [];
    const policy = (observations: ArrayLike<unknown>) => {
      if (++calls === 3) throw tired;
      return act(observations);
    };
    const steps$ = rollout(makeStairs(), policy, inOneBurst);
    expect(errorOf(steps$.pipe(tap(({ index }) => seen.push(index))))).toBe(tired);
    expect(seen).toEqual([0, 1]);
    expect(errorOf(rollout(makeStairs(), () => new Int32Array(5)))).toMatchObject({ code: "invalid-action" });
    expect(errorOf(rollout(makeStairs(), act, { seed: -1 }))).toMatchObject({ code: "invalid-seed" });
  });

  test("in a later burst too", async () => {
    const act = heightPlusOne();
    let calls = 0;
    const policy = (observations: ArrayLike<unknown>) => {
      if (++calls === 4) throw new Error("tired");
      return act(observations);
    };
    await expect(lastValueFrom(rollout(makeStairs(), policy, { breatheMs: 0 }))).rejects.toThrow("tired");
  });

  test("autoreset modes that lose last observations are refused", () => {
    const envs = { ...makeStairs(), autoresetMode: "next-step" } as VectorEnv;
    const error = errorOf(rollout(envs, heightPlusOne()));
    expect(error).toBeInstanceOf(GymnasiumError);
    expect((error as Error).message).toMatch(/autoresetMode "next-step", expected "same-step"/);
  });

  test("two rollouts of the same environments at a time are refused; listeners share one", async () => {
    const envs = makeStairs();
    const steps$ = rollout(envs, heightPlusOne(), { breatheMs: 0 }).pipe(share());
    const counts = [0, 0];
    const one = steps$.subscribe(() => counts[0]!++);
    const other = steps$.subscribe(() => counts[1]!++);
    expect((errorOf(rollout(envs, heightPlusOne())) as Error).message).toMatch(/rolled out already/);
    await turnOfTheEventLoop();
    await turnOfTheEventLoop();
    one.unsubscribe();
    other.unsubscribe();
    expect(counts[0]).toBe(counts[1]! + 1);
    expect(counts[1]).toBeGreaterThan(0);
    expect(await factsOf(rollout(envs, heightPlusOne()).pipe(take(1)))).toHaveLength(1);
  });
});

describe("air for the event loop", () => {
  test("a timer fires in the middle of a long rollout", async () => {
    let firedAt = -1;
    const timer = setTimeout(() => {
      firedAt = seen;
    }, 5);
    let seen = 0;
    const start = performance.now();
    // A machine that is busy otherwise may let no timer fire for long; without air none ever does.
    await lastValueFrom(
      rollout(makeStairs(), heightPlusOne()).pipe(
        tap(() => seen++),
        takeWhile(() => firedAt < 0 && performance.now() - start < 20_000, true),
      ),
    );
    clearTimeout(timer);
    expect(firedAt).toBeGreaterThan(0);
    expect(firedAt).toBeLessThan(seen);
  });

  test("at least every 16 ms: bursts end with the step that reaches them", async () => {
    let now = 0;
    vi.spyOn(performance, "now").mockImplementation(() => now);
    const act = heightPlusOne();
    const policy = (observations: ArrayLike<unknown>) => {
      now += 5;
      return act(observations);
    };
    const breaths: number[] = [];
    const immediate = vi.spyOn(globalThis, "setImmediate");
    const timeout = vi.spyOn(globalThis, "setTimeout");
    await lastValueFrom(
      rollout(makeStairs(), policy).pipe(
        take(14),
        tap(({ index }) => {
          if (immediate.mock.calls.length > breaths.length) breaths.push(index);
        }),
      ),
    );
    // Steps of 5 ms: 5, 10, 15 and 20 ms make a burst.
    expect(breaths).toEqual([4, 8, 12]);
    expect(timeout).not.toHaveBeenCalled();
  });

  test("without setImmediate, as in a browser, it breathes by messages", async () => {
    vi.stubGlobal("setImmediate", undefined);
    const timeout = vi.spyOn(globalThis, "setTimeout");
    const steps = await factsOf(rollout(makeStairs(), heightPlusOne(), { breatheMs: 0 }).pipe(take(20)));
    expect(steps).toHaveLength(20);
    expect(timeout).not.toHaveBeenCalled();

    const envs = makeStairs();
    const { step } = watched(envs);
    rollout(envs, heightPlusOne(), { breatheMs: 0 }).subscribe().unsubscribe();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(step).toHaveBeenCalledTimes(1);
  });
});
