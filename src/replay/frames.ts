import { allocate, bytesPerValue, type FieldArray, sizeOf } from "./element.js";
import { FramePool } from "./frame-pool.js";
import type { FieldSpec } from "./types.js";

/** Frames are moved as whole words where their bytes allow it, else as bytes. */
export type Units = Int32Array | Uint8Array;

/** Stacks of so many units or more are copied by the engine, shorter ones by a loop; measured on Node 20. */
const longStack = 64;

/** The same memory as units, if a frame is `frameBytes` long. */
export function unitsOf(values: FieldArray, frameBytes: number): Units {
  const { buffer, byteOffset, byteLength } = values;
  return frameBytes % 4 === 0
    ? new Int32Array(buffer, byteOffset, byteLength / 4)
    : new Uint8Array(buffer, byteOffset, byteLength);
}

/**
 * Single copies of frames: a ring of `slots` frames for each environment, and a pool for last observations.
 * Stacks are put together when they are read; long ones in a staging area behind each ring, because `copyWithin`,
 * and then `set` of a view made beforehand, copy at memory speed and allocate nothing.
 */
export class FrameStore {
  readonly frameBytes: number;
  /** Units per frame. */
  readonly width: number;
  readonly pool: FramePool;

  /** Values per frame. */
  private readonly size: number;
  private readonly slots: number;
  private readonly stack: number;
  /** Per environment `slots` frames and, as staging area, `stack` more. */
  private readonly rings: FieldArray[];
  private readonly units: Units[];
  private readonly stagings: Units[];
  private readonly staged: boolean;
  /** Where `gather` writes: an array, and how many frames lie before in it. */
  private target: Units;
  private targetFrame = 0;
  /** A frame on its way in, converted to the dtype that is stored. */
  private readonly incoming: FieldArray;
  private readonly incomingUnits: Units;

  constructor(
    field: FieldSpec,
    { numEnvs, slots, stack }: { numEnvs: number; slots: number; stack: number },
  ) {
    this.size = sizeOf(field);
    this.slots = slots;
    this.stack = stack;
    this.frameBytes = this.size * bytesPerValue(field);
    this.rings = Array.from({ length: numEnvs }, () => allocate(field, (slots + stack) * this.size));
    this.units = this.rings.map((ring) => unitsOf(ring, this.frameBytes));
    this.incoming = allocate(field, this.size);
    this.incomingUnits = unitsOf(this.incoming, this.frameBytes);
    this.width = this.incomingUnits.length;
    this.stagings = this.units.map((units) => units.subarray(slots * this.width));
    this.pool = new FramePool(this.incomingUnits);
    this.staged = stack * this.width >= longStack;
    this.target = this.incomingUnits;
  }

  /** Stores row `env` of a batch at `position` of the environment's ring. */
  write(env: number, position: number, batch: ArrayLike<number>): void {
    this.convert(env, batch);
    this.units[env]!.set(this.incomingUnits, position * this.width);
  }

  /** Whether `write` would change nothing. */
  holds(env: number, position: number, batch: ArrayLike<number>): boolean {
    this.convert(env, batch);
    const { incomingUnits, width } = this;
    const units = this.units[env]!;
    const at = position * width;
    for (let i = 0; i < width; i++) if (units[at + i] !== incomingUnits[i]) return false;
    return true;
  }

  /** Stores row `env` of a batch in the pool. @returns its id there */
  writeFinal(env: number, batch: ArrayLike<number>): number {
    this.convert(env, batch);
    const id = this.pool.take();
    this.pool.at(id).set(this.incomingUnits);
    return id;
  }

  /** Copies a frame of the ring into the pool. @returns its id there */
  copyToPool(env: number, position: number): number {
    const id = this.pool.take();
    const at = position * this.width;
    this.pool.at(id).set(this.units[env]!.subarray(at, at + this.width));
    return id;
  }

  /**
   * The stack whose newest frame is at `position`, written at `out[row * stack * width...]`, oldest first.
   * @param age how many frames of the episode came before; where less than `stack - 1`, the first one is repeated
   */
  readStack(env: number, position: number, age: number, out: Units, row: number): void {
    this.aim(env, out, row);
    this.gather(env, position, age, 0);
    this.deliver(env, out, row);
  }

  /** The same with pool frame `final` as the newest, after the ring's frame at `position`. */
  readFinalStack(env: number, position: number, age: number, final: number, out: Units, row: number): void {
    const { stack, width } = this;
    this.aim(env, out, row);
    if (stack > 1) this.gather(env, position, Math.min(age, stack - 2), 1);
    this.target.set(this.pool.at(final), (this.targetFrame + stack - 1) * width);
    this.deliver(env, out, row);
  }

  /** `count` frames from `position` on as bytes, in order: views, not copies. */
  bytes(env: number, position: number, count: number): Uint8Array[] {
    const { slots } = this;
    const first = Math.min(count, slots - position);
    return [this.bytesAt(env, position, first), this.bytesAt(env, 0, count - first)];
  }

  finalBytes(id: number): Uint8Array {
    const { buffer, byteOffset, byteLength } = this.pool.at(id);
    return new Uint8Array(buffer, byteOffset, byteLength);
  }

  private bytesAt(env: number, position: number, count: number): Uint8Array {
    const { frameBytes } = this;
    return new Uint8Array(this.rings[env]!.buffer, position * frameBytes, count * frameBytes);
  }

  private convert(env: number, batch: ArrayLike<number>): void {
    const { incoming, size } = this;
    const from = env * size;
    for (let i = 0; i < size; i++) incoming[i] = batch[from + i]!;
  }

  /** Short stacks are put together where they are wanted, long ones in the staging area. */
  private aim(env: number, out: Units, row: number): void {
    this.target = this.staged ? this.units[env]! : out;
    this.targetFrame = this.staged ? this.slots : row * this.stack;
  }

  private deliver(env: number, out: Units, row: number): void {
    if (this.staged) out.set(this.stagings[env]!, row * this.stack * this.width);
  }

  /** Puts the stack that ends at `position` together, `missing` frames short at its end. */
  private gather(env: number, position: number, age: number, missing: number): void {
    const { slots, stack, targetFrame } = this;
    const units = this.units[env]!;
    const repeats = stack - 1 - missing - age;
    let first = position - age;
    if (first < 0) first += slots;
    for (let k = 0; k < repeats; k++) this.move(units, targetFrame + k, first, 1);
    const untilEnd = slots - first;
    const count = age + 1;
    if (count <= untilEnd) {
      this.move(units, targetFrame + repeats, first, count);
    } else {
      this.move(units, targetFrame + repeats, first, untilEnd);
      this.move(units, targetFrame + repeats + untilEnd, 0, count - untilEnd);
    }
  }

  private move(units: Units, to: number, from: number, frames: number): void {
    const { width, target } = this;
    const end = (from + frames) * width;
    // Only within one array can a run be copied without making a view of it.
    if (this.staged) units.copyWithin(to * width, from * width, end);
    else for (let at = to * width, i = from * width; i < end; at++, i++) target[at] = units[i]!;
  }
}
