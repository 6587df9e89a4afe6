import { allocate, type FieldArray, sizeOf } from "./element.js";
import { FrameStore } from "./frames.js";
import type { ReplayConfig } from "./types.js";

/** In `finals`: the episode went on. */
export const noFinal = -1;

/**
 * Struct of arrays over the slots of all environments: environment e has slots `e * slots` to `(e + 1) * slots - 1`,
 * a ring in which each step takes the next one. A slot holds the frame acted on, the action, and what followed.
 */
export class Storage {
  /** Slots per environment. */
  readonly slots: number;
  readonly frames: FrameStore;
  /** `[numEnvs * slots, ...action.shape]`. */
  readonly actions: FieldArray;
  /** Frames of the same episode before this slot's, at most `stack - 1`. */
  readonly ages: Uint8Array;
  /** Pool id of the episode's last observation where this slot's step ended it, else `noFinal`. */
  readonly finals: Int32Array;
  /** Actions that were legal after this slot's step, `[numEnvs * slots, actionMask]`. */
  readonly nextMasks: Uint8Array;
  /** n-step returns, their discounts, and how many steps m they span; known once m is. */
  readonly returns: Float32Array;
  readonly discounts: Float32Array;
  readonly steps: Uint8Array;

  readonly actionSize: number;
  readonly maskSize: number;

  /** @param transitionsPerEnv completed transitions that each environment can hold at a time */
  constructor({ element, numEnvs, nStep, stack }: ReplayConfig, transitionsPerEnv: number) {
    // Beside the completed ones: n - 1 waiting, the frame after the newest step, stack - 1 frames before the oldest.
    this.slots = transitionsPerEnv + (nStep - 1) + 1 + (stack - 1);
    const total = numEnvs * this.slots;
    this.frames = new FrameStore(element.observation, { numEnvs, slots: this.slots, stack });
    this.actionSize = sizeOf(element.action);
    this.maskSize = element.actionMask;
    this.actions = allocate(element.action, total * this.actionSize);
    this.ages = new Uint8Array(total);
    this.finals = new Int32Array(total).fill(noFinal);
    this.nextMasks = new Uint8Array(total * this.maskSize);
    this.returns = new Float32Array(total);
    this.discounts = new Float32Array(total);
    this.steps = new Uint8Array(total);
  }

  /** The slot of an environment `distance` after (or before) a position of its ring. */
  position(from: number, distance: number): number {
    const { slots } = this;
    const position = (from + distance) % slots;
    return position < 0 ? position + slots : position;
  }

  setAction(slot: number, actions: ArrayLike<number>, env: number): void {
    const { actionSize } = this;
    for (let i = 0; i < actionSize; i++) {
      this.actions[slot * actionSize + i] = actions[env * actionSize + i]!;
    }
  }

  /** @param masks null where all actions count as legal */
  setNextMask(slot: number, masks: Uint8Array | null, env: number): void {
    const { maskSize } = this;
    for (let i = 0; i < maskSize; i++) {
      this.nextMasks[slot * maskSize + i] = masks === null ? 1 : masks[env * maskSize + i]!;
    }
  }
}
