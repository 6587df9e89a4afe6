import type { Generator } from "gymnasium-js";
import { ReplayError } from "./errors.js";
import type { Sampler } from "./sampler.js";
import { SumTree } from "./sum-tree.js";
import type { PrioritisedSampling } from "./types.js";

/**
 * Proportional prioritised sampling with replacement.
 *
 * - P(i) = p_i / sum_k p_k, p_i = (|tdError_i| + epsilon)^alpha; a new transition has the largest p so far, at first 1
 * - a batch of n splits the sum into n equal ranges and draws once from each, by one `random()` per row, in order
 * - w_i = (N P(i))^-beta / max_j w_j = (min_j p_j / p_i)^beta over the rows j of the batch
 *
 * Source: Schaul et al. 2016, equation 1, section 3.4 and appendix B.2.1, https://arxiv.org/abs/1511.05952
 */
export class PrioritisedSampler implements Sampler {
  size = 0;
  /** p_i at the leaf of each member's slot; 0 at all others. */
  private readonly tree: SumTree;
  private largest = 1;
  private updates = 0;
  /** One number per row of a batch, for use within a call. */
  private numbers = new Float64Array(0);

  /** @param slots slots are 0 to `slots - 1` */
  constructor(
    private readonly config: PrioritisedSampling,
    private readonly slots: number,
  ) {
    this.tree = new SumTree(slots);
  }

  /** Exponent of the importance weights at the next draw. */
  get beta(): number {
    const { betaStart, betaEnd, betaUpdates } = this.config;
    return betaStart + (betaEnd - betaStart) * Math.min(1, this.updates / betaUpdates);
  }

  insert(slot: number): void {
    this.tree.set(slot, this.largest);
    this.size++;
  }

  remove(slot: number): void {
    this.tree.set(slot, 0);
    this.size--;
  }

  draw(rng: Generator, slots: Int32Array, weights: Float32Array): void {
    const { tree, beta } = this;
    const range = tree.total / slots.length;
    const shares = rng.randomFill(this.numbersOf(slots.length));
    for (let row = 0; row < slots.length; row++) shares[row] = (row + shares[row]!) * range;
    tree.findAll(shares, slots);
    const priorities = shares;
    tree.getAll(slots, priorities);
    let smallest = Infinity;
    for (let row = 0; row < slots.length; row++) smallest = Math.min(smallest, priorities[row]!);
    for (let row = 0; row < slots.length; row++) weights[row] = (smallest / priorities[row]!) ** beta;
  }

  update(slots: Int32Array, tdErrors: ArrayLike<number>): void {
    const { alpha, epsilon } = this.config;
    const { tree } = this;
    for (let row = 0; row < slots.length; row++) {
      if (Number.isFinite(tdErrors[row])) continue;
      throw new ReplayError(
        "invalid-priority",
        `Row ${row} has a TD error of ${tdErrors[row]}, expected a finite number for each of the ${slots.length} rows.`,
      );
    }
    const priorities = this.numbersOf(slots.length);
    tree.getAll(slots, priorities);
    for (let row = 0; row < slots.length; row++) {
      // What is no member any more stays none.
      const isMember = priorities[row]! > 0;
      const priority = isMember ? (Math.abs(tdErrors[row]!) + epsilon) ** alpha : 0;
      priorities[row] = priority;
      if (priority > this.largest) this.largest = priority;
    }
    tree.setAll(slots, priorities);
    this.updates++;
  }

  private numbersOf(rows: number): Float64Array {
    if (this.numbers.length !== rows) this.numbers = new Float64Array(rows);
    return this.numbers;
  }

  clear(): void {
    this.tree.clear();
    this.size = 0;
    this.largest = 1;
    this.updates = 0;
  }

  members(): Int32Array {
    const members = new Int32Array(this.size);
    let found = 0;
    for (let slot = 0; slot < this.slots; slot++) if (this.tree.get(slot) > 0) members[found++] = slot;
    return members;
  }

  /** Number of updates, the largest priority so far, and the members' priorities. */
  state(): Float64Array {
    const members = this.members();
    const state = new Float64Array(2 + members.length);
    state[0] = this.updates;
    state[1] = this.largest;
    for (let i = 0; i < members.length; i++) state[2 + i] = this.tree.get(members[i]!);
    return state;
  }

  faultOf(state: Float64Array, members: number): string | null {
    if (state.length !== 2 + members) {
      return `there are ${state.length} numbers of priorities, expected ${2 + members}`;
    }
    const [updates, ...priorities] = state;
    if (!Number.isInteger(updates) || updates! < 0) return `${updates} updates of priorities were made`;
    const wrong = priorities.find((priority) => !(priority > 0 && priority <= priorities[0]!));
    return wrong === undefined
      ? null
      : `a priority is ${wrong}, expected a number above 0, at most ${priorities[0]}`;
  }

  restore(members: Int32Array, state: Float64Array): void {
    this.clear();
    this.updates = state[0]!;
    this.largest = state[1]!;
    for (let i = 0; i < members.length; i++) this.tree.set(members[i]!, state[2 + i]!);
    this.size = members.length;
  }
}
