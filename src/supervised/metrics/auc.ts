import { type ClassBatch, classBatch } from "./batches.js";
import { type Metric, MetricError, type OutputKind } from "./metric.js";

/**
 * Area under the ROC curve: how often a case of class 1 has a higher score than one of class 0, ties counting half.
 * It is exact, by ranks, and keeps all scores for it.
 *
 * Of several classes it is the mean over classes of each against the rest, by probability (of logits by the softmax's odds);
 * classes of which there are no cases, or no others, are left out. NaN where nothing is left.
 *
 * Source: Hanley & McNeil 1982, https://doi.org/10.1148/radiology.143.1.7063747
 */
export function auc(kind: OutputKind): Metric {
  /** Scores by column. */
  let scores: number[][] = [];
  let targets: number[] = [];
  let weights: number[] = [];

  function keep(batch: ClassBatch, index: number): void {
    const { columns } = batch;
    const row = Array.prototype.slice.call(batch.scores, index * columns, (index + 1) * columns) as number[];
    const ranked = kind === "logits" && columns > 1 ? logOdds(row) : row;
    ranked.forEach((score, column) => {
      scores[column]!.push(score);
    });
    targets.push(batch.targets[index]!);
    weights.push(batch.weightOf(index));
  }

  return {
    name: "auc",
    higherIsBetter: true,
    add(...arrays) {
      const batch = classBatch(...arrays);
      if (scores.length === 0) scores = Array.from({ length: batch.columns }, () => []);
      if (scores.length !== batch.columns) {
        throw new MetricError(
          "shape-mismatch",
          `The metric got ${batch.columns} scores per case after ${scores.length}; reset it between nets.`,
        );
      }
      for (let i = 0; i < batch.cases; i++) if (batch.weightOf(i) > 0) keep(batch, i);
    },
    value() {
      // Of two classes, one against the other is the same either way.
      const columns = scores.length <= 2 ? scores.slice(-1) : scores;
      const areas = columns.map((column, index) => {
        const positive = columns.length === 1 ? 1 : index;
        return areaUnderCurve(column, (i) => targets[i] === positive, weights);
      });
      const defined = areas.filter((area) => area !== null);
      return defined.reduce((sum, area) => sum + area, 0) / defined.length;
    },
    reset() {
      scores = [];
      targets = [];
      weights = [];
    },
  };
}

/** null without positive cases or without others; NaN if a score is. */
function areaUnderCurve(
  scores: readonly number[],
  isPositive: (index: number) => boolean,
  weights: readonly number[],
): number | null {
  if (scores.some(Number.isNaN)) return Number.NaN;
  const order = scores.map((_, index) => index).sort((a, b) => scores[a]! - scores[b]!);
  let wins = 0;
  let positives = 0;
  let negatives = 0;
  for (let from = 0; from < order.length; ) {
    const score = scores[order[from]!]!;
    let tiedPositives = 0;
    let tiedNegatives = 0;
    for (; from < order.length && scores[order[from]!] === score; from++) {
      const index = order[from]!;
      if (isPositive(index)) tiedPositives += weights[index]!;
      else tiedNegatives += weights[index]!;
    }
    wins += tiedPositives * (negatives + tiedNegatives / 2);
    positives += tiedPositives;
    negatives += tiedNegatives;
  }
  return positives > 0 && negatives > 0 ? wins / (positives * negatives) : null;
}

/** log p - log(1 - p) of each class's probability p: in the order of p, also where p itself would be rounded to 1. */
function logOdds(logits: readonly number[]): number[] {
  const best = logits.indexOf(Math.max(...logits));
  const sum = exponentialSum(logits);
  const others = exponentialSum(logits.filter((_, place) => place !== best));
  return logits.map((logit, place) => {
    if (place === best) return logit - others.largest - Math.log(others.sum);
    return logit - sum.largest - Math.log(sum.sum - Math.exp(logit - sum.largest));
  });
}

/** Sum of exp(z - the largest z). */
function exponentialSum(logits: readonly number[]): { largest: number; sum: number } {
  const largest = Math.max(...logits);
  return { largest, sum: logits.reduce((total, logit) => total + Math.exp(logit - largest), 0) };
}
