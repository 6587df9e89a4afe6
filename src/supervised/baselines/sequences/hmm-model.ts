/** A hidden Markov model's parameters, probabilities all. */
export interface HmmParameters {
  states: number;
  symbols: number;
  /** `[states]`, of the first state */
  initial: Float64Array;
  /** `[states, states]`, from by to */
  transition: Float64Array;
  /** `[states, symbols]` */
  emission: Float64Array;
}

/** Forward variables of one sequence, each step's scaled to sum 1. */
export interface ForwardPass {
  /** `[length, states]` */
  alpha: Float64Array;
  /** `[length]`: p(symbol t | symbols before it); the logarithms' sum is the sequence's. */
  scales: Float64Array;
}

/** Rabiner 1989, A tutorial on hidden Markov models, equations 19-21 with the scaling of section V.A. */
export function forward(model: HmmParameters, sequence: Int32Array, pass: ForwardPass): number {
  const { states, symbols, initial, emission } = model;
  const { alpha, scales } = pass;
  let logLikelihood = 0;
  for (let t = 0; t < sequence.length; t++) {
    const row = t * states;
    if (t === 0) alpha.set(initial);
    else predictStates(model, alpha, row);
    let scale = 0;
    for (let j = 0; j < states; j++) {
      alpha[row + j]! *= emission[j * symbols + sequence[t]!]!;
      scale += alpha[row + j]!;
    }
    if (scale === 0) return -Infinity;
    for (let j = 0; j < states; j++) alpha[row + j]! /= scale;
    scales[t] = scale;
    logLikelihood += Math.log(scale);
  }
  return logLikelihood;
}

/** One step of the chain: alpha[row ...] = alpha[row - states ...] times the transitions. */
function predictStates({ states, transition }: HmmParameters, alpha: Float64Array, row: number): void {
  alpha.fill(0, row, row + states);
  for (let i = 0; i < states; i++) {
    const before = alpha[row - states + i]!;
    for (let j = 0; j < states; j++) alpha[row + j]! += before * transition[i * states + j]!;
  }
}

/** The likeliest states of a sequence and ln p(states, sequence), by Viterbi's algorithm in logarithms. */
export function viterbi(
  model: HmmParameters,
  sequence: Int32Array,
): { states: Int32Array; logProbability: number } {
  const { states, symbols } = model;
  const [initial, transition, emission] = [model.initial, model.transition, model.emission].map((p) =>
    p.map(Math.log),
  );
  const from = new Int32Array(sequence.length * states);
  let scores = new Float64Array(states);
  for (let t = 0; t < sequence.length; t++) {
    const next = new Float64Array(states);
    for (let j = 0; j < states; j++) {
      let best = t === 0 ? initial![j]! : -Infinity;
      let bestFrom = 0;
      for (let i = 0; t > 0 && i < states; i++) {
        const score = scores[i]! + transition![i * states + j]!;
        if (score > best) {
          best = score;
          bestFrom = i;
        }
      }
      from[t * states + j] = bestFrom;
      next[j] = best + emission![j * symbols + sequence[t]!]!;
    }
    scores = next;
  }
  const path = new Int32Array(sequence.length);
  let state = indexOfLargest(scores);
  const logProbability = scores[state]!;
  for (let t = sequence.length - 1; t >= 0; t--) {
    path[t] = state;
    state = from[t * states + state]!;
  }
  return { states: path, logProbability };
}

function indexOfLargest(values: Float64Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}
