import { Generator } from "gymnasium-js";
import { z } from "zod";
import { DataError } from "../../data/errors.js";
import type { BaselineOptions, SavedBaseline } from "../classifier.js";
import { named, parseBaselineConfig, savedArray } from "../config.js";
import { baumWelchStep } from "./baum-welch.js";
import { forward, type HmmParameters, viterbi } from "./hmm-model.js";
import { checkSequences, checkSymbols, type SequenceModel, type SymbolSequences } from "./sequence-model.js";

export const hmmConfigSchema = z.strictObject({
  states: z.int().min(1).default(8).describe("hidden states; default 8"),
  maxIterations: z.int().min(1).default(100).describe("most steps of Baum and Welch; default 100"),
  tolerance: z
    .number()
    .nonnegative()
    .default(1e-4)
    .describe("gain of a step, in nats per symbol, below which the fit ends; default 1e-4"),
  pseudocount: z
    .number()
    .nonnegative()
    .default(0.01)
    .describe("added to each expected count, so that nothing becomes impossible; default 0.01"),
});

export type HmmConfig = z.output<typeof hmmConfigSchema>;

/**
 * A hidden Markov model of symbols, by Baum and Welch from probabilities drawn uniformly (each row Dirichlet of ones).
 * Cut long texts into sequences: a step needs memory of states times the longest.
 *
 * @throws {DataError} `invalid-data`, `empty-split`, `invalid-options`
 */
export function fitHmm(
  data: SymbolSequences,
  config: z.input<typeof hmmConfigSchema> = {},
  { seed = 0, onProgress }: BaselineOptions = {},
): HiddenMarkovModel {
  const parsed = parseBaselineConfig("hmm", hmmConfigSchema, config);
  const length = checkSequences(data);
  const total = parsed.maxIterations;
  const history: number[] = [];
  let model = drawParameters(parsed.states, data.symbols, new Generator(seed));
  for (let done = 1; done <= total; done++) {
    const step = baumWelchStep(model, data.sequences, parsed.pseudocount);
    const gain = (step.logLikelihood - (history.at(-1) ?? -Infinity)) / length;
    history.push(step.logLikelihood);
    onProgress?.({ done, total });
    if (gain < parsed.tolerance) break;
    model = step.model;
  }
  return new HiddenMarkovModel(parsed, model, Float64Array.from(history));
}

/** A hidden Markov model of symbols; see `fitHmm`. */
export class HiddenMarkovModel implements SequenceModel {
  readonly symbols: number;

  /** @param history ln p of the training sequences before each step of the fit */
  constructor(
    private readonly config: HmmConfig,
    readonly parameters: HmmParameters,
    readonly history: Float64Array,
  ) {
    this.symbols = parameters.symbols;
  }

  logLikelihood(sequence: Int32Array): number {
    checkSymbols(sequence, this.symbols);
    const { length } = sequence;
    const alpha = new Float64Array(length * this.parameters.states);
    return forward(this.parameters, sequence, { alpha, scales: new Float64Array(length) });
  }

  /**
   * The likeliest states, `[length]`, and ln p of them together with the sequence.
   * @throws {DataError} `invalid-data` for a symbol that there is not
   */
  viterbi(sequence: Int32Array): { states: Int32Array; logProbability: number } {
    checkSymbols(sequence, this.symbols);
    return viterbi(this.parameters, sequence);
  }

  sample(length: number, rng: Generator): Int32Array {
    const { states, symbols, initial, transition, emission } = this.parameters;
    let chances = initial;
    return Int32Array.from({ length }, () => {
      const state = rng.choice(states, chances);
      chances = transition.subarray(state * states, (state + 1) * states);
      return rng.choice(symbols, emission.subarray(state * symbols, (state + 1) * symbols));
    });
  }

  save(): SavedBaseline {
    const { states, symbols, initial, transition, emission } = this.parameters;
    return {
      name: "hmm",
      config: this.config,
      arrays: {
        initial: named(initial),
        transition: named(transition, [states, states]),
        emission: named(emission, [states, symbols]),
        history: named(this.history),
      },
    };
  }
}

/** @throws {DataError} `invalid-data`, `invalid-options` if it is not what `save` gave */
export function restoreHmm(saved: SavedBaseline): HiddenMarkovModel {
  const config = parseBaselineConfig("hmm", hmmConfigSchema, saved.config as HmmConfig);
  const emission = savedArray(saved, "emission", "float64");
  const [states = 0, symbols = 0] = emission.shape;
  if (states !== config.states) {
    throw new DataError(
      "invalid-data",
      `The saved hmm has ${states} states, but its config ${config.states}.`,
    );
  }
  const parameters = {
    states,
    symbols,
    initial: savedArray(saved, "initial", "float64").data,
    transition: savedArray(saved, "transition", "float64").data,
    emission: emission.data,
  };
  return new HiddenMarkovModel(config, parameters, savedArray(saved, "history", "float64").data);
}

function drawParameters(states: number, symbols: number, rng: Generator): HmmParameters {
  const rows = (count: number, width: number) => {
    const out = rng.exponentialFill(new Float64Array(count * width));
    for (let base = 0; base < out.length; base += width) {
      const row = out.subarray(base, base + width);
      const sum = row.reduce((total, value) => total + value, 0);
      for (let i = 0; i < width; i++) row[i]! /= sum;
    }
    return out;
  };
  return {
    states,
    symbols,
    initial: rows(1, states),
    transition: rows(states, states),
    emission: rows(states, symbols),
  };
}
