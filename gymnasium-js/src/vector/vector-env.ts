import type { EnvSnapshot, Info, ResetOptions } from "../env.js";
import type { EnvSpec } from "../registry.js";
import type { Space, TypedArray } from "../spaces/space.js";

/**
 * What a vector environment does with a sub-environment whose episode ended (Gymnasium's three modes):
 * `next-step` resets it in the following step (whose action is ignored, whose reward is 0); `same-step` resets it
 * at once and gives the last observation as `finalObservations`; `disabled` leaves it to `reset({ mask })`.
 */
export type AutoresetMode = "next-step" | "same-step" | "disabled";

/**
 * Elements of a batch: one flat typed array for Box, Discrete, MultiDiscrete and MultiBinary (row i belongs to
 * sub-environment i); for observations of a Tuple of these a list with one such array per member; else a list with
 * one element per sub-environment.
 */
export type Batch = TypedArray | unknown[];

/** Arrays here belong to the environment and are valid until the *second* following call, as in `Env`. */
export interface VectorReset {
  observations: Batch;
  infos: VectorInfos;
}

/** Gymnasium's layout: one array per key (null or 0 where a sub-environment said nothing) with its mask. */
export type VectorInfos = Record<string, { values: unknown[]; mask: boolean[] }>;

export interface VectorStep {
  observations: Batch;
  rewards: Float64Array;
  /** 1 where the task ended. */
  terminations: Uint8Array;
  /** 1 where a limit cut the episode. */
  truncations: Uint8Array;
  /** `same-step` only: observation before the reset; rows of sub-environments that did not end are undefined. Else null. */
  finalObservations: Batch | null;
  /**
   * 1 in rows that took no part in the step, because their episode has ended and the next has not begun: nothing in them is to be
   * learnt from. Left out by environments whose rows always do.
   */
  readonly absent?: Uint8Array;
  /** Infos of the step; built on first read, so that who does not ask pays nothing. */
  readonly infos: VectorInfos;
  /** `same-step` only: infos of the steps that ended episodes, per sub-environment; null where none ended. */
  readonly finalInfos: (Info | null)[] | null;
}

export interface VectorEnv {
  readonly numEnvs: number;
  readonly singleObservationSpace: Space<unknown>;
  readonly singleActionSpace: Space<unknown>;
  readonly observationSpace: Space<unknown>;
  readonly actionSpace: Space<unknown>;
  readonly autoresetMode: AutoresetMode;
  readonly spec: EnvSpec | null;
  /** What the last `reset`, `step` or `restore` left to act on. */
  readonly observations: Batch;
  /** 1 per legal action, `numEnvs * n` values, of the current observations; null where the env has no masks. */
  readonly actionMasks: Uint8Array | null;
  /** A number seeds sub-environment i with `seed + i`; an array gives each its own, null going on without. */
  reset(options?: {
    seed?: number | readonly (number | null)[];
    options?: ResetOptions;
    mask?: Uint8Array | readonly boolean[];
  }): VectorReset;
  step(actions: Batch): VectorStep;
  close(): void;
  snapshot(): EnvSnapshot;
  restore(snapshot: EnvSnapshot): void;
}
