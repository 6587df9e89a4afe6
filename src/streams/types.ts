import type { Batch, VectorStep } from "gymnasium-js";

/**
 * Chooses one action per sub-environment. `observations` and the returned batch are only valid until the next
 * call: a policy may reuse the memory of its answer.
 * @param actionMasks `numEnvs * n` values, 1 where an action is legal; null where there are no masks
 */
export type VectorPolicy = (observations: Batch, actionMasks: Uint8Array | null) => Batch;

/**
 * One vector step: in `numEnvs` environments the policy saw `observations`, did `actions`, and got the rest.
 * Arrays are the receiver's to read until the next event; who keeps them copies them.
 */
export interface RolloutStep {
  /** Vector steps before this one, counted from the start of the stream. */
  index: number;
  /** What was acted on. */
  observations: Batch;
  /** Legal actions of `observations`; null where the env has no masks. */
  actionMasks: Uint8Array | null;
  actions: Batch;
  /**
   * Rewards, terminations, truncations and what comes next. Environments run in `same-step` mode: where an episode
   * ended, `next.observations` is already the first of a new episode and `next.finalObservations` holds the last.
   */
  next: VectorStep;
  /** Legal actions of `next.observations`. */
  nextActionMasks: Uint8Array | null;
  /**
   * Called within the event: the rollout makes no further step until `work` has ended, and fails with it. Steps that came
   * from elsewhere than a rollout may lack it.
   */
  waitUntil?(work: Promise<unknown>): void;
}

/** A finished episode. */
export interface Episode {
  /** Which sub-environment. */
  env: number;
  /** Sum of rewards, undiscounted. */
  return: number;
  /** Steps. */
  length: number;
  terminated: boolean;
  truncated: boolean;
  /** Vector step in which it ended. */
  index: number;
}
