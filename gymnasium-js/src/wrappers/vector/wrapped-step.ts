import type { Info } from "../../env.js";
import type { Batch, VectorInfos, VectorStep } from "../../vector/vector-env.js";

/** A vector step with some of its parts replaced. Wrappers use two in turns, as the environments inside do. */
export class WrappedStep implements VectorStep {
  observations: Batch = [];
  rewards: Float64Array = new Float64Array(0);
  terminations: Uint8Array = new Uint8Array(0);
  truncations: Uint8Array = new Uint8Array(0);
  finalObservations: Batch | null = null;
  finalInfos: (Info | null)[] | null = null;
  private inner: VectorStep | null = null;

  /** As those of the step inside: built on first read, which must come before the next call. */
  get infos(): VectorInfos {
    return this.inner?.infos ?? {};
  }

  /** Shows all that `inner` shows. */
  follow(inner: VectorStep): void {
    this.inner = inner;
    this.observations = inner.observations;
    this.rewards = inner.rewards;
    this.terminations = inner.terminations;
    this.truncations = inner.truncations;
    this.finalObservations = inner.finalObservations;
    this.finalInfos = inner.finalInfos;
  }
}
