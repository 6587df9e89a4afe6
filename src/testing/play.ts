import type { Env, ResetResult, StepResult } from "gymnasium-js";

/** What an environment said at a reset, copied. */
export interface ResetEvent {
  observation: unknown;
  info: unknown;
}

/** What an environment said at a step, copied. */
export interface StepEvent extends ResetEvent {
  reward: number;
  terminated: boolean;
  truncated: boolean;
}

export function copyReset({ observation, info }: ResetResult<unknown>): ResetEvent {
  return structuredClone({ observation, info: { ...info } });
}

export function copyStep({
  observation,
  reward,
  terminated,
  truncated,
  info,
}: StepResult<unknown>): StepEvent {
  return structuredClone({ observation, reward, terminated, truncated, info: { ...info } });
}

/** Steps through `actions`, resetting without a seed after each end; the events in order. */
export function playOn(env: Env, actions: readonly unknown[]): (ResetEvent | StepEvent)[] {
  const events: (ResetEvent | StepEvent)[] = [];
  for (const action of actions) {
    const step = copyStep(env.step(action));
    events.push(step);
    if (step.terminated || step.truncated) events.push(copyReset(env.reset()));
  }
  return events;
}

/** A seeded reset, then `playOn`. */
export function playFrom(env: Env, seed: number, actions: readonly unknown[]): (ResetEvent | StepEvent)[] {
  return [copyReset(env.reset({ seed })), ...playOn(env, actions)];
}
