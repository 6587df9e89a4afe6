import type { Observable } from "rxjs";
import type { Demonstration } from "../replay/index.js";
import type { CheckpointFiles } from "./checkpoint.js";
import type { Circle, Standing } from "./circle.js";
import type { Evaluation } from "./evaluation.js";
import type { MetricsWindow } from "./metrics.js";

/** What interrupts a run, in the forms in which it is asked for. */
export interface Interruption {
  signal: AbortSignal | undefined;
  /** Emits once the signal is aborted. */
  aborted: Observable<unknown>;
}

export interface PlayRequest {
  episodes: number;
  /** Episode i is played from seed `seed + i`. */
  seed: number;
}

/**
 * What a run is made of, by steps or by generations: how it learns from one mark to the next, plays, and is saved. When it does
 * which of these is for `Run` to say.
 */
export interface Course {
  readonly standing: Standing;
  readonly window: MetricsWindow;
  /** Whether it can be saved, and so resumed. */
  readonly resumable: boolean;
  readonly updates: number;
  readonly epsilon: number;
  /** The parts that can be looked at while it learns; null where there are none. */
  readonly visible: Pick<Circle, "envs" | "learner" | "episodes" | "standing"> | null;
  /**
   * Learns up to so many environment steps, or as few beyond as there have to be; less where it is interrupted.
   * @param learnt called with the steps before, after each piece of it that counts; `figures` are the piece's own
   */
  learn(
    until: number,
    interruption: Interruption,
    learnt: (from: number, figures?: Record<string, number>) => void,
  ): Promise<void>;
  /** Plays what has been learnt; null if it is interrupted before. */
  play(request: PlayRequest, interruption: Interruption): Promise<Evaluation | null>;
  /** Plays what a checkpoint had learnt; nothing is learnt after that. */
  playCheckpoint(
    checkpoint: { run: string; step: number },
    request: PlayRequest,
    interruption: Interruption,
  ): Promise<Evaluation | null>;
  /** Lets the agent begin with episodes that somebody else has played, where it can learn from those. */
  demonstrate?(episodes: readonly Demonstration[]): void;
  save(): CheckpointFiles;
  /** Puts it where a checkpoint of the same config stood. */
  restore(run: string, step: number): void;
  close(): void | Promise<void>;
}
