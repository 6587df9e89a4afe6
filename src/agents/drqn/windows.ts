/** Steps of one episode that are learnt from together. */
export interface Window {
  /** Slot of the first learnt step. */
  start: number;
  /** Steps before it, of the same episode, that warm the memory up. */
  burnIn: number;
  /** Learnt steps. */
  length: number;
}

const fields = 3;

/** Windows of each environment, oldest first, in rings of a fixed size. */
export class Windows {
  /** `[numEnvs, most, (start, burnIn, length)]` */
  private readonly entries: Int32Array;
  private readonly firsts: Int32Array;
  private readonly counts: Int32Array;
  /** In all environments. */
  private total = 0;

  /** @param most windows of one environment */
  constructor(
    private readonly numEnvs: number,
    private readonly most: number,
  ) {
    this.entries = new Int32Array(numEnvs * most * fields);
    this.firsts = new Int32Array(numEnvs);
    this.counts = new Int32Array(numEnvs);
  }

  get size(): number {
    return this.total;
  }

  push(env: number, { start, burnIn, length }: Window): void {
    const at = this.placeOf(env, this.counts[env]!);
    this.entries[at] = start;
    this.entries[at + 1] = burnIn;
    this.entries[at + 2] = length;
    this.counts[env]!++;
    this.total++;
  }

  /** Forgets the oldest windows of an environment, as long as they are ones to forget. */
  dropWhile(env: number, gone: (window: Window) => boolean): void {
    while (this.counts[env]! > 0 && gone(this.read(env, 0))) {
      this.firsts[env] = (this.firsts[env]! + 1) % this.most;
      this.counts[env]!--;
      this.total--;
    }
  }

  /** One of all, counted environment by environment from 0. */
  at(index: number): Window & { env: number } {
    let env = 0;
    let left = index;
    while (left >= this.counts[env]!) left -= this.counts[env++]!;
    return { env, ...this.read(env, left) };
  }

  /** Of each environment how many, and all of them in order. */
  save(): { counts: Int32Array; entries: Int32Array } {
    const entries = new Int32Array(this.total * fields);
    for (let index = 0; index < this.total; index++) {
      const { start, burnIn, length } = this.at(index);
      entries.set([start, burnIn, length], index * fields);
    }
    return { counts: this.counts.slice(), entries };
  }

  /** Whether `load` would take them. */
  fits(counts: Int32Array, entries: Int32Array): boolean {
    const inRange = counts.every((count) => count >= 0 && count <= this.most);
    const total = counts.reduce((sum, count) => sum + count, 0);
    return counts.length === this.numEnvs && inRange && entries.length === total * fields;
  }

  load(counts: Int32Array, entries: Int32Array): void {
    this.firsts.fill(0);
    this.counts.set(counts);
    this.total = entries.length / fields;
    let from = 0;
    for (let env = 0; env < this.numEnvs; env++) {
      const to = from + counts[env]! * fields;
      this.entries.set(entries.subarray(from, to), env * this.most * fields);
      from = to;
    }
  }

  private read(env: number, number: number): Window {
    const at = this.placeOf(env, number);
    const { entries } = this;
    return { start: entries[at]!, burnIn: entries[at + 1]!, length: entries[at + 2]! };
  }

  private placeOf(env: number, number: number): number {
    return (env * this.most + ((this.firsts[env]! + number) % this.most)) * fields;
  }
}
