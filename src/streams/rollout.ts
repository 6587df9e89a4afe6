import type { VectorEnv } from "gymnasium-js";
import { Observable } from "rxjs";
import { afterBreath } from "./breath.js";
import type { RolloutStep, VectorPolicy } from "./types.js";

export interface RolloutOptions {
  /** Seed of the reset at the start; see `VectorEnv.reset`. */
  seed?: number;
  /** Goes on from where `envs` stands instead of resetting. */
  resume?: boolean;
  /** Milliseconds after which the event loop gets air. 16 by default: one frame of a screen. */
  breatheMs?: number;
  /** Closes `envs` when the stream ends. */
  closeEnvs?: boolean;
}

/**
 * Environments and a policy as a stream of vector steps. Cold: each subscription resets (or resumes) and steps for
 * itself, synchronously, in bursts between breaths of the event loop; whoever unsubscribes stops it at once.
 * The event object and its arrays are reused: they are the receiver's until the next event.
 *
 * @param envs in `same-step` autoreset mode; they stay open unless `closeEnvs` says otherwise
 */
export function rollout(envs: VectorEnv, policy: VectorPolicy, options: RolloutOptions = {}): Observable<RolloutStep> {
  const { breatheMs = 16 } = options;
  return new Observable((subscriber) => {
    let cancel: (() => void) | null = null;
    let event: RolloutStep | null = null;

    const burst = (): void => {
      cancel = null;
      const until = performance.now() + breatheMs;
      try {
        do {
          const { observations, actionMasks } = envs;
          const actions = policy(observations, actionMasks);
          const next = envs.step(actions);
          if (event === null) {
            event = { index: 0, observations, actionMasks, actions, next, nextActionMasks: envs.actionMasks };
          } else {
            event.index++;
            event.observations = observations;
            event.actionMasks = actionMasks;
            event.actions = actions;
            event.next = next;
            event.nextActionMasks = envs.actionMasks;
          }
          subscriber.next(event);
        } while (!subscriber.closed && performance.now() < until);
      } catch (error) {
        subscriber.error(error);
      }
      if (!subscriber.closed) cancel = afterBreath(burst);
    };

    try {
      if (options.resume !== true) envs.reset(options.seed === undefined ? {} : { seed: options.seed });
      burst();
    } catch (error) {
      subscriber.error(error);
    }
    return () => {
      cancel?.();
      if (options.closeEnvs === true) envs.close();
    };
  });
}
