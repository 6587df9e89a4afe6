import { GymnasiumError, type VectorEnv } from "gymnasium-js";
import { Observable, type Subscriber } from "rxjs";
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

/** Environments that a rollout steps now. Two at a time would each see every other step. */
const inUse = new WeakSet<VectorEnv>();

/**
 * Environments and a policy as a stream of vector steps. Cold: each subscription resets (or resumes) and steps for
 * itself, synchronously, in bursts between breaths of the event loop; whoever unsubscribes stops it at once.
 * The event object and its arrays are reused: they are the receiver's until the next event.
 *
 * What environment or policy throw goes to `error`, and so does a `GymnasiumError` with code `invalid-options` for
 * environments that are not in `same-step` autoreset mode or are in another rollout already.
 *
 * @param envs they stay open unless `closeEnvs` says otherwise
 * @example
 * rollout(envs, policy, { seed: 1 })
 *   .pipe(stopAfter(10_000), episodeStatistics())
 *   .subscribe((episode) => console.log(episode.return));
 */
export function rollout(
  envs: VectorEnv,
  policy: VectorPolicy,
  options: RolloutOptions = {},
): Observable<RolloutStep> {
  const { seed, resume = false, breatheMs = 16, closeEnvs = false } = options;
  return new Observable((subscriber) => {
    const problem = whyNot(envs);
    if (problem !== null) {
      subscriber.error(new GymnasiumError("invalid-options", problem));
      return;
    }
    inUse.add(envs);
    // Before the first step: whoever unsubscribes within it may roll out the same environments again at once.
    subscriber.add(() => {
      inUse.delete(envs);
      if (closeEnvs) envs.close();
    });
    try {
      if (!resume) envs.reset(seed === undefined ? {} : { seed });
      playInBursts(new Stepper(envs, policy), subscriber, breatheMs);
    } catch (error) {
      subscriber.error(error);
    }
  });
}

function playInBursts(stepper: Stepper, subscriber: Subscriber<RolloutStep>, breatheMs: number): void {
  let callOff = (): void => {};
  subscriber.add(() => callOff());

  const burst = (): void => {
    const until = performance.now() + breatheMs;
    try {
      do stepper.step(subscriber);
      while (!subscriber.closed && stepper.waitsFor === null && performance.now() < until);
    } catch (error) {
      subscriber.error(error);
    }
    if (!subscriber.closed) goOn();
  };
  const goOn = (): void => {
    const work = stepper.takeWork();
    if (work === null) callOff = afterBreath(burst);
    else work.then(resume, (error: unknown) => subscriber.error(error));
  };
  const resume = (): void => {
    if (!subscriber.closed) callOff = afterBreath(burst);
  };
  burst();
}

/** Acts and steps; fills the one event object of its rollout. */
class Stepper {
  /** What has to end before the next step; null for nothing. */
  waitsFor: Promise<unknown> | null = null;
  private event: RolloutStep | null = null;

  constructor(
    private readonly envs: VectorEnv,
    private readonly policy: VectorPolicy,
  ) {}

  step(subscriber: Subscriber<RolloutStep>): void {
    const { envs, policy } = this;
    const { observations, actionMasks } = envs;
    const actions = policy(observations, actionMasks);
    if (subscriber.closed) return;
    const next = envs.step(actions);
    const nextActionMasks = envs.actionMasks;
    const { event } = this;
    if (event === null) {
      const waitUntil = (work: Promise<unknown>): void => this.waitUntil(work);
      this.event = { index: 0, observations, actionMasks, actions, next, nextActionMasks, waitUntil };
      subscriber.next(this.event);
      return;
    }
    event.index++;
    event.observations = observations;
    event.actionMasks = actionMasks;
    event.actions = actions;
    event.next = next;
    event.nextActionMasks = nextActionMasks;
    subscriber.next(event);
  }

  takeWork(): Promise<unknown> | null {
    const work = this.waitsFor;
    this.waitsFor = null;
    return work;
  }

  private waitUntil(work: Promise<unknown>): void {
    this.waitsFor = this.waitsFor === null ? work : Promise.all([this.waitsFor, work]);
  }
}

function whyNot(envs: VectorEnv): string | null {
  if (envs.autoresetMode !== "same-step") {
    return `rollout: the environments have autoresetMode "${envs.autoresetMode}", expected "same-step", which keeps last observations: makeVec(id, { numEnvs, autoresetMode: "same-step" }).`;
  }
  if (inUse.has(envs)) {
    return "rollout: these environments are being rolled out already; let several listeners share() one rollout, or make an environment for each.";
  }
  return null;
}
