import type { RandomSource } from "gymnasium-js";

/** Gives the listed values in turn, whatever is asked for; throws when they run out. */
export class ScriptedDraws implements RandomSource {
  /** How many were drawn. */
  used = 0;

  constructor(private readonly values: readonly number[]) {}

  random(): number {
    return this.next();
  }

  integers(): number {
    return this.next();
  }

  uniform(low: number, high: number): number {
    return low + (high - low) * this.next();
  }

  private next(): number {
    const value = this.values[this.used++];
    if (value === undefined) throw new Error(`Only ${this.values.length} draws were scripted.`);
    return value;
  }
}
