import { Observable, Subject, take } from "rxjs";
import { describe, expect, test } from "vitest";
import {
  type Episode,
  EpisodeTracker,
  episodeStatistics,
  nStep,
  type RolloutStep,
  stopAfter,
  throttleFrames,
} from "../../src/streams/index.js";
import { ends, marbles } from "./stairs.js";

/** Two environments: the first ends with steps b and d, the second with d. */
const steps = {
  a: ends(0, "1", "10"),
  b: ends(1, "2!", "20"),
  c: ends(2, "3", "30"),
  d: ends(3, "4~", "40!"),
};
const first: Episode = { env: 0, return: 3, length: 2, terminated: true, truncated: false, index: 1 };
const second: Episode = { env: 0, return: 7, length: 2, terminated: false, truncated: true, index: 3 };
const other: Episode = { env: 1, return: 100, length: 4, terminated: true, truncated: false, index: 3 };

describe("episodeStatistics", () => {
  test("emits each episode as it ends, in the order of the environments", () => {
    marbles().run(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot("--a-b-c-d------|", steps);
      expectObservable(source.pipe(episodeStatistics())).toBe("----f---(so)---|", {
        f: first,
        s: second,
        o: other,
      });
      expectSubscriptions(source.subscriptions).toBe("^--------------!");
    });
  });

  test("each subscription counts for itself", () => {
    marbles().run(({ cold, expectObservable }) => {
      const episodes$ = cold("a-b|", steps).pipe(episodeStatistics());
      expectObservable(episodes$).toBe("--f|", { f: first });
      expectObservable(episodes$, "--^---").toBe("----f|", { f: first });
    });
  });

  test("errors pass; unsubscribing reaches the source", () => {
    marbles().run(({ hot, expectObservable, expectSubscriptions }) => {
      const failing = hot("a-b-#", steps);
      expectObservable(failing.pipe(episodeStatistics())).toBe("--f-#", { f: first });
      const source = hot("a-b-c-d-|", steps);
      expectObservable(source.pipe(episodeStatistics()), "^--!").toBe("--f-", { f: first });
      expectSubscriptions(source.subscriptions).toBe("^--!");
    });
  });

  test("ended between two episodes of one step, it takes no further step", () => {
    marbles().run(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot("abcd|", steps);
      expectObservable(source.pipe(episodeStatistics(), take(2))).toBe("-f-(s|)", { f: first, s: second });
      expectSubscriptions(source.subscriptions).toBe("^--!");
    });
  });

  test.each([0, 1, 2, 3])("saved after step %i and restored, it reports the same episodes", (at) => {
    const script = Object.values(steps);
    const tracker = new EpisodeTracker(2);
    const episodes: Episode[] = [];
    const listen = (using: EpisodeTracker, some: RolloutStep[]) => {
      const source = new Subject<RolloutStep>();
      source.pipe(episodeStatistics(using)).subscribe((episode) => episodes.push(episode));
      for (const step of some) source.next(step);
    };
    listen(tracker, script.slice(0, at + 1));
    const saved = structuredClone(tracker.save());
    const resumed = new EpisodeTracker(2);
    resumed.restore(saved);
    // A resumed stream counts its steps from 0 again.
    listen(
      resumed,
      script.slice(at + 1).map((step, index) => ({ ...step, index })),
    );
    expect(episodes).toEqual([first, second, other]);
  });

  test("saved within an event, all environments have been counted", () => {
    const tracker = new EpisodeTracker(2);
    const source = new Subject<RolloutStep>();
    const saved: unknown[] = [];
    source.pipe(episodeStatistics(tracker)).subscribe(() => saved.push(tracker.save()));
    for (const step of Object.values(steps)) source.next(step);
    expect(saved).toEqual([
      { steps: 2, returns: Float64Array.of(0, 30), lengths: Int32Array.of(0, 2) },
      { steps: 4, returns: Float64Array.of(0, 0), lengths: Int32Array.of(0, 0) },
      { steps: 4, returns: Float64Array.of(0, 0), lengths: Int32Array.of(0, 0) },
    ]);
  });

  test("counts of another number of environments are refused", () => {
    const tracker = new EpisodeTracker(3);
    expect(() => tracker.restore(new EpisodeTracker(2).save())).toThrow("of 2 environments, expected 3");
    expect(() => tracker.restore(null)).toThrow("of no environments, expected 3");
  });
});

