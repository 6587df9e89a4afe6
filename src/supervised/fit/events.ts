import type { NamedArrays } from "../../tensors/index.js";
import type { PlateauState } from "../schedules.js";
import type { BestSoFar } from "./early-stopping.js";
import type { EpochSums } from "./epoch-sums.js";
import type { Figures } from "./evaluator.js";
import type { TrainerState } from "./trainer.js";

/** Where a fit stands, apart from weights. */
export interface FitStanding {
  /** Epochs done. */
  epoch: number;
  /** Batches done of the epoch that is under way. */
  batch: number;
  updates: number;
  /** Of the epoch that is under way. */
  sums: EpochSums;
  best: BestSoFar;
  plateau: PlateauState | null;
}

/** Everything that a fit knows: it continues bit for bit. */
export interface FitState {
  trainer: TrainerState;
  standing: FitStanding;
  /** Weights of the best validation; null before the first. */
  best: NamedArrays | null;
}

interface Saving {
  /** Copies the fit's state out; to be called before the next event. */
  save(): FitState;
}

export interface FitBatchEvent extends Saving {
  kind: "batch";
  /** Counted from 1. */
  epoch: number;
  batch: number;
  batches: number;
  updates: number;
  loss: number;
  learningRate: number;
}

export interface FitEpochEvent extends Saving {
  kind: "epoch";
  /** Epochs done. */
  epoch: number;
  updates: number;
  learningRate: number;
  /**
   * Mean losses of the epoch's batches, each at the weights that it met, with dropout and the like; a head's are of the batches in
   * which some row counts.
   */
  train: Figures;
  trainSample: Figures | null;
  /** Null where none is due. */
  validation: Figures | null;
  /** Whether this validation is the best so far. */
  best: boolean;
}

export interface FitDoneEvent extends Saving {
  kind: "done";
  epochs: number;
  updates: number;
  ended: "epochs" | "patience";
  /** Epochs done at the best validation. */
  bestEpoch: number | null;
  bestValue: number | null;
  test: Figures | null;
}

export type FitEvent = FitBatchEvent | FitEpochEvent | FitDoneEvent;
