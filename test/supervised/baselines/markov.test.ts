import { Generator } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import { fitMarkov, natsPerSymbol } from "../../../src/supervised/baselines/index.js";
import { needsData } from "../../datasets/shared-data.js";
import { sharedText } from "./shared-data.js";

const abba = { sequences: [Int32Array.of(0, 1, 1, 0), Int32Array.of(1, 1, 2)], symbols: 3 };

/** All sequences of so many symbols. */
function everySequence(symbols: number, length: number): Int32Array[] {
  return Array.from({ length: symbols ** length }, (_, code) =>
    Int32Array.from({ length }, (_, place) => Math.floor(code / symbols ** place) % symbols),
  );
}

describe("Markov chain", () => {
  test("additive: by hand", () => {
    const chain = fitMarkov(abba, { order: 1, smoothing: { type: "additive", alpha: 0.5 } });
    // After 1 came 1 twice, 0 and 2 once each.
    expect(chain.probability(Int32Array.of(1), 1)).toBeCloseTo(2.5 / 5.5, 12);
    expect(chain.probability(Int32Array.of(0, 0, 1), 2)).toBeCloseTo(1.5 / 5.5, 12);
    // After 2 came nothing.
    expect(chain.probability(Int32Array.of(2), 0)).toBeCloseTo(1 / 3, 12);
    // Of seven symbols four are 1.
    expect(chain.probability(new Int32Array(0), 1)).toBeCloseTo(4.5 / 8.5, 12);
    const logLikelihood = Math.log(4.5 / 8.5) + Math.log(2.5 / 5.5) + Math.log(1.5 / 5.5);
    expect(chain.logLikelihood(Int32Array.of(1, 1, 0))).toBeCloseTo(logLikelihood, 12);
  });

  test("Kneser-Ney: by hand", () => {
    const chain = fitMarkov(abba, { order: 1, smoothing: { type: "kneser-ney", discount: 0.5 } });
    // Different symbols before 0: {1}; before 1: {0, 1}; before 2: {1}. Three symbols have followers among four pairs.
    const unigram = (before: number) => (before - 0.5 + 0.5 * 3 * (1 / 3)) / 4;
    expect(chain.probability(new Int32Array(0), 1)).toBeCloseTo(unigram(2), 12);
    expect(chain.probability(Int32Array.of(1), 1)).toBeCloseTo((2 - 0.5 + 0.5 * 3 * unigram(2)) / 4, 12);
    // After 0 came only 1, once.
    expect(chain.probability(Int32Array.of(0), 2)).toBeCloseTo((0.5 * 1 * unigram(1)) / 1, 12);
    expect(chain.probability(Int32Array.of(2), 2)).toBeCloseTo(unigram(1), 12);
  });

  test.each([{ type: "kneser-ney" as const }, { type: "additive" as const }])(
    "the probabilities of all sequences sum to 1 ($type)",
    (smoothing) => {
      const rng = new Generator(5);
      const sequences = [4, 9, 1, 30].map((length) => rng.integersFill(new Int32Array(length), 0, 3));
      const chain = fitMarkov({ sequences, symbols: 3 }, { order: 3, smoothing });
      const sum = everySequence(3, 5).reduce(
        (total, sequence) => total + Math.exp(chain.logLikelihood(sequence)),
        0,
      );
      expect(sum).toBeCloseTo(1, 10);
    },
  );

  test("order 0 knows no past", () => {
    const chain = fitMarkov(abba, { order: 0, smoothing: { type: "additive", alpha: 1 } });
    expect(chain.probability(Int32Array.of(1, 2), 1)).toBe(5 / 10);
  });

  test("samples follow their seed and the probabilities", () => {
    const chain = fitMarkov(abba, { order: 1 });
    const sample = chain.sample(20_000, new Generator(1), Int32Array.of(1));
    expect(chain.sample(20_000, new Generator(1), Int32Array.of(1))).toEqual(sample);
    expect(chain.sample(20_000, new Generator(2), Int32Array.of(1))).not.toEqual(sample);
    const next = Array.from(sample.keys()).filter((t) => t > 0 && sample[t - 1] === 1);
    const share = next.filter((t) => sample[t] === 2).length / next.length;
    // Within four standard errors.
    const p = chain.probability(Int32Array.of(1), 2);
    expect(Math.abs(share - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / next.length));
  });
});

describe("Markov chain on tiny Shakespeare", () => {
  needsData();
  test("five-grams: 1.57 nats a character on the last tenth, three-grams more", () => {
    const text = sharedText("tinyshakespeare/input.txt");
    const characters = [...new Set(text)].sort();
    const codes = new Map(characters.map((character, code) => [character, code]));
    const symbols = Int32Array.from(text, (character) => codes.get(character)!);
    const train = { sequences: [symbols.subarray(0, 1_003_854)], symbols: characters.length };
    const validation = [symbols.subarray(1_003_854)];
    const nats = (order: number) => natsPerSymbol(fitMarkov(train, { order }), validation);
    expect(nats(4)).toBeCloseTo(1.566, 2);
    expect(nats(2)).toBeGreaterThan(2);
  });
});
