import { defer, EMPTY, type MonoTypeOperatorFunction, takeWhile } from "rxjs";
import type { RolloutStep } from "./types.js";

/** Completes with the vector step in which so many environment steps are reached; at once if that is none. */
export function stopAfter<Step extends Pick<RolloutStep, "next">>(
  envSteps: number,
): MonoTypeOperatorFunction<Step> {
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