describe("stopAfter", () => {
  test("completes with the step in which the count is reached", () => {
    marbles().run(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot("-a-b-c-d-|", steps);
      expectObservable(source.pipe(stopAfter(6))).toBe("-a-b-(c|)", steps);
      expectObservable(source.pipe(stopAfter(5))).toBe("-a-b-(c|)", steps);
      expectObservable(source.pipe(stopAfter(4))).toBe("-a-(b|)", steps);
      expectSubscriptions(source.subscriptions).toBe(["^----!", "^----!", "^--!"]);
    });
  });

  test("counts what it sees, whatever the index; anew for each subscription", () => {
    marbles().run(({ hot, expectObservable }) => {
      const stopped = hot("-a-b-c-d-|", steps).pipe(stopAfter(4));
      expectObservable(stopped, "--^").toBe("---b-(c|)", steps);
      expectObservable(stopped, "----^").toBe("-----c-(d|)", steps);
    });
  });

  test("of nothing does not even subscribe; errors and an earlier end pass", () => {
    marbles().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold("a-b|", steps);
      expectObservable(source.pipe(stopAfter(0))).toBe("|");
      expectSubscriptions(source.subscriptions).toBe([]);
      expectObservable(cold("a-b|", steps).pipe(stopAfter(100))).toBe("a-b|", steps);
      expectObservable(cold("a-#", steps).pipe(stopAfter(100))).toBe("a-#", steps);
    });
  });
});

describe("throttleFrames", () => {
  const letters = (source: Observable<string>, fps: number) => source.pipe(throttleFrames(fps));

  test("lets the first event of each frame pass, at once", () => {
    marbles().run(({ hot, expectObservable, expectSubscriptions }) => {
      // 250 a second: frames of 4 ms from the first event on.
      const source = hot("--abcdefghij|");
      expectObservable(letters(source, 250)).toBe("--a---e---i-|");
      expectSubscriptions(source.subscriptions).toBe("^-----------!");
    });
  });

  test("events that come more slowly all pass; a late one does not move the frames after it", () => {
    marbles().run(({ hot, expectObservable }) => {
      expectObservable(letters(hot("a-----b----c|"), 250)).toBe("a-----b----c|");
      expectObservable(letters(hot("a-----bcde--|"), 250)).toBe("a-----b-d---|");
    });
  });

  test("starts with each subscription, and passes errors and the end", () => {
    marbles().run(({ hot, expectObservable }) => {
      const source = hot("abcdef#");
      expectObservable(letters(source, 250), "^").toBe("a---e-#");
      expectObservable(letters(source, 250), "-^").toBe("-b---f#");
      expectObservable(letters(source, 250), "^-!").toBe("a--");
    });
  });

  test("takes another clock", () => {
    let now = 0;
    const source = new Subject<number>();
    const seen: number[] = [];
    source.pipe(throttleFrames(10, { now: () => now })).subscribe((event) => seen.push(event));
    for (now = 1000; now < 1500; now += 30) source.next(now);
    expect(seen).toEqual([1000, 1120, 1210, 1300, 1420]);
    expect(() => throttleFrames(0)).toThrow("throttleFrames: fps is 0, expected a number above 0.");
  });
});

test("a source that emits without pause is stopped within the step", () => {
  let made = 0;
  const source = new Observable<RolloutStep>((subscriber) => {
    while (!subscriber.closed && made < 100) subscriber.next(ends(made++, "1!", "1"));
  });
  const clock = { now: () => made };
  source.pipe(episodeStatistics(), take(7)).subscribe();
  expect(made).toBe(7);
  made = 0;
  source.pipe(stopAfter(8)).subscribe();
  expect(made).toBe(4);
  made = 0;
  source.pipe(throttleFrames(500, clock), take(3)).subscribe();
  expect(made).toBe(5);
  made = 0;
  source.pipe(nStep(3, 1), take(3)).subscribe();
  expect(made).toBe(3);
});
