import { defer, type MonoTypeOperatorFunction, type Observer, tap } from "rxjs";
import type { RolloutStep } from "./types.js";

/**
 * Does something at every multiple of so many environment steps, at the first vector step that reaches it. Where it gives a
 * promise, the rollout waits: what it saves or plays is of that very step.
 *
 * @param work is told the environment steps made; what it throws ends the stream
 * @param made environment steps made before the stream begins, default 0
 * @example
 * rollout(envs, agent.policy).pipe(everySteps(10_000, (steps) => writeFile(`${steps}.json`, toJson(agent.save()))));
 */
export function everySteps<Step extends Pick<RolloutStep, "next" | "waitUntil">>(
  envSteps: number,
  work: (steps: number) => unknown,
  made = 0,
): MonoTypeOperatorFunction<Step> {
  if (!(envSteps >= 1)) throw new RangeError(`everySteps: envSteps is ${envSteps}, expected 1 or more.`);
  return (source) =>
    defer(() => {
      let steps = made;
      return source.pipe(
        tap((step) => {
          const before = steps;
          steps += step.next.rewards.length;
          if (Math.floor(steps / envSteps) === Math.floor(before / envSteps)) return;
          const pending = work(steps);
          if (pending instanceof Promise) step.waitUntil?.(pending);
        }),
      );
    });
}

/** A result with the environment steps after which it was had. */
export type AtStep<Result> = Result & { step: number };

/**
 * Evaluates at every multiple of so many environment steps, while the rollout waits, and tells the results to an observer, such
 * as a Subject, of which `reaches` and `noBetter` make reasons to stop.
 *
 * @param play gives an evaluation; `evaluate` is one
 * @example
 * const evaluations = new Subject<AtStep<Evaluation>>();
 * rollout(envs, agent.policy).pipe(
 *   evaluateEvery(10_000, () => evaluate({ env, policy: agent.greedyPolicy(), episodes: 20, seed, maxSteps }), evaluations),
 *   takeUntil(evaluations.pipe(reaches(475))),
 * );
 */
export function evaluateEvery<
  Result extends object,
  Step extends Pick<RolloutStep, "next" | "waitUntil"> = RolloutStep,
>(
  envSteps: number,
  play: (steps: number) => Promise<Result | null>,
  observer: Pick<Observer<AtStep<Result>>, "next">,
  made = 0,
): MonoTypeOperatorFunction<Step> {
  return everySteps<Step>(
    envSteps,
    async (step) => {
      const result = await play(step);
      if (result !== null) observer.next({ ...result, step });
    },
    made,
  );
}
