import { MetricError } from "./metric.js";

/** A word, or its number. */
type Token = string | number;

/**
 * What is done about an order of n-grams of which none matches, without which BLEU is 0.
 *
 * - none: nothing, as in Papineni et al. 2002
 * - exponential: the i-th such order counts 1 / 2^i of a match, as in NIST's mteval-v13a and by default in sacreBLEU
 *   (Chen & Cherry 2014, method 3)
 */
export type BleuSmoothing = "none" | "exponential";

export interface BleuOptions {
  /** Default none. */
  smoothing?: BleuSmoothing;
}

const orders = [1, 2, 3, 4] as const;

/** What the score is made of. */
export interface BleuParts {
  /** Share of the n-grams, n = 1 ... 4, that are in a reference, each counted as often as there at most. */
  precisions: number[];
  brevityPenalty: number;
  /** Tokens of all hypotheses. */
  hypothesisLength: number;
  /** Tokens of the references whose lengths are closest; of two as close the shorter. */
  referenceLength: number;
}

/**
 * BLEU-4 of a corpus, from 0 to 100: 100 BP exp(1/4 sum over n of log p_n), BP = min(1, exp(1 - r / h)), with the
 * clipped precisions p_n of n-grams and the lengths r and h of the references and the hypotheses, all of the whole
 * corpus.
 *
 * It works on tokens. To compare with published figures, `tokenize13a` splits text as they mostly do.
 *
 * Source: Papineni et al. 2002, https://aclanthology.org/P02-1040
 *
 * @example
 * const bleu = new Bleu();
 * bleu.add(tokenize13a("the cat sat"), [tokenize13a("The cat sat.")]);
 */
export class Bleu {
  readonly name = "bleu";
  readonly higherIsBetter = true;
  private readonly matches = new Float64Array(orders.length);
  private readonly totals = new Float64Array(orders.length);
  private hypothesisLength = 0;
  private referenceLength = 0;

  constructor(private readonly options: BleuOptions = {}) {}

  /**
   * @param hypothesis tokens of one sentence
   * @param references tokens of one or more sentences that would be right
   * @throws {MetricError} `no-reference`
   */
  add(hypothesis: readonly Token[], references: readonly (readonly Token[])[]): void {
    if (references.length === 0) {
      throw new MetricError("no-reference", "BLEU got a sentence without a reference; give one or more.");
    }
    for (const n of orders) {
      const allowed = mostOften(references.map((reference) => ngramCounts(reference, n)));
      for (const [ngram, count] of ngramCounts(hypothesis, n)) {
        this.matches[n - 1]! += Math.min(count, allowed.get(ngram) ?? 0);
        this.totals[n - 1]! += count;
      }
    }
    this.hypothesisLength += hypothesis.length;
    this.referenceLength += closestLength(hypothesis.length, references);
  }

  parts(): BleuParts {
    const { hypothesisLength, referenceLength } = this;
    const ratio = referenceLength / hypothesisLength;
    const brevityPenalty = hypothesisLength >= referenceLength ? 1 : Math.exp(1 - ratio);
    return { precisions: this.precisions(), brevityPenalty, hypothesisLength, referenceLength };
  }

  /** NaN of nothing. */
  value(): number {
    if (this.referenceLength === 0 && this.hypothesisLength === 0) return Number.NaN;
    const { precisions, brevityPenalty } = this.parts();
    const logarithms = precisions.reduce((sum, precision) => sum + Math.log(precision), 0);
    return 100 * brevityPenalty * Math.exp(logarithms / orders.length);
  }

  reset(): void {
    this.matches.fill(0);
    this.totals.fill(0);
    this.hypothesisLength = 0;
    this.referenceLength = 0;
  }

  private precisions(): number[] {
    const { smoothing = "none" } = this.options;
    const anything = this.matches.some((count) => count > 0);
    let missing = 1;
    return orders.map((n) => {
      const [found, total] = [this.matches[n - 1]!, this.totals[n - 1]!];
      if (total === 0) return 0;
      if (found > 0 || smoothing === "none" || !anything) return found / total;
      missing *= 2;
      return 1 / (missing * total);
    });
  }
}

function ngramCounts(tokens: readonly Token[], n: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (let from = 0; from + n <= tokens.length; from++) {
    const ngram = tokens.slice(from, from + n).join("\u0000");
    counts.set(ngram, (counts.get(ngram) ?? 0) + 1);
  }
  return counts;
}

/** How often each n-gram is in the reference that has it most often. */
function mostOften(counts: readonly Map<string, number>[]): Map<string, number> {
  if (counts.length === 1) return counts[0]!;
  const most = new Map<string, number>();
  for (const ofReference of counts) {
    for (const [ngram, count] of ofReference) most.set(ngram, Math.max(count, most.get(ngram) ?? 0));
  }
  return most;
}

function closestLength(length: number, references: readonly (readonly Token[])[]): number {
  const lengths = references.map((reference) => reference.length);
  const distance = Math.min(...lengths.map((other) => Math.abs(other - length)));
  return Math.min(...lengths.filter((other) => Math.abs(other - length) === distance));
}
