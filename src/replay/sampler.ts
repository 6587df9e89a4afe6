import type { Generator } from "gymnasium-js";
import { PrioritisedSampler } from "./prioritised-sampler.js";
import type { PrioritisedSampling, SamplingConfig } from "./types.js";

/** Which transitions can be drawn, and how likely each is. A transition is known by its slot in the storage. */
export interface Sampler {
  readonly size: number;
  insert(slot: number): void;
  remove(slot: number): void;
  /** Fills `slots` and their importance weights; must not be called while the set is empty. */
  draw(rng: Generator, slots: Int32Array, weights: Float32Array): void;
  /** Learns by how much the transitions of a draw were mispredicted. Slots outside the set are passed over. */
  update(slots: Int32Array, tdErrors: ArrayLike<number>): void;
  clear(): void;
  /** The set in its inner order, on which the draws may depend. */
  members(): Int32Array;
  /** What the draws depend on besides, in the order of the members. */
  state(): Float64Array;
  /** What is wrong with the state of so many members; null if nothing is. */
  faultOf(state: Float64Array, members: number): string | null;
  restore(members: Int32Array, state: Float64Array): void;
}

/** Makes the sampler that a config asks for. Slots are 0 to `slots - 1`, of which at most `capacity` are in use. */
export function createSampler(
  config: SamplingConfig | undefined,
  room: { capacity: number; slots: number },
): Sampler {
  const type = config?.type ?? "uniform";
  switch (type) {
    case "uniform":
      return new UniformSampler(room.capacity, room.slots);
    case "prioritised":
      return new PrioritisedSampler(config as PrioritisedSampling, room.slots);
    default:
      throw new Error(`There is no sampling of type ${JSON.stringify(type satisfies never)}.`);
  }
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

  /** Weights stay as they are, which is 1. */
  draw(rng: Generator, slots: Int32Array): void {
    const { list, size } = this;
    for (let row = 0; row < slots.length; row++) slots[row] = list[rng.integers(0, size)]!;
  }

  update(): void {}

  clear(): void {
    this.size = 0;
  }

  members(): Int32Array {
    return this.list.slice(0, this.size);
  }

  state(): Float64Array {
    return new Float64Array(0);
  }

  faultOf(state: Float64Array): string | null {
    return state.length === 0 ? null : `there are ${state.length} priorities, expected none`;
  }

  restore(members: Int32Array): void {
    this.clear();
    for (const slot of members) this.insert(slot);
  }
}
