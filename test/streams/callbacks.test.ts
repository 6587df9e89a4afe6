import { lastValueFrom, Observable, of, Subject, takeUntil, tap, toArray } from "rxjs";
import { describe, expect, test } from "vitest";
import {
  evaluateEvery,
  everySteps,
  noBetter,
  type RolloutStep,
  reaches,
  rollout,
  stopAfter,
  stopOnReturn,
} from "../../src/streams/index.js";
import { ends, heightPlusOne, makeStairs, marbles } from "./stairs.js";

const pair = {
  a: ends(0, "1", "10"),
  b: ends(1, "2!", "20"),
  c: ends(2, "3", "30"),
  d: ends(3, "4!", "40!"),
};
const results = (...means: number[]) => of(...means.map((returnMean) => ({ returnMean })));

/** Lets promises and the event loop have their turns. */
const air = (ms = 5) => new Promise((resolve) => setTimeout(resolve, ms));

describe("everySteps", () => {
  test("works with the first step that reaches each multiple, and passes every step", () => {
    const worked: number[] = [];
    marbles().run(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot("-a-b-c-d-|", pair);
      expectObservable(source.pipe(everySteps(3, (steps) => worked.push(steps)))).toBe("-a-b-c-d-|", pair);
      expectSubscriptions(source.subscriptions).toBe("^--------!");
    });
    expect(worked).toEqual([4, 6]);
  });

  test("counts on from what was made before, once for several multiples in one step", async () => {
    const worked: number[] = [];
    await lastValueFrom(of(pair.a, pair.b, pair.c).pipe(everySteps(1, (steps) => worked.push(steps), 100)));
    expect(worked).toEqual([102, 104, 106]);
  });

  test("each subscription counts for itself; what the work throws ends the stream", async () => {
    const worked: number[] = [];
    const steps$ = of(pair.a, pair.b).pipe(everySteps(4, (steps) => worked.push(steps)));
    await lastValueFrom(steps$);
    await lastValueFrom(steps$);
    expect(worked).toEqual([4, 4]);
    const failing = of(pair.a).pipe(
      everySteps(1, () => {
        throw new Error("full");
      }),
    );
    await expect(lastValueFrom(failing)).rejects.toThrow("full");
    expect(() => everySteps(0, () => {})).toThrow(RangeError);
  });
});

describe("a rollout waits", () => {
  test("for what a subscriber asks it to, and goes on as it would have", async () => {
    const plain = await stepsOf(rollout(makeStairs(), heightPlusOne(), { seed: 3 }));
    let working = 0;
    let madeWhileWorking = 0;
    const waiting = rollout(makeStairs(), heightPlusOne(), { seed: 3 }).pipe(
      tap(() => {
        if (working > 0) madeWhileWorking++;
      }),
      everySteps(6, async () => {
        working++;
        await air();
        working--;
      }),
    );
    expect(await stepsOf(waiting)).toEqual(plain);
    expect(madeWhileWorking).toBe(0);
  });

  test("for all of several", async () => {
    const ended: string[] = [];
    const work = (name: string, ms: number) =>
      everySteps<RolloutStep>(2, async () => {
        await air(ms);
        ended.push(name);
      });
    await lastValueFrom(
      rollout(makeStairs(), heightPlusOne(), { seed: 3 }).pipe(
        work("slow", 12),
        work("quick", 1),
        stopAfter(4),
      ),
    );
    await air(20);
    expect(ended).toEqual(["quick", "slow", "quick", "slow"]);
  });

  test("and fails with it", async () => {
    const failing = rollout(makeStairs(), heightPlusOne(), { seed: 3 }).pipe(
      everySteps(2, () => Promise.reject(new Error("the disk is full"))),
    );
    await expect(lastValueFrom(failing)).rejects.toThrow("the disk is full");
  });

  test("without a step more for whoever unsubscribes meanwhile", async () => {
    let steps = 0;
    const subscription = rollout(makeStairs(), heightPlusOne(), { seed: 3 })
      .pipe(everySteps(2, () => air()))
      .subscribe(() => steps++);
    subscription.unsubscribe();
    await air(20);
    expect(steps).toBe(1);
  });
});

describe("evaluateEvery", () => {
  test("tells results with their step, and reasons to stop come from them", async () => {
    const evaluations = new Subject<{ returnMean: number; step: number }>();
    const seen: number[] = [];
    evaluations.subscribe(({ step }) => seen.push(step));
    const made = await stepsOf(
      rollout(makeStairs(), heightPlusOne(), { seed: 3 }).pipe(
        evaluateEvery(10, async (step) => (step === 20 ? null : { returnMean: step }), evaluations),
        takeUntil(evaluations.pipe(reaches(40))),
      ),
    );
    expect(seen).toEqual([10, 30, 40]);
    expect(made).toHaveLength(20);
  });
});

describe("reasons to stop", () => {
  test("reaches: the first that is high enough", async () => {
    const found = await lastValueFrom(results(1, 5, 3, 9).pipe(reaches(4), toArray()));
    expect(found).toEqual([{ returnMean: 5 }]);
    expect(await lastValueFrom(results(1, 2).pipe(reaches(4), toArray()))).toEqual([]);
  });

  test.each([
    ["a new best begins the count anew", [1, 0, 2, 2, 1, 9], 2, 0, [1]],
    ["equals are no better", [3, 3, 3, 7], 2, 0, [3]],
    ["small steps are none", [1, 1.4, 1.8, 2.2, 2.6], 2, 1, [1.8]],
    ["it may never come", [1, 2, 3], 1, 0, []],
  ])("noBetter: %s", async (_, means, patience, minDelta, expected) => {
    const found = await lastValueFrom(results(...means).pipe(noBetter({ patience, minDelta }), toArray()));
    expect(found.map(({ returnMean }) => returnMean)).toEqual(expected);
  });

  test("stopOnReturn: with the step after which the last episodes are good enough", () => {
    marbles().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold("a-b-c-d-|", pair);
      // Episodes: 3, then 7 and 100.
      expectObservable(source.pipe(stopOnReturn(3, { episodes: 1 }))).toBe("a-(b|)", pair);
      expectObservable(source.pipe(stopOnReturn(50, { episodes: 2 }))).toBe("a-b-c-(d|)", pair);
      expectObservable(source.pipe(stopOnReturn(50))).toBe("a-b-c-d-|", pair);
      expectSubscriptions(source.subscriptions).toBe(["^-!", "^-----!", "^-------!"]);
    });
  });
});

/** Rewards and ends of sixty vector steps at most. */
function stepsOf(steps$: Observable<RolloutStep>): Promise<unknown[]> {
  return lastValueFrom(
    new Observable<unknown>((subscriber) => {
      let count = 0;
      return steps$.subscribe({
        next: ({ next: { rewards, terminations } }) => {
          subscriber.next(structuredClone([rewards, terminations]));
          if (++count === 60) subscriber.complete();
        },
        error: (error) => subscriber.error(error),
        complete: () => subscriber.complete(),
      });
    }).pipe(toArray()),
  );
}
