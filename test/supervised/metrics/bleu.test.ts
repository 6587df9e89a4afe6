import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  Bleu,
  type BleuParts,
  type BleuSmoothing,
  tokenize13a,
} from "../../../src/supervised/metrics/index.js";

interface BleuRecord extends BleuParts {
  hypotheses: string[];
  references: string[][];
  /** Of the hypotheses, by sacreBLEU's 13a. */
  tokens: string[][];
  /** sacreBLEU's score without smoothing, and with its own. */
  none: number;
  exponential: number;
  /** NLTK's score of what stands between spaces. */
  nltk: number;
}

/** Figures of sacreBLEU and NLTK. */
const golden = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../golden/data/supervised-metrics.json"), "utf8"),
) as { bleu: BleuRecord[]; tokens: { text: string; tokens: string[] }[] };

const bySpaces = (line: string) => line.split(/\s+/).filter((token) => token !== "");

function bleuOf(
  { hypotheses, references }: Pick<BleuRecord, "hypotheses" | "references">,
  tokenize: (line: string) => string[],
  smoothing?: BleuSmoothing,
): Bleu {
  const bleu = new Bleu(smoothing && { smoothing });
  hypotheses.forEach((hypothesis, index) => {
    bleu.add(tokenize(hypothesis), references[index]!.map(tokenize));
  });
  return bleu;
}

describe.each(golden.bleu.map((record, index) => ({ index, record })))("corpus $index", ({ record }) => {
  test("has sacreBLEU's score and parts", () => {
    const bleu = bleuOf(record, tokenize13a);
    expect(bleu.value()).toBeCloseTo(record.none, 9);
    const parts = bleu.parts();
    record.precisions.forEach((precision, index) => {
      expect(parts.precisions[index]).toBeCloseTo(precision, 12);
    });
    expect(parts.brevityPenalty).toBeCloseTo(record.brevityPenalty, 12);
    expect(parts.hypothesisLength).toBe(record.hypothesisLength);
    expect(parts.referenceLength).toBe(record.referenceLength);
    expect(bleuOf(record, tokenize13a, "exponential").value()).toBeCloseTo(record.exponential, 9);
  });

  test("has NLTK's score of other tokens", () => {
    // NLTK takes 2e-308 for 0, of which a root is left.
    expect(Math.abs(bleuOf(record, bySpaces).value() - record.nltk)).toBeLessThan(1e-9);
  });

  test("is split as by sacreBLEU", () => {
    expect(record.hypotheses.map(tokenize13a)).toEqual(record.tokens);
  });
});

test.each(golden.tokens)("the tokens of $text", ({ text, tokens }) => {
  expect(tokenize13a(text)).toEqual(tokens);
});

test("clips: Papineni et al.'s example has the precision 2/7 of words", () => {
  const bleu = new Bleu();
  bleu.add(bySpaces("the the the the the the the"), [
    bySpaces("the cat is on the mat"),
    bySpaces("there is a cat on the mat"),
  ]);
  expect(bleu.parts().precisions).toEqual([2 / 7, 0, 0, 0]);
  expect(bleu.value()).toBe(0);
});

test("works on numbers of tokens, and begins anew", () => {
  const bleu = new Bleu();
  expect(bleu.value()).toBeNaN();
  bleu.add([1, 12, 3, 4, 5], [[1, 12, 3, 4, 5]]);
  expect(bleu.value()).toBeCloseTo(100, 12);
  bleu.reset();
  bleu.add([11, 2, 3, 4, 5], [[1, 12, 3, 4, 5]]);
  expect(bleu.parts().precisions).toEqual([3 / 5, 2 / 4, 1 / 3, 0]);
  bleu.reset();
  bleu.add([], [[1, 2]]);
  expect(bleu.value()).toBe(0);
});

test("a sentence without a reference is refused", () => {
  expect(() => new Bleu().add(["a"], [])).toThrow(
    "BLEU got a sentence without a reference; give one or more.",
  );
});
