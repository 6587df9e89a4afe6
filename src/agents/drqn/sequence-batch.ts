import type { TypedArray } from "gymnasium-js";
import { allocate, sizeOf } from "../../replay/element.js";
import type { FieldSpec } from "../../replay/types.js";

/**
 * Sequences that one update learns from, step by step: all rows of a step stand together. The steps are `burnIn` to warm
 * the memory up, `length` to learn from, and the observation after the last of them. What a row lacks of burn-in it
 * lacks at first, what it lacks of learnt steps at last; there its arrays hold something that fits, and that is not
 * learnt from.
 */
export interface SequenceBatch {
  /** Sequences. */
  size: number;
  /** `[burnIn + length + 1, size, ...shape]` */
  observations: TypedArray;
  /** `[size, units]`, the states h and c of the LSTM before the first step that a row has. */
  hidden: Float32Array;
  cell: Float32Array;
  /** `[size]` steps of burn-in that a row has. */
  burnInSteps: Int32Array;
  /** `[size]` steps that are learnt from, at least one. */
  learntSteps: Int32Array;
  /** `[length, size]`, as the action space counts them. */
  actions: Int32Array;
  /** `[length, size]` */
  rewards: Float32Array;
  /** `[length, size]` gamma, or 0 where the task terminated. */
  discounts: Float32Array;
  /** `[length, size, actions]`, 1 where an action is legal after the step; null where there are no masks. */
  nextActionMasks: Uint8Array | null;
}

interface SequenceShape {
  /** Learnt steps. */
  length: number;
  burnIn: number;
  /** Of each state of the LSTM. */
  units: number;
  observation: FieldSpec;
  /** Actions of a mask; 0 without masks. */
  actionMask: number;
}

/** A zeroed batch. */
export function allocateBatch(size: number, shape: SequenceShape): SequenceBatch {
  const { length, burnIn, units, observation, actionMask } = shape;
  return {
    size,
    observations: allocate(observation, (burnIn + length + 1) * size * sizeOf(observation)),
    hidden: new Float32Array(size * units),
    cell: new Float32Array(size * units),
    burnInSteps: new Int32Array(size),
    learntSteps: new Int32Array(size),
    actions: new Int32Array(length * size),
    rewards: new Float32Array(length * size),
    discounts: new Float32Array(length * size),
    nextActionMasks: actionMask === 0 ? null : new Uint8Array(length * size * actionMask),
  };
}
