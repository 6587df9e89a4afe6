import { describe, expect, test } from "vitest";
import { BytePairs, learnBytePairs } from "../../../src/supervised/index.js";

/** The words of the paper's example, as often as there. */
const words = [
  ...Array<string>(5).fill("low"),
  ...Array<string>(2).fill("lowest"),
  ...Array<string>(6).fill("newer"),
  ...Array<string>(3).fill("wider"),
];

describe("byte-pair encoding", () => {
  test("joins what comes most often first, as the paper's example does", () => {
    // Sennrich et al. 2016, figure 1, joins r and the end, e and r, l and o, lo and w; here the end is part of the last letter.
    // After 9 and 7 times, three pairs come 6 times: "e w", "n e" and "w er</w>".
    const { merges } = learnBytePairs([words], 3);
    expect(merges).toEqual(["e r</w>", "l o", "e w"]);
  });

  test("keeps frequent words whole, and takes unknown ones apart", () => {
    const pairs = learnBytePairs([words], 100);
    expect(pairs.encode(["low"])).toEqual(["low</w>"]);
    expect(pairs.encode(["lower"])).toEqual(["low", "er</w>"]);
  });

  test("gives the words back", () => {
    const pairs = learnBytePairs([words], 4);
    const sentence = ["the", "widest", "low", "é"];
    expect(pairs.decode(pairs.encode(sentence))).toEqual(sentence);
    expect(pairs.decode(["lo", "w</w>", "ne"])).toEqual(["low", "ne"]);
    expect(pairs.decode([])).toEqual([]);
  });

  test("learns the same from the same, whatever the order of the sentences", () => {
    const [a, b] = [learnBytePairs([words], 9), learnBytePairs([words.toReversed()], 9)];
    expect(b.merges).toEqual(a.merges);
    expect(new BytePairs(a.merges).encode(["newest"])).toEqual(a.encode(["newest"]));
  });

  test("ends when no pair comes twice, and refuses spaces", () => {
    expect(learnBytePairs([["ab"]], 10).merges).toEqual([]);
    expect(() => learnBytePairs([["a b"]], 10)).toThrow('The word "a b" has a space; split it first.');
  });
});
