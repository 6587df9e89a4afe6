import type { Generator, TypedArray } from "gymnasium-js";

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
