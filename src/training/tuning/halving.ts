import { LudusError } from "../errors.js";
import { mean } from "../evaluation.js";

/** How far so many trials are trained, the best of the rung before. */
export interface Rung {
  trials: number;
  /** Environment steps of each run at its end, those of the rungs before included. */
  steps: number;
}

export interface HalvingSetting {
  trials: number;
  /** Environment steps of a whole run. */
  steps: number;
  /** One of so many goes on, and is trained so many times as long. */
  eta: number;
  /** By default as many as there are trials for, the first one a tenth of the run at least. */
  rungs?: number | undefined;
}

/** Shorter runs say little: exploration and the first update are planned for a share of the whole run. */
const shortestShare = 0.1;

/**
 * The rungs of successive halving (Jamieson & Talwalkar 2016): n, n/eta, n/eta², ... trials are trained for s, s·eta, s·eta², ...
 * steps, the last for the whole run, so that each rung costs about the same. The number of rungs chooses one of Hyperband's
 * brackets (Li et al. 2018); one rung is random search.
 * @throws {LudusError} `invalid-value` where there are too few trials for so many rungs
 */
export function planRungs({ trials, steps, eta, rungs }: HalvingSetting): Rung[] {
  const most = mostRungs(trials, eta);
  if (rungs !== undefined && rungs > most) {
    throw new LudusError(
      "invalid-value",
      `${rungs} rungs with one trial of ${eta} going on from each take at least ${eta ** (rungs - 1)} trials, and these are ${trials}; give more --trials or fewer --rungs.`,
    );
  }
  let count = rungs ?? most;
  while (rungs === undefined && eta ** (1 - count) < shortestShare) count--;
  const first = Math.floor(steps / eta ** (count - 1));
  return Array.from({ length: count }, (_, i) => ({
    trials: Math.floor(trials / eta ** i),
    steps: i === count - 1 ? steps : first * eta ** i,
  }));
}

/** Rungs after which one trial is left at least. */
function mostRungs(trials: number, eta: number): number {
  let rungs = 1;
  while (Math.floor(trials / eta ** rungs) >= 1) rungs++;
  return rungs;
}

/** One run of the search: a trial with one of the study's seeds, up to the end of a rung. */
export interface TrialRun {
  trial: number;
  rung: number;
  seed: number;
}

export interface RunScore extends TrialRun {
  /** Null where the run failed. */
  returnMean: number | null;
  /** Why it failed, in one sentence. */
  failure?: string;
}

/** What a trial came to in a rung. */
export interface TrialScore {
  trial: number;
  rung: number;
  /** By seed; null where the run failed. */
  returnMeans: (number | null)[];
  /** Their mean; null where one of them failed. */
  score: number | null;
  /** Their population standard deviation. */
  spread: number | null;
  failure?: string;
}

/** Trains runs to the end of their rung, in any order; ends early, without the rest, where it is interrupted. */
export type RungTrainer = (runs: readonly TrialRun[]) => AsyncIterable<RunScore>;

export interface Halving {
  rungs: readonly Rung[];
  /** Every trial is trained with each of them. */
  seeds: readonly number[];
  /** What was found out before. */
  known: readonly RunScore[];
  train: RungTrainer;
}

export interface HalvingEnd {
  /** By rung, each the best first; fewer than planned where it was interrupted, or all trials of a rung failed. */
  ranked: TrialScore[][];
  interrupted: boolean;
}

/** Successive halving. Yields each trial's score in each rung as it becomes known, those known before left out. */
export async function* successiveHalving(search: Halving): AsyncGenerator<TrialScore, HalvingEnd, undefined> {
  const { rungs, seeds, train } = search;
  const scores = new Map(search.known.map((score) => [keyOf(score), score]));
  const runsOf = (trial: number, rung: number): TrialRun[] => seeds.map((seed) => ({ trial, rung, seed }));
  const isKnown = (run: TrialRun): boolean => scores.has(keyOf(run));
  const scoreOf = (trial: number, rung: number): TrialScore =>
    combine(runsOf(trial, rung).map((run) => scores.get(keyOf(run))!));

  const ranked: TrialScore[][] = [];
  let trials = Array.from({ length: rungs[0]?.trials ?? 0 }, (_, trial) => trial);
  for (const rung of rungs.keys()) {
    const runs = trials.flatMap((trial) => runsOf(trial, rung)).filter((run) => !isKnown(run));
    for await (const score of runs.length === 0 ? [] : train(runs)) {
      scores.set(keyOf(score), score);
      if (runsOf(score.trial, rung).every(isKnown)) yield scoreOf(score.trial, rung);
    }
    if (!trials.flatMap((trial) => runsOf(trial, rung)).every(isKnown)) return { ranked, interrupted: true };
    ranked.push(rank(trials.map((trial) => scoreOf(trial, rung))));
    trials = ranked[rung]!.filter(({ score }) => score !== null)
      .slice(0, rungs[rung + 1]?.trials ?? 0)
      .map(({ trial }) => trial);
    if (trials.length === 0) break;
  }
  return { ranked, interrupted: false };
}

function keyOf({ trial, rung, seed }: TrialRun): string {
  return `${trial}/${rung}/${seed}`;
}

function combine(runs: readonly RunScore[]): TrialScore {
  const { trial, rung } = runs[0]!;
  const returnMeans = runs.map(({ returnMean }) => returnMean);
  const failure = runs.find((run) => run.failure !== undefined)?.failure;
  const whole = returnMeans.filter((value) => value !== null);
  if (whole.length < runs.length || failure !== undefined) {
    return { trial, rung, returnMeans, score: null, spread: null, failure: failure ?? "it has no score" };
  }
  const score = mean(whole);
  const spread = Math.sqrt(mean(whole.map((value) => (value - score) ** 2)));
  return { trial, rung, returnMeans, score, spread };
}

/** The best first, failed ones last; equal ones by their number. */
export function rank(scores: readonly TrialScore[]): TrialScore[] {
  const value = ({ score }: TrialScore): number => score ?? Number.NEGATIVE_INFINITY;
  return [...scores].sort((a, b) =>
    value(a) === value(b) ? a.trial - b.trial : value(b) > value(a) ? 1 : -1,
  );
}

/** Every trial by how far it came, and there by its score: the winner first, and last those that failed. */
export function standings(ranked: readonly (readonly TrialScore[])[]): TrialScore[] {
  const seen = new Set<number>();
  const all = ranked.toReversed().flatMap((scores) => {
    const last = scores.filter(({ trial }) => !seen.has(trial));
    for (const { trial } of last) seen.add(trial);
    return last;
  });
  return [...all.filter(({ score }) => score !== null), ...all.filter(({ score }) => score === null)];
}
