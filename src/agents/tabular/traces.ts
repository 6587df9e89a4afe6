import type { QTable } from "./table.js";

/** Eligibility traces of one episode, of which only those above zero are listed. Plain data. */
export interface Traces {
  /** By pair. */
  e: Float64Array;
  /** The first `count` are the pairs with a trace. */
  pairs: Int32Array;
  count: number;
}

/** Traces that have fallen below this share of a visit are dropped, so that a step costs no sweep over the table. */
export const leastTrace = 1e-6;

export function createTraces(numPairs: number): Traces {
  return { e: new Float64Array(numPairs), pairs: new Int32Array(numPairs), count: 0 };
}

/**
 * e(s, a) <- 1 (replacing) or e(s, a) + 1 (accumulating)
 *
 * S. P. Singh, R. S. Sutton, Reinforcement Learning with Replacing Eligibility Traces (1996).
 */
export function visit(traces: Traces, pair: number, kind: "replacing" | "accumulating"): void {
  const { e, pairs } = traces;
  if (e[pair] === 0) pairs[traces.count++] = pair;
  e[pair] = kind === "replacing" ? 1 : e[pair]! + 1;
}

/**
 * For all pairs: Q(s, a) <- Q(s, a) + alpha delta e(s, a), then e(s, a) <- gamma lambda e(s, a)
 *
 * R. S. Sutton, A. G. Barto, Reinforcement Learning (1st ed., 1998), figure 7.11; with one-hot features, 12.5 of the 2nd.
 *
 * @param step `change` alpha delta, `decay` gamma lambda
 */
export function learnAlong(
  { q }: QTable,
  traces: Traces,
  { change, decay }: { change: number; decay: number },
): void {
  const { e, pairs } = traces;
  let kept = 0;
  for (let index = 0; index < traces.count; index++) {
    const pair = pairs[index]!;
    q[pair] = q[pair]! + change * e[pair]!;
    const trace = decay * e[pair]!;
    e[pair] = trace < leastTrace ? 0 : trace;
    if (trace >= leastTrace) pairs[kept++] = pair;
  }
  traces.count = kept;
}

/** The episode has ended, or an action was not the target policy's. */
export function cutTraces(traces: Traces): void {
  const { e, pairs } = traces;
  for (let index = 0; index < traces.count; index++) e[pairs[index]!] = 0;
  traces.count = 0;
}
