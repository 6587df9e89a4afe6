import type { Batch, Generator, TypedArray } from "gymnasium-js";

/** One array of each element: how many values, of which dtype. */
export interface FieldSpec {
  shape: readonly number[];
  dtype: "uint8" | "int32" | "float32";
}

/** What a buffer holds per transition. */
export interface ElementSpec {
  /** One frame, before stacking. */
  observation: FieldSpec;
  /** A Discrete action is `{ shape: [], dtype: "int32" }`. */
  action: FieldSpec;
  /** Number of actions, if legal-action masks are kept; 0 if not. */
  actionMask: number;
}

/**
 * One step of `numEnvs` environments in `same-step` autoreset mode; row i of each array belongs to sub-environment i.
 * A `RolloutStep` is one. Everything is copied.
 */
export interface TransitionBatch {
  /** What was acted on: `[numEnvs, ...observation.shape]`. */
  readonly observations: Batch;
  /** `[numEnvs, ...action.shape]`. */
  readonly actions: Batch;
  readonly next: {
    /** What came next; where an episode ended, the first observation of the following one. */
    readonly observations: Batch;
    readonly rewards: ArrayLike<number>;
    /** 1 where the task ended: the rest of the return is 0. */
    readonly terminations: ArrayLike<number>;
    /** 1 where a limit cut the episode: the rest of the return is unknown, not 0. */
    readonly truncations: ArrayLike<number>;
    /** Where an episode ended, its last observation; other rows are not read. Null only where none has ended. */
    readonly finalObservations: Batch | null;
  };
  /** Legal actions of `next.observations`, `[numEnvs, actionMask]`. Needed if masks are kept. */
  readonly nextActionMasks?: Uint8Array | null;
  /** Legal actions of `next.finalObservations`; where they are unknown (null), all actions count as legal there. */
  readonly finalActionMasks?: Uint8Array | null;
}

/**
 * A sampled batch of `size` transitions, row after row. Buffers are reused by the next `sample` of the same size.
 * With n-step returns, `rewards` is sum_{k<m} gamma^k r_{t+k} and `discounts` is gamma^m, or 0 where the task
 * *terminated* within the m <= n steps; m < n only where an episode ended. Truncation keeps its bootstrap.
 */
export interface ReplayBatch {
  size: number;
  /** `[size, ...(stack > 1 ? [stack] : []), ...observation.shape]`, oldest frame first. */
  observations: TypedArray;
  actions: Int32Array | Float32Array;
  rewards: Float32Array;
  discounts: Float32Array;
  nextObservations: TypedArray;
  /** Legal actions of `nextObservations`, `[size, actionMask]`; null if not kept. */
  nextActionMasks: Uint8Array | null;
  /** Importance weights; all 1 under uniform sampling. */
  weights: Float32Array;
  /** Where each row came from, for priorities. */
  indices: Int32Array;
}

export interface ReplaySampler {
  sample(rng: Generator, size: number): ReplayBatch;
}

export interface ReplayConfig {
  element: ElementSpec;
  numEnvs: number;
  /** Transitions over all environments; rounded down to a multiple of `numEnvs`. */
  capacity: number;
  /** Steps of reward before the bootstrap, 1 to 255. */
  nStep: number;
  /** Discount per step, 0 to 1. */
  gamma: number;
  /** Frames per observation, 1 to 255. */
  stack: number;
}

/** Transitions of the past, to be learnt from again. */
export interface Replay extends ReplaySampler {
  /** Transitions that can be sampled now. The newest `nStep - 1` of each unfinished episode cannot yet. */
  readonly size: number;
  readonly capacity: number;
  readonly config: Readonly<ReplayConfig>;
  /**
   * Copies one vector step in. Where its observation is not what the step before led to (the environment was reset
   * from outside), the episode before counts as truncated there.
   * @throws ReplayError `invalid-step` if an array does not fit; then nothing has changed
   */
  add(step: TransitionBatch): void;
  /**
   * Draws `size` transitions uniformly, with replacement.
   * @throws ReplayError `empty` if there is none yet
   */
  sample(rng: Generator, size: number): ReplayBatch;
  /** All of it, unfinished episodes and the sampler's order included, as bytes with a checksum. */
  save(): Uint8Array;
  /**
   * Takes back what `save` gave: the buffer then goes on as the saved one would have, bit for bit.
   * @throws ReplayError `corrupt`, `mismatch` or `newer-version`; then nothing has changed
   */
  load(bytes: Uint8Array): void;
  clear(): void;
}
