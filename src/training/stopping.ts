import { type ImprovementRecord, newRecord, noteResult } from "../streams/index.js";
import type { RunConfig } from "./config.js";

/** Why a run has ended. */
export type Ending = "steps" | "return" | "no-improvement" | "interrupted";

/** What the evaluations of a run have come to, as far as it decides when to end. Plain data, kept in checkpoints. */
export interface EvaluationRecord extends ImprovementRecord {
  /** Mean return of the last one; null before the first. */
  last: number | null;
}

export function newEvaluationRecord(): EvaluationRecord {
  return { ...newRecord(), last: null };
}

export function noteEvaluation(
  record: EvaluationRecord,
  returnMean: number,
  { minDelta }: RunConfig["stop"],
): void {
  record.last = returnMean;
  noteResult(record, returnMean, minDelta);
}

/** Why a run need not go on to its last step; null where it has to. */
export function stopReason(
  { last, without }: EvaluationRecord,
  { returnMean, patience }: RunConfig["stop"],
): "return" | "no-improvement" | null {
  if (last !== null && returnMean !== null && last >= returnMean) return "return";
  return patience > 0 && without >= patience ? "no-improvement" : null;
}
