import { allocate, type FieldArray, sizeOf } from "./element.js";
import { type Units, unitsOf } from "./frames.js";
import { noFinal, type Storage } from "./storage.js";
import type { ReplayBatch, ReplayConfig } from "./types.js";

/** The reused memory of batches of one size, and how it is filled from slots of the storage. */
export class BatchBuffers {
  readonly batch: ReplayBatch;
  private readonly observations: Units;
  private readonly nextObservations: Units;
  private readonly actions: FieldArray;

  constructor(
    private readonly storage: Storage,
    { element, stack }: ReplayConfig,
    size: number,
  ) {
    const { observation, action, actionMask } = element;
    const values = size * stack * sizeOf(observation);
    const observations = allocate(observation, values);
    const nextObservations = allocate(observation, values);
    const actions = allocate(action, size * storage.actionSize) as Int32Array | Float32Array;
    this.observations = unitsOf(observations, storage.frames.frameBytes);
    this.nextObservations = unitsOf(nextObservations, storage.frames.frameBytes);
    this.actions = actions;
    this.batch = {
      size,
      observations,
      actions,
      rewards: new Float32Array(size),
      discounts: new Float32Array(size),
      nextObservations,
      nextActionMasks: actionMask === 0 ? null : new Uint8Array(size * actionMask),
      weights: new Float32Array(size).fill(1),
      indices: new Int32Array(size),
    };
  }

  /** Fills all rows from the slots in `batch.indices`. */
  fill(): ReplayBatch {
    const { batch, storage } = this;
    const { indices, rewards, discounts } = batch;
    for (let row = 0; row < batch.size; row++) {
      const slot = indices[row]!;
      const env = Math.floor(slot / storage.slots);
      const position = slot - env * storage.slots;
      rewards[row] = storage.returns[slot]!;
      discounts[row] = storage.discounts[slot]!;
      storage.frames.readStack(env, position, storage.ages[slot]!, this.observations, row);
      const last = storage.position(position, storage.steps[slot]! - 1);
      this.fillNext(env, last, row);
      this.fillAction(slot, row);
    }
    return batch;
  }

  /** @param last ring position of the last step whose reward is in the return */
  private fillNext(env: number, last: number, row: number): void {
    const { storage, nextObservations } = this;
    const { frames, ages, finals, slots, maskSize, nextMasks } = storage;
    const lastSlot = env * slots + last;
    const final = finals[lastSlot]!;
    if (final === noFinal) {
      const next = last + 1 === slots ? 0 : last + 1;
      frames.readStack(env, next, ages[env * slots + next]!, nextObservations, row);
    } else {
      frames.readFinalStack(env, last, ages[lastSlot]!, final, nextObservations, row);
    }
    const masks = this.batch.nextActionMasks;
    if (masks === null) return;
    for (let i = 0; i < maskSize; i++) masks[row * maskSize + i] = nextMasks[lastSlot * maskSize + i]!;
  }

  private fillAction(slot: number, row: number): void {
    const { actions } = this;
    const { actionSize, actions: stored } = this.storage;
    for (let i = 0; i < actionSize; i++) actions[row * actionSize + i] = stored[slot * actionSize + i]!;
  }
}
