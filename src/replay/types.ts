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
    /** 1 in rows that took no part in the step, and are not kept. */
    readonly absent?: ArrayLike<number>;
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
  /** Importance weights, of which the largest is 1; all 1 under uniform sampling. */
  weights: Float32Array;
  /** Where each row came from, for priorities. */
  indices: Int32Array;
}

export interface ReplaySampler {
  sample(rng: Generator, size: number): ReplayBatch;
}

/**
 * Proportional prioritisation: transition i is drawn with probability p_i / sum of p, p_i = (|tdError_i| + epsilon)^alpha.
 * Source: Schaul et al. 2016, section 3, https://arxiv.org/abs/1511.05952
 */
export interface PrioritisedSampling {
  type: "prioritised";
  /** How much errors decide: 0 is uniform, 1 is proportional. */
  alpha: number;
  /** Exponent of the importance weights: from `betaStart` to `betaEnd`, linearly over the first `betaUpdates` updates. */
  betaStart: number;
  betaEnd: number;
  betaUpdates: number;
  /** Keeps transitions without an error in reach. */
  epsilon: number;
}

/** How transitions are drawn. */
export type SamplingConfig = { type: "uniform" } | PrioritisedSampling;

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
  /** Default: uniform. */
  sampling?: SamplingConfig;
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
   * Draws `size` transitions with replacement, as `config.sampling` says.
   * @throws ReplayError `empty` if there is none yet
   */
  sample(rng: Generator, size: number): ReplayBatch;
  /**
   * Tells by how much the transitions of a sampled batch were mispredicted, in the order of its rows: once after each
   * update, which is what anneals the importance weights. Under uniform sampling it does nothing.
   * @param indices of a batch that was sampled after the last `add`, since later ones may take the places of its rows;
   * places without a transition are passed over
   * @param tdErrors as `learn` returns them; their signs do not matter
   * @throws ReplayError `invalid-priority` if one is not a number or infinite; then nothing has changed
   */
  updatePriorities(indices: Int32Array, tdErrors: ArrayLike<number>): void;
  /** All of it, unfinished episodes and the sampler's order included, as bytes with a checksum. */
  save(): Uint8Array;
  /**
   * Takes back what `save` gave: the buffer then goes on as the saved one would have, bit for bit.
   * @throws ReplayError `corrupt`, `mismatch` or `newer-version`; then nothing has changed
   */
  load(bytes: Uint8Array): void;
  clear(): void;
}
