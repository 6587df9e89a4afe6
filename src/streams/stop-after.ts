import { type MonoTypeOperatorFunction, takeWhile } from "rxjs";
import type { RolloutStep } from "./types.js";

/** Completes with the vector step in which so many environment steps are reached. */
export function stopAfter(envSteps: number): MonoTypeOperatorFunction<RolloutStep> {
  return takeWhile(({ index, next }) => (index + 1) * next.rewards.length < envSteps, true);
}
