import type { Generator } from "gymnasium-js";
import { epsilonGreedy } from "../exploration.js";
import type { ActionCodes } from "../spaces.js";
import type { ActionDistribution, DistributionSlopes, DrawnActions } from "./distribution.js";

/**
 * Discrete actions by their logits z, of which illegal ones have no part (Huang & Ontanon 2022,
 * https://arxiv.org/abs/2006.14171):
 *
 *   pi(a|s) = exp(z_a) / sum over legal b of exp(z_b),   H = - sum over a of pi(a|s) log pi(a|s)
 */
export class Categorical implements ActionDistribution {
  readonly outputs: number;
  readonly freeOutputs = 0;
  readonly actionSize = 1;
  private rows = 0;
  private masks: Uint8Array | null = null;
  private logits: ArrayLike<number> = [];
  /** `[rows, outputs]` log pi; -Infinity for illegal actions. */
  private logProbs = new Float64Array(0);

  constructor(private readonly codes: ActionCodes) {
    this.outputs = codes.n;
  }

  allocate(rows: number): Int32Array {
    return new Int32Array(rows);
  }

  give(logits: ArrayLike<number>, masks: Uint8Array | null, rows: number): void {
    const n = this.outputs;
    if (this.logProbs.length !== rows * n) this.logProbs = new Float64Array(rows * n);
    this.rows = rows;
    this.masks = masks;
    this.logits = logits;
    for (let row = 0; row < rows; row++) this.normalise(row * n, isRestricted(masks, row, n));
  }

  /** log pi = z - max - log sum exp(z - max) */
  private normalise(start: number, restricted: boolean): void {
    const { logits, logProbs, masks } = this;
    const end = start + this.outputs;
    const legal = (at: number) => !restricted || masks![at] !== 0;
    let largest = Number.NEGATIVE_INFINITY;
    for (let at = start; at < end; at++) if (legal(at)) largest = Math.max(largest, logits[at]!);
    let sum = 0;
    for (let at = start; at < end; at++) if (legal(at)) sum += Math.exp(logits[at]! - largest);
    const shift = largest + Math.log(sum);
    for (let at = start; at < end; at++) {
      logProbs[at] = legal(at) ? logits[at]! - shift : Number.NEGATIVE_INFINITY;
    }
  }

  /** One draw per row, by the sums of the probabilities in the order of the actions. */
  sample(rng: Generator, actions: DrawnActions): void {
    const { rows, logProbs, outputs: n, codes } = this;
    for (let row = 0; row < rows; row++) {
      let rest = rng.random();
      let action = -1;
      for (let at = 0; at < n && rest >= 0; at++) {
        const probability = Math.exp(logProbs[row * n + at]!);
        // Also where rounding leaves the sum below the draw, the action is one that can be.
        if (probability > 0) action = at;
        rest -= probability;
      }
      actions[row] = codes.start + Math.max(0, action);
    }
  }

  greedy(actions: DrawnActions, epsilon: number, rng: Generator | null): void {
    const { rows, masks, logits, outputs: numActions, codes } = this;
    const values = () => logits;
    epsilonGreedy({ rows, numActions, mask: masks, epsilon, rng, values, actions: actions as Int32Array });
    if (codes.start !== 0) for (let row = 0; row < rows; row++) actions[row]! += codes.start;
  }

  logProb(actions: DrawnActions, row: number): number {
    return this.logProbs[row * this.outputs + actions[row]! - this.codes.start]!;
  }

  entropy(row: number): number {
    const { logProbs, outputs: n } = this;
    let entropy = 0;
    for (let at = row * n; at < (row + 1) * n; at++) {
      const probability = Math.exp(logProbs[at]!);
      // Not !(probability > 0), so that NaN goes through.
      if (probability !== 0) entropy -= probability * logProbs[at]!;
    }
    return entropy;
  }

  /** d log pi(a)/dz_b = [a = b] - pi_b;  dH/dz_b = - pi_b (log pi_b + H) */
  writeGradient(actions: DrawnActions, slopes: DistributionSlopes, gradient: Float32Array): void {
    const { rows, logProbs, outputs: n, codes } = this;
    for (let row = 0; row < rows; row++) {
      const taken = row * n + actions[row]! - codes.start;
      const entropy = this.entropy(row);
      const slope = slopes.logProbs[row]!;
      for (let at = row * n; at < (row + 1) * n; at++) {
        const probability = Math.exp(logProbs[at]!);
        const spread = probability === 0 ? 0 : -probability * (logProbs[at]! + entropy);
        gradient[at] = slope * ((at === taken ? 1 : 0) - probability) + slopes.entropy * spread;
      }
    }
  }

  toSpace(actions: DrawnActions): Int32Array {
    return actions as Int32Array;
  }

  probabilities(): Float32Array {
    return Float32Array.from(this.logProbs, (logProb) => Math.exp(logProb));
  }

  fault(actions: DrawnActions, masks: Uint8Array | null, row: number): string | null {
    const { start } = this.codes;
    const n = this.outputs;
    const index = actions[row]! - start;
    if (!(Number.isInteger(index) && index >= 0 && index < n)) {
      return `has action ${actions[row]}; the actions are the whole numbers ${start} to ${start + n - 1}`;
    }
    if (!isRestricted(masks, row, n) || masks![row * n + index] !== 0) return null;
    return `has action ${actions[row]}, which its mask [${masks!.subarray(row * n, (row + 1) * n)}] forbids`;
  }
}

/** Whether a mask leaves a choice: one that forbids everything (an episode that is over) is as good as none. */
function isRestricted(masks: Uint8Array | null, row: number, n: number): boolean {
  if (masks === null) return false;
  for (let at = row * n; at < (row + 1) * n; at++) if (masks[at] !== 0) return true;
  return false;
}
