import type { Info } from "../env.js";
import { GymnasiumError } from "../errors.js";
import { emptyInfos } from "./infos.js";
import type { Batch, VectorInfos, VectorStep } from "./vector-env.js";

/** Arrays of one vector step. Two of these alternate, so that a step's arrays outlive the following call. */
export class StepSlot<Observations extends Batch> implements VectorStep {
  readonly rewards: Float64Array;
  readonly terminations: Uint8Array;
  readonly truncations: Uint8Array;
  readonly finalObservations: Observations | null;
  readonly finalInfos: (Info | null)[] | null;
  readonly actionMasks: Uint8Array | null;
  private gather: (() => VectorInfos) | null = null;
  private gathered: VectorInfos | null = emptyInfos;
  private hasFinals = false;

  constructor(
    readonly observations: Observations,
    options: { numEnvs: number; finalObservations: Observations | null; numMaskedActions: number },
  ) {
    const { numEnvs, finalObservations, numMaskedActions } = options;
    this.rewards = new Float64Array(numEnvs);
    this.terminations = new Uint8Array(numEnvs);
    this.truncations = new Uint8Array(numEnvs);
    this.finalObservations = finalObservations;
    this.finalInfos = finalObservations === null ? null : new Array<Info | null>(numEnvs).fill(null);
    this.actionMasks = numMaskedActions === 0 ? null : new Uint8Array(numEnvs * numMaskedActions);
  }

  /** Built on first read, from what the environment then is; so it must be read before the next call. */
  get infos(): VectorInfos {
    if (this.gathered !== null) return this.gathered;
    if (this.gather === null) {
      throw new GymnasiumError(
        "stale-infos",
        "The infos of a vector step are built when they are first read, and the environment has gone on since: read them before the next call of step, reset or restore.",
      );
    }
    this.gathered = this.gather();
    return this.gathered;
  }

  /** Starts a step's infos: `gather` builds them when asked; null where there are none. */
  begin(gather: (() => VectorInfos) | null): void {
    this.gather = gather;
    this.gathered = gather === null ? emptyInfos : null;
    if (this.hasFinals) {
      this.finalInfos?.fill(null);
      this.hasFinals = false;
    }
  }

  /** The environment goes on: infos that nobody read are gone. */
  expire(): void {
    this.gather = null;
  }

  setFinalInfo(index: number, info: Info): void {
    if (this.finalInfos === null) return;
    this.finalInfos[index] = info;
    this.hasFinals = true;
  }
}
