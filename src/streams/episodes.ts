import { Observable, type OperatorFunction } from "rxjs";
import type { Episode, RolloutStep } from "./types.js";

/** Adds up returns and lengths of the episodes that run, one per sub-environment. Saved with a checkpoint. */
export class EpisodeTracker {
  private returns: Float64Array;
  private lengths: Int32Array;

  constructor(numEnvs: number) {
    this.returns = new Float64Array(numEnvs);
    this.lengths = new Int32Array(numEnvs);
  }

  add({ index, next }: RolloutStep, onEpisode: (episode: Episode) => void): void {
    const { rewards, terminations, truncations } = next;
    for (let env = 0; env < rewards.length; env++) {
      this.returns[env]! += rewards[env]!;
      this.lengths[env]!++;
      if (terminations[env] === 0 && truncations[env] === 0) continue;
      onEpisode({
        env,
        return: this.returns[env]!,
        length: this.lengths[env]!,
        terminated: terminations[env] === 1,
        truncated: truncations[env] === 1,
        index,
      });
      this.returns[env] = 0;
      this.lengths[env] = 0;
    }
  }

  save(): unknown {
    return { returns: this.returns.slice(), lengths: this.lengths.slice() };
  }

  restore(saved: unknown): void {
    const { returns, lengths } = saved as { returns: Float64Array; lengths: Int32Array };
    this.returns = returns.slice();
    this.lengths = lengths.slice();
  }
}

/** The episodes that end, in order; within one vector step by sub-environment. */
export function episodeStatistics(): OperatorFunction<RolloutStep, Episode> {
  return (steps) =>
    new Observable((subscriber) => {
      let tracker: EpisodeTracker | null = null;
      return steps.subscribe({
        next: (step) => {
          tracker ??= new EpisodeTracker(step.next.rewards.length);
          tracker.add(step, (episode) => subscriber.next(episode));
        },
        error: (error) => subscriber.error(error),
        complete: () => subscriber.complete(),
      });
    });
}
