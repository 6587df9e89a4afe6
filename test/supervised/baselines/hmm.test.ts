import { Generator } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import { fitHmm, natsPerSymbol } from "../../../src/supervised/baselines/index.js";
import { baumWelchStep } from "../../../src/supervised/baselines/sequences/baum-welch.js";
import { HiddenMarkovModel, hmmConfigSchema } from "../../../src/supervised/baselines/sequences/hmm.js";
import type { HmmParameters } from "../../../src/supervised/baselines/sequences/hmm-model.js";

/** A model of two states, of three symbols. */
const weather: HmmParameters = {
  states: 2,
  symbols: 3,
  initial: Float64Array.of(0.6, 0.4),
  transition: Float64Array.of(0.7, 0.3, 0.4, 0.6),
  emission: Float64Array.of(0.1, 0.4, 0.5, 0.6, 0.3, 0.1),
};

const model = new HiddenMarkovModel(hmmConfigSchema.parse({ states: 2 }), weather, new Float64Array(0));

function everySequence(symbols: number, length: number): Int32Array[] {
  return Array.from({ length: symbols ** length }, (_, code) =>
    Int32Array.from({ length }, (_, place) => Math.floor(code / symbols ** place) % symbols),
  );
}

/** p(states, sequence) by its definition. */
function joint(
  { states, symbols, initial, transition, emission }: HmmParameters,
  path: Int32Array,
  sequence: Int32Array,
) {
  return path.reduce((product, state, t) => {
    const step = t === 0 ? initial[state]! : transition[path[t - 1]! * states + state]!;
    return product * step * emission[state * symbols + sequence[t]!]!;
  }, 1);
}

/** The step of Baum and Welch by its definition: each path counts as it is likely. */
function stepByHand(parameters: HmmParameters, sequences: Int32Array[]): HmmParameters {
  const { states, symbols } = parameters;
  const next = {
    states,
    symbols,
    initial: new Float64Array(states),
    transition: new Float64Array(states * states),
    emission: new Float64Array(states * symbols),
  };
  for (const sequence of sequences) {
    const paths = everySequence(states, sequence.length);
    const total = paths.reduce((sum, path) => sum + joint(parameters, path, sequence), 0);
    for (const path of paths) {
      const share = joint(parameters, path, sequence) / total;
      next.initial[path[0]!]! += share;
      for (let t = 0; t < path.length; t++) {
        next.emission[path[t]! * symbols + sequence[t]!]! += share;
        if (t > 0) next.transition[path[t - 1]! * states + path[t]!]! += share;
      }
    }
  }
  const rows = (counts: Float64Array, width: number) =>
    counts.map((count, i) => {
      const base = i - (i % width);
      return count / counts.subarray(base, base + width).reduce((sum, other) => sum + other, 0);
    });
  return {
    ...next,
    initial: rows(next.initial, states),
    transition: rows(next.transition, states),
    emission: rows(next.emission, symbols),
  };
}

function closeTo(values: Float64Array) {
  return Array.from(values, (value) => expect.closeTo(value, 10));
}

describe("hidden Markov model", () => {
  const sequence = Int32Array.of(0, 2, 2, 1, 0, 1);
  const paths = everySequence(2, sequence.length);

  test("the likelihood is the sum over all paths", () => {
    const sum = paths.reduce((total, path) => total + joint(weather, path, sequence), 0);
    expect(model.logLikelihood(sequence)).toBeCloseTo(Math.log(sum), 12);
    expect(model.logLikelihood(new Int32Array(0))).toBe(0);
  });

  test("Viterbi finds the likeliest of all paths", () => {
    for (const observed of everySequence(3, 5)) {
      const best = everySequence(2, 5).reduce((a, b) =>
        joint(weather, b, observed) > joint(weather, a, observed) ? b : a,
      );
      const found = model.viterbi(observed);
      expect(Math.exp(found.logProbability)).toBeCloseTo(joint(weather, best, observed), 14);
      expect(joint(weather, found.states, observed)).toBeCloseTo(joint(weather, best, observed), 14);
    }
  });

  test("a step of Baum and Welch counts all paths", () => {
    const sequences = [sequence, Int32Array.of(1), Int32Array.of(2, 0, 0)];
    const { model: next, logLikelihood } = baumWelchStep(weather, sequences, 0);
    const expected = stepByHand(weather, sequences);
    expect(Array.from(next.initial)).toEqual(closeTo(expected.initial));
    expect(Array.from(next.transition)).toEqual(closeTo(expected.transition));
    expect(Array.from(next.emission)).toEqual(closeTo(expected.emission));
    const sum = sequences.reduce((total, each) => total + model.logLikelihood(each), 0);
    expect(logLikelihood).toBeCloseTo(sum, 10);
  });

  test("the likelihood rises at every step", () => {
    const sequences = [1, 2, 3].map((seed) => model.sample(200, new Generator(seed)));
    const config = { states: 3, pseudocount: 0, tolerance: 0, maxIterations: 60 };
    const { history } = fitHmm({ sequences, symbols: 3 }, config, { seed: 3 });
    expect(history.length).toBeGreaterThan(20);
    // To the last digits of sums of 600 logarithms.
    for (let i = 1; i < history.length; i++) expect(history[i]!).toBeGreaterThan(history[i - 1]! - 1e-9);
    expect(history.at(-1)! - history[0]!).toBeGreaterThan(10);
  });

  test("finds two states that speak apart, and a text longer than a product of floats allows", () => {
    const source: HmmParameters = {
      states: 2,
      symbols: 4,
      initial: Float64Array.of(0.5, 0.5),
      transition: Float64Array.of(0.95, 0.05, 0.1, 0.9),
      emission: Float64Array.of(0.5, 0.5, 0, 0, 0, 0, 0.5, 0.5),
    };
    const spoken = new HiddenMarkovModel(hmmConfigSchema.parse({ states: 2 }), source, new Float64Array(0));
    const text = spoken.sample(5000, new Generator(4));
    const found = fitHmm({ sequences: [text], symbols: 4 }, { states: 2 }, { seed: 1 });
    // The source's own rate, which no model can beat by much on 5000 symbols.
    expect(natsPerSymbol(found, [text])).toBeCloseTo(natsPerSymbol(spoken, [text]), 2);
    const { states } = found.viterbi(text);
    const low = Array.from(states).filter((_, t) => text[t]! < 2);
    expect(new Set(low).size).toBe(1);
  });

  test("what cannot be has the likelihood 0, unless a pseudocount allows it", () => {
    const data = { sequences: [Int32Array.of(0, 1, 0, 1)], symbols: 3 };
    const nothing = fitHmm(data, { states: 2, pseudocount: 0 });
    expect(nothing.logLikelihood(Int32Array.of(0, 2))).toBe(-Infinity);
    expect(fitHmm(data, { states: 2 }).logLikelihood(Int32Array.of(0, 2))).toBeGreaterThan(-20);
  });

  test("follows its seed, and samples follow theirs", () => {
    const data = { sequences: [model.sample(100, new Generator(9))], symbols: 3 };
    const fitted = (seed: number) => fitHmm(data, { states: 3 }, { seed });
    expect(fitted(1).parameters).toEqual(fitted(1).parameters);
    expect(fitted(2).parameters).not.toEqual(fitted(1).parameters);
    expect(fitted(1).sample(50, new Generator(3))).toEqual(fitted(1).sample(50, new Generator(3)));
  });
});
