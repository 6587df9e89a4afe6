import { defer, EMPTY, type Observable, takeWhile } from "rxjs";
import type { RolloutStep } from "./types.js";

/** Completes with the vector step in which so many environment steps are reached; at once if that is none. */
export function stopAfter(
  envSteps: number,
): <Step extends Pick<RolloutStep, "next">>(steps: Observable<Step>) => Observable<Step> {
  return (steps) =>
    defer(() => {
      if (envSteps <= 0) return EMPTY;
      let made = 0;
      return steps.pipe(
        takeWhile(({ next }) => {
          made += next.rewards.length;
          return made < envSteps;
        }, true),
      );
    });
}
