import type { Generator } from "gymnasium-js";
import { DataError } from "../../data/errors.js";
import type { SavedBaseline } from "../classifier.js";

/** Sequences of symbols, each a number from 0 to `symbols - 1`. */
export interface SymbolSequences {
  sequences: readonly Int32Array[];
  symbols: number;
}

/** A distribution over sequences of symbols. */
export interface SequenceModel {
  readonly symbols: number;
  /**
   * ln p(sequence), in nats; -Infinity for what cannot be.
   * @throws {DataError} `invalid-data` for a symbol that there is not
   */
  logLikelihood(sequence: Int32Array): number;
  sample(length: number, rng: Generator): Int32Array;
  save(): SavedBaseline;
}

/**
 * -ln p in nats, of the mean symbol of some sequences; its exponential is the perplexity.
 * @throws {DataError} `empty-split` if there is no symbol, `invalid-data`
 */
export function natsPerSymbol(model: SequenceModel, sequences: readonly Int32Array[]): number {
  const length = checkSequences({ sequences, symbols: model.symbols });
  return -sequences.reduce((sum, sequence) => sum + model.logLikelihood(sequence), 0) / length;
}

/**
 * Says no to what is no sequence of symbols.
 * @returns how many symbols there are in all
 * @throws {DataError} `empty-split`, `invalid-data`
 */
export function checkSequences({ sequences, symbols }: SymbolSequences): number {
  if (!Number.isInteger(symbols) || symbols < 1) {
    throw new DataError(
      "invalid-data",
      `There are ${symbols} symbols; their number must be whole and at least 1.`,
    );
  }
  for (const sequence of sequences) checkSymbols(sequence, symbols);
  const length = sequences.reduce((sum, sequence) => sum + sequence.length, 0);
  if (length === 0)
    throw new DataError("empty-split", "The sequences hold no symbol; at least one is needed.");
  return length;
}

/** @throws {DataError} `invalid-data` */
export function checkSymbols(sequence: Int32Array, symbols: number): void {
  const at = sequence.findIndex((symbol) => symbol < 0 || symbol >= symbols);
  if (at < 0) return;
  throw new DataError(
    "invalid-data",
    `Symbol ${at} of a sequence is ${sequence[at]}; symbols are whole numbers from 0 to ${symbols - 1}.`,
  );
}
