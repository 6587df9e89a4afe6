import type { Generator } from "gymnasium-js";
import { z } from "zod";
import { DataError } from "../../data/errors.js";
import type { SavedBaseline } from "../classifier.js";
import { named, parseBaselineConfig, savedArray } from "../config.js";
import { continuationTable, countOf, followers, type GramTable, gramTable } from "./gram-table.js";
import { checkSequences, checkSymbols, type SequenceModel, type SymbolSequences } from "./sequence-model.js";

const smoothingSchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("kneser-ney").describe("mixes in shorter contexts (Kneser & Ney 1995, interpolated)"),
    discount: z
      .number()
      .gt(0)
      .lt(1)
      .default(0.75)
      .describe("taken from each count for the shorter contexts; default 0.75"),
  }),
  z.strictObject({
    type: z.literal("additive").describe("(count + alpha) / (counts + alpha symbols)"),
    alpha: z.number().positive().default(1).describe("added to each count; default 1 (Laplace)"),
  }),
]);

export const markovConfigSchema = z.strictObject({
  order: z.int().min(0).default(4).describe("symbols of the past that count; default 4, that is 5-grams"),
  smoothing: smoothingSchema.prefault({ type: "kneser-ney" }).describe("default kneser-ney"),
});

export type MarkovConfig = z.output<typeof markovConfigSchema>;

/**
 * A Markov chain of any order over symbols, smoothed so that nothing is impossible. The first symbols of a sequence are
 * judged by as much past as there is. Draws nothing.
 *
 * @example
 * const chain = fitMarkov(
 *   { sequences: [Int32Array.of(0, 1, 0, 1, 1)], symbols: 2 },
 *   { order: 1, smoothing: { type: "additive", alpha: 1 } },
 * );
 * chain.probability(Int32Array.of(0), 1); // (2 + 1) / (2 + 2)
 *
 * @throws {DataError} `invalid-data`, `empty-split`; `invalid-options` also for an order too long for so many symbols
 */
export function fitMarkov(
  data: SymbolSequences,
  config: z.input<typeof markovConfigSchema> = {},
): MarkovChain {
  const parsed = parseBaselineConfig("markov", markovConfigSchema, config);
  checkSequences(data);
  const { sequences, symbols } = data;
  const { order, smoothing } = parsed;
  if (symbols ** (order + 1) > Number.MAX_SAFE_INTEGER) {
    const most = Math.floor(Math.log(Number.MAX_SAFE_INTEGER) / Math.log(symbols)) - 1;
    throw new DataError(
      "invalid-options",
      `An order of ${order} is too long for ${symbols} symbols; take at most ${most}.`,
    );
  }
  const counted = Array.from({ length: order + 1 }, (_, past) => gramTable(sequences, symbols, past + 1));
  const tables =
    smoothing.type === "additive"
      ? counted
      : counted.map((table, past) => (past < order ? continuationTable(counted[past + 1]!, symbols) : table));
  return new MarkovChain(parsed, symbols, tables);
}

/** A fitted Markov chain; see `fitMarkov`. */
export class MarkovChain implements SequenceModel {
  /** @param tables by the length of the past: counts, or continuation counts below the order for Kneser & Ney */
  constructor(
    private readonly config: MarkovConfig,
    readonly symbols: number,
    private readonly tables: readonly GramTable[],
  ) {}

  /**
   * p(symbol | past), of which the last `order` symbols count.
   * @throws {DataError} `invalid-data` for a symbol that there is not
   */
  probability(past: Int32Array, symbol: number): number {
    checkSymbols(past, this.symbols);
    checkSymbols(Int32Array.of(symbol), this.symbols);
    return this.next(this.lastOf(past), symbol);
  }

  logLikelihood(sequence: Int32Array): number {
    checkSymbols(sequence, this.symbols);
    const past = { code: 0, length: 0 };
    let sum = 0;
    for (const symbol of sequence) {
      sum += Math.log(this.next(past, symbol));
      this.extend(past, symbol);
    }
    return sum;
  }

