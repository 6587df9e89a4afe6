import type { Subject } from "./flops.js";

/** What `bench/dqn-update.ts` asks its worker and `bench/peers/dqn_update.py`; the answer is `{ seconds }`. */
export interface Question {
  net: Subject["net"];
  /** Rows of an update and of a forward; an inference is the forward of one row. */
  batch: number;
  threads: number;
  what: "update" | "forward" | "inference";
  iterations: number;
}

export const actions = 6;

/** The two nets of the project's speed budget. */
export const subjects: readonly (Subject & { batches: readonly number[] })[] = [
  { net: "minatar", shape: [10, 10, 4], stack: 1, batches: [32, 128, 512] },
  { net: "nature", shape: [84, 84], stack: 4, batches: [32] },
];
