import type { VectorStep } from "gymnasium-js";

/** How predicted values compare with what was earned, both as discounted sums of unscaled rewards. */
export interface Calibration {
  /** Steps that are compared. */
  steps: number;
  /** Mean of predicted minus realised. */
  bias: number;
  /** Root of the mean squared difference. */
  rmse: number;
  /** Pearson's; null where either does not vary. */
  correlation: number | null;
  /** Ten groups of as many steps each, by prediction from low to high. */
  bins: { steps: number; predicted: number; realised: number }[];
}

interface CalibrationSettings {
  gamma: number;
  /** Of the values that are predicted. */
  rewardScale: number;
}

/** Beyond so many steps nothing more is kept: the figures do not get better. */
const mostSteps = 1_000_000;

/** A step before a time limit counts only if what lies beyond the limit weighs less than this. */
const unknownShare = 0.05;

const binCount = 10;

/** Compares Q(s, a) of every step with the discounted return that followed it in the same episode. */
export class CalibrationRecord {
  private readonly predicted: number[] = [];
  private readonly realised: number[] = [];
  /** Of the episodes that run. */
  private open: { predictions: number[]; rewards: number[] }[] = [];
  private latest: number[] = [];

  constructor(private readonly settings: CalibrationSettings) {}

  /** Takes note of what is about to be done. @param q `[rows, n]` */
  predict(q: ArrayLike<number>, taken: ArrayLike<number>, { n, start }: { n: number; start: number }): void {
    this.latest = Array.from({ length: taken.length }, (_, row) => q[row * n + taken[row]! - start]!);
  }

  /** Takes in what came of it, for the environments that count. */
  add(next: VectorStep, counts: (env: number) => boolean): void {
    // Of another batch of episodes.
    if (this.open.length !== next.rewards.length) this.open = this.latest.map(() => newEpisode());
    for (let env = 0; env < this.open.length; env++) {
      if (!counts(env)) continue;
      const episode = this.open[env]!;
      if (this.predicted.length + episode.rewards.length < mostSteps) {
        episode.predictions.push(this.latest[env]! / this.settings.rewardScale);
        episode.rewards.push(next.rewards[env]!);
      }
      const terminated = next.terminations[env] === 1;
      if (!terminated && next.truncations[env] === 0) continue;
      this.close(episode, terminated);
      this.open[env] = newEpisode();
    }
  }

  /** G_t = r_t + gamma G_(t+1), from the end; of a truncated episode only where the rest hardly weighs. */
  private close(
    { predictions, rewards }: { predictions: number[]; rewards: number[] },
    terminated: boolean,
  ): void {
    const { gamma } = this.settings;
    let sum = 0;
    let beyond = terminated ? 0 : 1;
    for (let step = rewards.length - 1; step >= 0; step--) {
      sum = rewards[step]! + gamma * sum;
      beyond *= gamma;
      if (beyond > unknownShare) continue;
      this.predicted.push(predictions[step]!);
      this.realised.push(sum);
    }
  }

  /** Null where there is no step to compare. */
  summary(): Calibration | null {
    const { predicted, realised } = this;
    const steps = predicted.length;
    if (steps === 0) return null;
    const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / steps;
    const [p, r] = [mean(predicted), mean(realised)];
    const squares = predicted.map((value, i) => (value - realised[i]!) ** 2);
    const product = mean(predicted.map((value, i) => (value - p) * (realised[i]! - r)));
    const spread = Math.sqrt(
      mean(predicted.map((value) => (value - p) ** 2)) * mean(realised.map((value) => (value - r) ** 2)),
    );
    return {
      steps,
      bias: p - r,
      rmse: Math.sqrt(mean(squares)),
      correlation: spread > 0 ? product / spread : null,
      bins: this.bins(),
    };
  }

  private bins(): Calibration["bins"] {
    const { predicted, realised } = this;
    const order = predicted.map((_, i) => i).sort((a, b) => predicted[a]! - predicted[b]! || a - b);
    const count = Math.min(binCount, order.length);
    return Array.from({ length: count }, (_, bin) => {
      const members = order.slice(
        Math.floor((bin * order.length) / count),
        Math.floor(((bin + 1) * order.length) / count),
      );
      const mean = (values: readonly number[]): number =>
        members.reduce((sum, i) => sum + values[i]!, 0) / members.length;
      return { steps: members.length, predicted: mean(predicted), realised: mean(realised) };
    });
  }
}

function newEpisode(): { predictions: number[]; rewards: number[] } {
  return { predictions: [], rewards: [] };
}
