import type { Branch } from "./branch.js";
import type { BranchSummary, Stage, Thought } from "./protocol.js";

/**
 * An episode as a file keeps it: seed and actions, from which the environment makes all of it again, and what came of it, by
 * which that is checked.
 */
export interface Episode {
  format: "ludus-episode";
  version: 1;
  env: string;
  envOptions: Record<string, unknown>;
  maxEpisodeSteps: number | null;
  seed: number;
  /** As the action space counts them, or the numbers of an element of a Box. */
  actions: (number | number[])[];
  rewards: number[];
  /**
   * What the policy made of the state before each step, and of the last one where the episode goes on; null where it had
   * nothing to say.
   */
  thoughts: ({ kind: Thought["kind"]; scores: number[] } | null)[];
  ended: BranchSummary["ended"];
  /** Who played, in words. */
  player: string;
  /** Path and checkpoint of the run whose policy played; null where none did. */
  run: string | null;
  checkpoint: number | null;
}

/** A branch as an episode. */
export function episodeOf(
  branch: Branch,
  { env, envOptions, maxEpisodeSteps }: Stage,
  by: Pick<Episode, "run" | "checkpoint">,
): Episode {
  const { seed, ended, player } = branch;
  return {
    ...{ format: "ludus-episode", version: 1, env, envOptions, maxEpisodeSteps, seed },
    actions: branch.actions.map((action) =>
      typeof action === "number" ? action : Array.from(action, Number),
    ),
    rewards: [...branch.rewards],
    thoughts: branch.choices.map(
      ({ thought }) => thought && { kind: thought.kind, scores: [...thought.scores] },
    ),
    ...{ ended, player, ...by },
  };
}