  /** @param start what the sample goes on from; it is not part of it */
  sample(length: number, rng: Generator, start: Int32Array = new Int32Array(0)): Int32Array {
    checkSymbols(start, this.symbols);
    const past = this.lastOf(start);
    const chances = new Float64Array(this.symbols);
    return Int32Array.from({ length }, () => {
      for (let symbol = 0; symbol < chances.length; symbol++) chances[symbol] = this.next(past, symbol);
      const drawn = rng.choice(this.symbols, chances);
      this.extend(past, drawn);
      return drawn;
    });
  }

  save(): SavedBaseline {
    const arrays = this.tables.flatMap(({ codes, counts }, past) => [
      [`codes${past}`, named(codes)] as const,
      [`counts${past}`, named(counts)] as const,
    ]);
    return {
      name: "markov",
      config: this.config,
      arrays: { symbols: named(Int32Array.of(this.symbols)), ...Object.fromEntries(arrays) },
    };
  }

  private next(past: Past, symbol: number): number {
    const { smoothing } = this.config;
    switch (smoothing.type) {
      case "additive":
        return this.additive(past, symbol, smoothing.alpha);
      case "kneser-ney":
        return this.kneserNey(past, symbol, smoothing.discount);
      default:
        throw new Error(`There is no smoothing ${JSON.stringify(smoothing satisfies never)}.`);
    }
  }

  private additive(past: Past, symbol: number, alpha: number): number {
    const found = this.counts(past.length, past.code, symbol);
    return (found.count + alpha) / (found.total + alpha * this.symbols);
  }

  /** p_k(s) = (max(c(s) - D, 0) + D |followers| p_{k-1}(s)) / c, from a uniform p on (Chen & Goodman 1999, section 2.7). */
  private kneserNey(past: Past, symbol: number, discount: number): number {
    let probability = 1 / this.symbols;
    for (let length = 0; length <= past.length; length++) {
      const { count, total, distinct } = this.counts(length, past.code % this.symbols ** length, symbol);
      // What never followed this past never followed a longer one.
      if (total === 0) break;
      probability = (Math.max(count - discount, 0) + discount * distinct * probability) / total;
    }
    return probability;
  }

  private counts(
    length: number,
    code: number,
    symbol: number,
  ): { count: number; total: number; distinct: number } {
    const table = this.tables[length]!;
    const range = followers(table, code, this.symbols);
    let total = 0;
    for (let place = range.from; place < range.to; place++) total += table.counts[place]!;
    const count = countOf(table, code * this.symbols + symbol, range);
    return { count, total, distinct: range.to - range.from };
  }

  private lastOf(symbols: Int32Array): Past {
    const past = { code: 0, length: 0 };
    for (const symbol of symbols) this.extend(past, symbol);
    return past;
  }

  private extend(past: Past, symbol: number): void {
    const { order } = this.config;
    past.code = (past.code * this.symbols + symbol) % this.symbols ** order;
    past.length = Math.min(past.length + 1, order);
  }
}

/** The last symbols, at most as many as the order, as a number in base `symbols`. */
interface Past {
  code: number;
  length: number;
}

/** @throws {DataError} `invalid-data`, `invalid-options` if it is not what `save` gave */
export function restoreMarkov(saved: SavedBaseline): MarkovChain {
  const config = parseBaselineConfig("markov", markovConfigSchema, saved.config as MarkovConfig);
  const tables = Array.from({ length: config.order + 1 }, (_, past) => ({
    length: past + 1,
    codes: savedArray(saved, `codes${past}`, "float64").data,
    counts: savedArray(saved, `counts${past}`, "int32").data,
  }));
  return new MarkovChain(config, savedArray(saved, "symbols", "int32").data[0]!, tables);
}
