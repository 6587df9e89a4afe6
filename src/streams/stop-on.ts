import {
  defer,
  filter,
  type MonoTypeOperatorFunction,
  type OperatorFunction,
  take,
  takeWhile,
  tap,
} from "rxjs";
import { EpisodeTracker } from "./episodes.js";
import type { RolloutStep } from "./types.js";

/** What a reason to stop is judged by. */
interface HasReturn {
  returnMean: number;
}

/** The first evaluation whose mean return is at least so much; then it completes. For `takeUntil`. */
export function reaches<Result extends HasReturn>(returnMean: number): OperatorFunction<Result, Result> {
  return (results) =>
    results.pipe(
      filter((result) => result.returnMean >= returnMean),
      take(1),
    );
}

/**
 * The evaluation with which `patience` in a row have been no better than the best before them; then it completes. For
 * `takeUntil`.
 * @param minDelta by how much a mean return has to exceed the best to be better, default 0
 */
export function noBetter<Result extends HasReturn>({
  patience,
  minDelta = 0,
}: {
  patience: number;
  minDelta?: number;
}): OperatorFunction<Result, Result> {
  return (results) =>
    defer(() => {
      const record = newRecord();
      return results.pipe(
        tap(({ returnMean }) => noteResult(record, returnMean, minDelta)),
        filter(() => record.without >= patience),
        take(1),
      );
    });
}

/** The best mean return so far, and how many have come since that were no better. Plain data. */
export interface ImprovementRecord {
  best: number | null;
  without: number;
}

export function newRecord(): ImprovementRecord {
  return { best: null, without: 0 };
}

/** @param minDelta by how much a mean return has to exceed the best to be better */
export function noteResult(record: ImprovementRecord, returnMean: number, minDelta: number): void {
  if (record.best === null || returnMean > record.best + minDelta) {
    record.best = returnMean;
    record.without = 0;
  } else record.without++;
}

/**
 * Completes with the vector step after which the mean return of the last so many episodes, as played while learning, is at
 * least so much.
 * @param episodes whose mean counts, default 100; there have to be as many
 */
export function stopOnReturn<Step extends Pick<RolloutStep, "next">>(
  returnMean: number,
  { episodes = 100 }: { episodes?: number } = {},
): MonoTypeOperatorFunction<Step> {
  return (steps) =>
    defer(() => {
      let tracker: EpisodeTracker | null = null;
      const returns: number[] = [];
      return steps.pipe(
        takeWhile((step) => {
          tracker ??= new EpisodeTracker(step.next.rewards.length);
          for (const episode of tracker.finish(step)) returns.push(episode.return);
          returns.splice(0, returns.length - episodes);
          return returns.length < episodes || meanOf(returns) < returnMean;
        }, true),
      );
    });
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
