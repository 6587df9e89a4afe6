import {
  type Env,
  GymnasiumError,
  type Info,
  type ResetOptions,
  type ResetResult,
  type StepResult,
  Wrapper,
} from "gymnasium-js";
import { type Observable, Subject } from "rxjs";
import type { Episode } from "./types.js";

/** One step of an observed environment. */
export interface ObservedStep<Observation, Action> {
  /** Steps before this one, over all episodes. */
  index: number;
  action: Action;
  /** What the action led to. */
  observation: Observation;
  reward: number;
  terminated: boolean;
  truncated: boolean;
  info: Info;
}

/**
 * An environment that tells others what happens in it, made by `observe`. Streams are hot, emit within `reset` and
 * `step`, and complete on `close`. An error that the environment throws is its caller's; the streams go on.
 *
 * What a subscriber is given is reused: observations as in `Env`, the object of `steps$` by the next event.
 */
export class ObservedEnv<Observation, Action> extends Wrapper<Observation, Action> {
  /** Each observation, of resets too. */
  readonly observations$: Observable<Observation>;
  readonly rewards$: Observable<number>;
  /** Each episode that ends. One that a reset cuts short does not. */
  readonly episodes$: Observable<Episode>;
  readonly steps$: Observable<ObservedStep<Observation, Action>>;

  private readonly observations = new Subject<Observation>();
  private readonly rewards = new Subject<number>();
  private readonly episodes = new Subject<Episode>();
  private readonly steps = new Subject<ObservedStep<Observation, Action>>();
  private event: ObservedStep<Observation, Action> | null = null;
  /** Steps made, over all episodes, and return and length of the one that runs. */
  private state = { steps: 0, episodeReturn: 0, episodeLength: 0 };

  constructor(env: Env<Observation, Action>) {
    super(env);
    this.observations$ = this.observations.asObservable();
    this.rewards$ = this.rewards.asObservable();
    this.episodes$ = this.episodes.asObservable();
    this.steps$ = this.steps.asObservable();
  }

  reset(options?: { seed?: number; options?: ResetOptions }): ResetResult<Observation> {
    const result = this.env.reset(options);
    this.state.episodeReturn = 0;
    this.state.episodeLength = 0;
    this.observations.next(result.observation);
    return result;
  }

  step(action: Action): StepResult<Observation> {
    const result = this.env.step(action);
    const { state } = this;
    const { observation, reward, terminated, truncated, info } = result;
    const index = state.steps++;
    state.episodeReturn += reward;
    state.episodeLength++;
    if (this.steps.observed) {
      this.event = Object.assign(this.event ?? {}, {
        index,
        action,
        observation,
        reward,
        terminated,
        truncated,
        info,
      });
      this.steps.next(this.event);
    }
    this.observations.next(observation);
    this.rewards.next(reward);
    if (terminated || truncated) this.endEpisode({ terminated, truncated, index });
    return result;
  }

  override close(): void {
    super.close();
    this.steps.complete();
    this.observations.complete();
    this.rewards.complete();
    this.episodes.complete();
  }

  protected override ownState(): unknown {
    return { ...this.state };
  }

  protected override restoreOwnState(saved: unknown): void {
    const { steps, episodeReturn, episodeLength } = (saved ?? {}) as Partial<typeof this.state>;
    if (steps === undefined || episodeReturn === undefined || episodeLength === undefined) {
      throw new GymnasiumError(
        "invalid-snapshot",
        "This snapshot of an observed environment lacks its counts: restore what its snapshot() gave.",
      );
    }
    this.state = { steps, episodeReturn, episodeLength };
  }

  private endEpisode(end: Pick<Episode, "terminated" | "truncated" | "index">): void {
    const { state } = this;
    const episode = { env: 0, return: state.episodeReturn, length: state.episodeLength, ...end };
    state.episodeReturn = 0;
    state.episodeLength = 0;
    this.episodes.next(episode);
  }
}

/**
 * The same environment, with streams of what happens in it.
 *
 * @example
 * const env = observe(make("CartPole-v1"));
 * env.episodes$.subscribe((episode) => console.log(episode.return));
 */
export function observe<Observation, Action>(
  env: Env<Observation, Action>,
): ObservedEnv<Observation, Action> {
  return new ObservedEnv(env);
}
