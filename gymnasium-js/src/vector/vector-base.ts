import type { EnvSnapshot, ResetOptions } from "../env.js";
import type { EnvSpec } from "../env-spec.js";
import { GymnasiumError } from "../errors.js";
import { batchSpace } from "../spaces/batch.js";
import type { Space } from "../spaces/space.js";
import { ActionBatch } from "./action-batch.js";
import { maskedResetNeeded, maskOf, requireMode, requireNumEnvs, resetNeeded, seedsOf } from "./checks.js";
import { StepSlot } from "./step-slot.js";
import type { AutoresetMode, Batch, VectorEnv, VectorInfos, VectorReset, VectorStep } from "./vector-env.js";

export interface VectorResetOptions {
  seed?: number | readonly (number | null)[];
  options?: ResetOptions;
  mask?: Uint8Array | readonly boolean[];
}

/** Which sub-environments a reset is for, and their seeds (null: the generator goes on). */
export interface ResetPlan {
  readonly seeds: readonly (number | null)[];
  readonly chosen: readonly boolean[];
}

export interface VectorParts<Observations extends Batch> {
  /** For messages. */
  id: string;
  numEnvs: number;
  observationSpace: Space<unknown>;
  actionSpace: Space<unknown>;
  /** `next-step` by default, as in Gymnasium. */
  autoresetMode: AutoresetMode | undefined;
  spec: EnvSpec | null;
  /** Actions per mask; 0 if there are no masks. */
  numMaskedActions: number;
  allocate(numEnvs: number): Observations;
}

/** What native and sync vector environments have in common: spaces, the two alternating slots, and refusals. */
export abstract class VectorBase<Observations extends Batch> implements VectorEnv {
  readonly numEnvs: number;
  readonly singleObservationSpace: Space<unknown>;
  readonly singleActionSpace: Space<unknown>;
  readonly autoresetMode: AutoresetMode;
  readonly spec: EnvSpec | null;
  /** Actions per mask; 0 where the environments have no masks. */
  readonly numMaskedActions: number;

  protected readonly id: string;
  protected readonly actions: ActionBatch;
  /** 1 where the episode ended and no reset has followed yet. */
  protected readonly ended: Uint8Array;
  protected slot: StepSlot<Observations>;
  protected started = false;
  protected closed = false;
  private otherSlot: StepSlot<Observations>;
  private batchedSpaces: { observation: Space<unknown>; action: Space<unknown> } | null = null;

  constructor(parts: VectorParts<Observations>) {
    const { id, numEnvs, numMaskedActions } = parts;
    this.id = id;
    this.numEnvs = requireNumEnvs(numEnvs, id);
    this.singleObservationSpace = parts.observationSpace;
    this.singleActionSpace = parts.actionSpace;
    this.autoresetMode = requireMode(parts.autoresetMode ?? "next-step");
    this.spec = parts.spec;
    this.actions = new ActionBatch(parts.actionSpace, numEnvs, id);
    this.numMaskedActions = numMaskedActions;
    this.ended = new Uint8Array(numEnvs);
    const allocateSlot = () => {
      const finalObservations = this.autoresetMode === "same-step" ? parts.allocate(numEnvs) : null;
      return new StepSlot(parts.allocate(numEnvs), { numEnvs, finalObservations, numMaskedActions });
    };
    this.slot = allocateSlot();
    this.otherSlot = allocateSlot();
  }

  get observationSpace(): Space<unknown> {
    return this.spaces().observation;
  }

  get actionSpace(): Space<unknown> {
    return this.spaces().action;
  }

  get observations(): Batch {
    this.requireStarted();
    return this.slot.observations;
  }

  get actionMasks(): Uint8Array | null {
    this.requireStarted();
    return this.slot.actionMasks;
  }

  abstract reset(options?: VectorResetOptions): VectorReset;
  abstract step(actions: Batch): VectorStep;
  abstract close(): void;
  abstract snapshot(): EnvSnapshot;
  abstract restore(snapshot: EnvSnapshot): void;

  protected resetPlan({ seed, mask }: VectorResetOptions): ResetPlan {
    this.requireOpen();
    const seeds = seedsOf(seed, this.numEnvs);
    const chosen = maskOf(mask, this.numEnvs);
    if (this.started || !chosen.includes(false)) return { seeds, chosen };
    throw resetNeeded(this.id, "a masked reset came before the first full one");
  }

  /** Refuses a step that may not be, else reads its actions; until then nothing has changed. */
  protected takeActions(actions: Batch): void {
    this.requireStarted();
    if (this.autoresetMode === "disabled" && this.ended.includes(1)) {
      throw maskedResetNeeded(this.id, this.ended.indexOf(1));
    }
    this.actions.take(actions, this.ended);
  }

  /** Makes the other slot the current one; infos of the one before that nobody read are gone. */
  protected turn(gather: (() => VectorInfos) | null): StepSlot<Observations> {
    const slot = this.otherSlot;
    this.slot.expire();
    this.otherSlot = this.slot;
    this.slot = slot;
    slot.begin(gather);
    return slot;
  }

  protected requireOpen(): void {
    if (!this.closed) return;
    throw new GymnasiumError("closed", `${this.id}: the vector environment was closed: make a new one.`);
  }

  private requireStarted(): void {
    if (this.started && !this.closed) return;
    this.requireOpen();
    throw resetNeeded(this.id, "the vector environment was used before reset");
  }

  private spaces(): { observation: Space<unknown>; action: Space<unknown> } {
    this.batchedSpaces ??= {
      observation: batchSpace(this.singleObservationSpace, this.numEnvs),
      action: batchSpace(this.singleActionSpace, this.numEnvs),
    };
    return this.batchedSpaces;
  }
}
