import { type ForwardPass, forward, type HmmParameters } from "./hmm-model.js";

/** Expected counts of what happened in the sequences, shaped as the parameters. */
type ExpectedCounts = Pick<HmmParameters, "initial" | "transition" | "emission">;

/**
 * One step of expectation maximisation (Baum, Petrie, Soules & Weiss 1970; Rabiner 1989, equations 40 and 109-111 with
 * scaling): new parameters under which the sequences are at least as likely.
 *
 * @param pseudocount added to each expected count; with one that is not 0, what does not fall is the likelihood times a
 * Dirichlet prior
 * @returns the new parameters, and ln p of the sequences under the old ones
 */
export function baumWelchStep(
  model: HmmParameters,
  sequences: readonly Int32Array[],
  pseudocount: number,
): { model: HmmParameters; logLikelihood: number } {
  const { initial, transition, emission, states, symbols } = model;
  const counts: ExpectedCounts = {
    initial: new Float64Array(initial.length),
    transition: new Float64Array(transition.length),
    emission: new Float64Array(emission.length),
  };
  const longest = sequences.reduce((length, sequence) => Math.max(length, sequence.length), 0);
  const pass = { alpha: new Float64Array(longest * states), scales: new Float64Array(longest) };
  let logLikelihood = 0;
  for (const sequence of sequences) {
    if (sequence.length === 0) continue;
    logLikelihood += forward(model, sequence, pass);
    addExpectations(model, sequence, { pass, counts });
  }
  return {
    model: {
      states,
      symbols,
      initial: normalised(counts.initial, { width: states, pseudocount, fallback: initial }),
      transition: normalised(counts.transition, { width: states, pseudocount, fallback: transition }),
      emission: normalised(counts.emission, { width: symbols, pseudocount, fallback: emission }),
    },
    logLikelihood,
  };
}

/** Goes back through a sequence: beta, scaled as alpha is, and from both the states' and the steps' probabilities. */
function addExpectations(
  { states, symbols, transition, emission }: HmmParameters,
  sequence: Int32Array,
  { pass: { alpha, scales }, counts }: { pass: ForwardPass; counts: ExpectedCounts },
): void {
  let beta = new Float64Array(states).fill(1);
  let earlier = new Float64Array(states);
  const weighted = new Float64Array(states);
  for (let t = sequence.length - 1; t >= 0; t--) {
    const row = t * states;
    const symbol = sequence[t]!;
    for (let j = 0; j < states; j++) {
      const gamma = alpha[row + j]! * beta[j]!;
      counts.emission[j * symbols + symbol]! += gamma;
      if (t === 0) counts.initial[j]! += gamma;
    }
    if (t === 0) return;
    for (let j = 0; j < states; j++) weighted[j] = (emission[j * symbols + symbol]! * beta[j]!) / scales[t]!;
    for (let i = 0; i < states; i++) {
      const before = alpha[row - states + i]!;
      let sum = 0;
      for (let j = 0; j < states; j++) {
        const step = transition[i * states + j]! * weighted[j]!;
        counts.transition[i * states + j]! += before * step;
        sum += step;
      }
      earlier[i] = sum;
    }
    [beta, earlier] = [earlier, beta];
  }
}

/** Rows that sum to 1; a row without counts, of a state never visited, stays as it was. */
function normalised(
  counts: Float64Array,
  { width, pseudocount, fallback }: { width: number; pseudocount: number; fallback: Float64Array },
): Float64Array {
  const out = counts.map((count) => count + pseudocount);
  for (let base = 0; base < out.length; base += width) {
    const row = out.subarray(base, base + width);
    const sum = row.reduce((total, count) => total + count, 0);
    if (sum === 0) row.set(fallback.subarray(base, base + width));
    else for (let i = 0; i < width; i++) row[i]! /= sum;
  }
  return out;
}
