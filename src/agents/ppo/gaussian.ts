import type { Generator } from "gymnasium-js";
import type { ActionDistribution, DistributionSlopes, DrawnActions } from "./distribution.js";

type Floats = Float32Array | Float64Array;

const halfLogTwoPi = 0.5 * Math.log(2 * Math.PI);

/**
 * Independent normal distributions, one for each number of an action, by their means and the logarithms of their
 * standard deviations, which are free parameters (Schulman et al. 2017, section 6.1):
 *
 *   log pi(a|s) = sum over i of - ((a_i - mu_i) / sigma_i)^2 / 2 - log sigma_i - log(2 pi) / 2
 *   H = sum over i of log sigma_i + log(2 pi e) / 2
 *
 * What is drawn may lie outside of the bounds. The environment gets it clipped; probabilities are those of what was drawn.
 */
export class Gaussian implements ActionDistribution {
  readonly outputs: number;
  readonly freeOutputs: number;
  readonly actionSize: number;
  private rows = 0;
  /** `[rows, 2 actionSize]` means, then logarithms of deviations. */
  private given: ArrayLike<number> = [];
  private clipped: Floats;

  constructor(private readonly bounds: { low: Floats; high: Floats }) {
    this.actionSize = bounds.low.length;
    this.freeOutputs = this.actionSize;
    this.outputs = 2 * this.actionSize;
    this.clipped = bounds.low.slice(0, 0);
  }

  allocate(rows: number): Float32Array {
    return new Float32Array(rows * this.actionSize);
  }

  give(outputs: ArrayLike<number>, _masks: null | Uint8Array, rows: number): void {
    this.given = outputs;
    this.rows = rows;
  }

  sample(rng: Generator, actions: DrawnActions): void {
    for (let row = 0; row < this.rows; row++) {
      for (let i = 0; i < this.actionSize; i++) this.drawInto(actions, row, i, rng);
    }
  }

  private drawInto(actions: DrawnActions, row: number, i: number, rng: Generator): void {
    actions[row * this.actionSize + i] = this.mean(row, i) + this.deviation(row, i) * rng.standardNormal();
  }

  greedy(actions: DrawnActions, epsilon: number, rng: Generator | null): void {
    const { rows, actionSize } = this;
    const { low, high } = this.bounds;
    for (let row = 0; row < rows; row++) {
      const explores = rng !== null && epsilon > 0 && rng.random() < epsilon;
      for (let i = 0; i < actionSize; i++) {
        if (!explores) actions[row * actionSize + i] = this.mean(row, i);
        else if (high[i]! - low[i]! < Infinity) actions[row * actionSize + i] = rng.uniform(low[i], high[i]);
        else this.drawInto(actions, row, i, rng);
      }
    }
  }

  logProb(actions: DrawnActions, row: number): number {
    let sum = 0;
    for (let i = 0; i < this.actionSize; i++) {
      const distance = this.distance(actions, row, i);
      sum -= 0.5 * distance * distance + this.logDeviation(row, i) + halfLogTwoPi;
    }
    return sum;
  }

  entropy(row: number): number {
    let sum = 0;
    for (let i = 0; i < this.actionSize; i++) sum += this.logDeviation(row, i) + halfLogTwoPi + 0.5;
    return sum;
  }

  /** With d = (a - mu) / sigma: d log pi/d mu = d / sigma, d log pi/d log sigma = d^2 - 1, dH/d log sigma = 1 */
  writeGradient(actions: DrawnActions, slopes: DistributionSlopes, gradient: Float32Array): void {
    const { rows, actionSize } = this;
    for (let row = 0; row < rows; row++) {
      const slope = slopes.logProbs[row]!;
      for (let i = 0; i < actionSize; i++) {
        const distance = this.distance(actions, row, i);
        const at = row * this.outputs + i;
        gradient[at] = (slope * distance) / this.deviation(row, i);
        gradient[at + actionSize] = slope * (distance * distance - 1) + slopes.entropy;
      }
    }
  }

  toSpace(actions: DrawnActions): Floats {
    const { low, high } = this.bounds;
    if (this.clipped.length !== actions.length) {
      this.clipped =
        low instanceof Float32Array ? new Float32Array(actions.length) : new Float64Array(actions.length);
    }
    for (let at = 0; at < actions.length; at++) {
      const i = at % this.actionSize;
      this.clipped[at] = Math.min(high[i]!, Math.max(low[i]!, actions[at]!));
    }
    return this.clipped;
  }

  probabilities(): null {
    return null;
  }

  fault(actions: DrawnActions, _masks: Uint8Array | null, row: number): string | null {
    const { actionSize } = this;
    for (let at = row * actionSize; at < (row + 1) * actionSize; at++) {
      if (!Number.isFinite(actions[at]))
        return `has ${actions[at]} in its action; actions are finite numbers`;
    }
    return null;
  }

  private mean(row: number, i: number): number {
    return this.given[row * this.outputs + i]!;
  }

  private logDeviation(row: number, i: number): number {
    return this.given[row * this.outputs + this.actionSize + i]!;
  }

  private deviation(row: number, i: number): number {
    return Math.exp(this.logDeviation(row, i));
  }

  /** From the mean, in deviations. */
  private distance(actions: DrawnActions, row: number, i: number): number {
    return (actions[row * this.actionSize + i]! - this.mean(row, i)) / this.deviation(row, i);
  }
}
