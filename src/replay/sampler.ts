import type { Generator } from "gymnasium-js";

/** Which transitions can be drawn, and how likely each is. A transition is known by its slot in the storage. */
export interface Sampler {
  readonly size: number;
  insert(slot: number): void;
  remove(slot: number): void;
  /** Fills `slots`; must not be called while the set is empty. */
  draw(rng: Generator, slots: Int32Array): void;
  clear(): void;
  /** The set in its inner order, on which the draws depend. */
  members(): Int32Array;
}

/** All transitions equally likely, with replacement. A dense list of members, so that no draw is ever rejected. */
export class UniformSampler implements Sampler {
  size = 0;
  private readonly list: Int32Array;
  /** Where a slot stands in the list; only read for members. */
  private readonly places: Int32Array;

  /**
   * @param capacity most members at a time
   * @param slots slots are 0 to `slots - 1`
   */
  constructor(capacity: number, slots: number) {
    this.list = new Int32Array(capacity);
    this.places = new Int32Array(slots);
  }

  insert(slot: number): void {
    this.list[this.size] = slot;
    this.places[slot] = this.size;
    this.size++;
  }

  remove(slot: number): void {
    const place = this.places[slot]!;
    const last = this.list[this.size - 1]!;
    this.list[place] = last;
    this.places[last] = place;
    this.size--;
  }

  draw(rng: Generator, slots: Int32Array): void {
    const { list, size } = this;
    for (let row = 0; row < slots.length; row++) slots[row] = list[rng.integers(0, size)]!;
  }

  clear(): void {
    this.size = 0;
  }

  members(): Int32Array {
    return this.list.slice(0, this.size);
  }
}
