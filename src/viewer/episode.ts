import type { Branch } from "./branch.js";
import type { BranchSummary, Stage, Thought } from "./protocol.js";

/**
 * An episode as a file keeps it: seed and actions, from which the environment makes all of it again, and what came of it, by
 * which that is checked.
 */
export interface Episode {
  format: "ludus-episode";
  version: typeof episodeVersion;
  /** Id of the environment. */
  env: string;
  /** What it was made with. */
  envOptions: Record<string, unknown>;
  /** Steps after which it was cut; null for no limit. */
  maxEpisodeSteps: number | null;
  /** Of the reset before the first step, 0 to 2^32 - 1. */
  seed: number;
  /** As the action space counts them, or the numbers of an element of a Box; one per step. */
  actions: readonly (number | readonly number[])[];
  /** One per step. */
  rewards: readonly number[];
  /**
   * What the policy made of the state before each step, and of the last one where the episode goes on; null where it had
   * nothing to say.
   */
  thoughts: readonly ({ kind: Thought["kind"]; scores: readonly number[] } | null)[];
  /** How it ended; null where it goes on. */
  ended: BranchSummary["ended"];
  /** Who played, in words. */
  player: string;
  /** Id of the run whose policy played; null where none did. */
  run: string | null;
  /** Step of its checkpoint; null where none played. */
  checkpoint: number | null;
}

export const episodeVersion = 1;

/** What is wrong with an episode, in one sentence. */
export class EpisodeError extends Error {
  override readonly name = "EpisodeError";

  /**
   * @param code `invalid-episode` for what is none, `newer-episode` for a version that is not known yet, `other-rules` where
   * the environment plays otherwise
   */
  constructor(
    readonly code: "invalid-episode" | "newer-episode" | "other-rules",
    message: string,
  ) {
    super(message);
  }
}

/** A branch as an episode. */
export function episodeOf(
  branch: Branch,
  { env, envOptions, maxEpisodeSteps }: Stage,
  by: Pick<Episode, "run" | "checkpoint">,
): Episode {
  const { seed, ended, player } = branch;
  return {
    ...{ format: "ludus-episode", version: episodeVersion, env, envOptions, maxEpisodeSteps, seed },
    actions: branch.actions.map((action) =>
      typeof action === "number" ? action : Array.from(action, Number),
    ),
    rewards: [...branch.rewards],
    thoughts: branch.choices.map(
      ({ thought }) => thought && { kind: thought.kind, scores: [...thought.scores] },
    ),
    ended,
    // Whoever opens the file is somebody else.
    player: player === "you" ? "a person" : player,
    ...{ run: by.run, checkpoint: by.checkpoint },
  };
}

/** Numbers that JSON lacks, as the text of a file has them: strings that `Number` reads. */
export const numbersInWords = ["NaN", "Infinity", "-Infinity", "-0"] as const;

/** An episode as the text of a file, a field a line; exact, which plain JSON would not be. */
export function episodeText({ actions, rewards, thoughts, ...others }: Episode): string {
  const exact = {
    ...others,
    actions: actions.map((action) => (typeof action === "number" ? written(action) : action.map(written))),
    rewards: rewards.map(written),
    thoughts: thoughts.map((thought) => thought && { ...thought, scores: thought.scores.map(written) }),
  };
  const lines = Object.entries(exact).map(([key, value]) => `  "${key}": ${JSON.stringify(value)}`);
  return `{\n${lines.join(",\n")}\n}\n`;
}

function written(value: number): number | string {
  const inWords = Object.is(value, -0) ? "-0" : String(value);
  return numbersInWords.some((word) => word === inWords) ? inWords : value;
}
