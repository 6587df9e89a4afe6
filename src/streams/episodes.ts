import { GymnasiumError } from "gymnasium-js";
import { concatAll, defer, filter, map, type OperatorFunction } from "rxjs";
import type { Episode, RolloutStep } from "./types.js";

/** What `EpisodeTracker.save` gives: plain data. */
export interface EpisodeTrackerState {
  /** Vector steps seen. */
  steps: number;
  /** Of the episodes that run, by sub-environment. */
  returns: Float64Array;
  lengths: Int32Array;
}

const none: readonly Episode[] = [];

/**
 * Adds up returns and lengths of the episodes that run, one per sub-environment. Saved with a checkpoint, so that
 * the episodes of a resumed run are those of an uninterrupted one.
 */
export class EpisodeTracker {
  private steps = 0;
  private readonly returns: Float64Array;
  private readonly lengths: Int32Array;

  constructor(numEnvs: number) {
    this.returns = new Float64Array(numEnvs);
    this.lengths = new Int32Array(numEnvs);
  }

  /** @returns the episodes that ended with this step, by sub-environment; all others have been counted by then */
  finish({ next }: Pick<RolloutStep, "next">): readonly Episode[] {
    const { returns, lengths } = this;
    const { rewards, terminations, truncations, absent } = next;
    let finished: Episode[] | null = null;
    for (let env = 0; env < rewards.length; env++) {
      if (absent?.[env] === 1) continue;
      returns[env]! += rewards[env]!;
      lengths[env]!++;
      if (terminations[env] === 0 && truncations[env] === 0) continue;
      finished ??= [];
      finished.push({
        env,
        return: returns[env]!,
        length: lengths[env]!,
        terminated: terminations[env] !== 0,
        truncated: truncations[env] !== 0,
        index: this.steps,
      });
      returns[env] = 0;
      lengths[env] = 0;
    }
    this.steps++;
    return finished ?? none;
  }

  /** The same, told one by one. */
  add(step: Pick<RolloutStep, "next">, onEpisode: (episode: Episode) => void): void {
    for (const episode of this.finish(step)) onEpisode(episode);
  }

  save(): EpisodeTrackerState {
    return { steps: this.steps, returns: this.returns.slice(), lengths: this.lengths.slice() };
  }

  /**
   * @param saved what `save` gave
   * @throws GymnasiumError `invalid-snapshot` if it is of another number of environments; then nothing has changed
   */
  restore(saved: unknown): void {
    const { steps, returns, lengths } = (saved ?? {}) as Partial<EpisodeTrackerState>;
    const { length } = this.returns;
    if (typeof steps !== "number" || returns?.length !== length || lengths?.length !== length) {
      throw new GymnasiumError(
        "invalid-snapshot",
        `The saved episodes are of ${returns?.length ?? "no"} environments, expected ${length}: restore with the numEnvs that they were saved with.`,
      );
    }
    this.steps = steps;
    this.returns.set(returns);
    this.lengths.set(lengths);
  }
}

/**
 * The episodes that end, in order; within one vector step by sub-environment.
 *
 * @param tracker counts; may be saved within any event. By default each subscription has its own.
 */
export function episodeStatistics(tracker?: EpisodeTracker): OperatorFunction<RolloutStep, Episode> {
  return (steps) =>
    defer(() => {
      let own = tracker;
      return steps.pipe(
        map((step) => {
          own ??= new EpisodeTracker(step.next.rewards.length);
          return own.finish(step);
        }),
        filter((finished) => finished.length > 0),
        concatAll(),
      );
    });
}
