import { describe, expect, test } from "vitest";
import fc from "../../test/properties.js";
import { Generator } from "../src/seeding/generator.js";

const P5 = [0.1, 0.2, 0.3, 0.15, 0.25];

function times<T>(count: number, draw: () => T): T[] {
  return Array.from({ length: count }, draw);
}

describe("NumPy's figures for seed 0", () => {
  test("with probabilities", () => {
    const rng = new Generator(0);
    expect(times(8, () => rng.choice(5, P5))).toEqual([3, 1, 0, 0, 4, 4, 3, 3]);
    expect([...new Generator(0).choices(5, 8, { p: P5 })]).toEqual([3, 1, 0, 0, 4, 4, 3, 3]);
  });

  test("of a deck of cards", () => {
    const rng = new Generator(0);
    const deck = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 10, 10];
    expect(times(6, () => rng.choice(deck))).toEqual([10, 9, 7, 4, 5, 1]);
    expect(new Generator(0).choices(deck, 6)).toEqual([10, 9, 7, 4, 5, 1]);
  });

  test("without replacement", () => {
    const rng = new Generator(0);
    expect([...rng.choices(10, 5, { replace: false })]).toEqual([4, 7, 2, 3, 5]);
    expect([...rng.choices(10, 5, { replace: false })]).toEqual([4, 8, 6, 7, 9]);
    const unshuffled = new Generator(0).choices(10, 5, { replace: false, shuffle: false });
    expect([...unshuffled]).toEqual([5, 4, 7, 2, 3]);
    expect([...new Generator(0).choices(5, 3, { replace: false, p: P5 })]).toEqual([3, 1, 0]);
  });

  test("without replacement from many, by shuffling the tail", () => {
    const drawn = [...new Generator(0).choices(20000, 500, { replace: false })];
    expect(drawn.slice(0, 3)).toEqual([19725, 10669, 1272]);
    expect(drawn.reduce((sum, value) => sum + value, 0)).toBe(5182126);
  });
});

test("what comes without replacement comes once", () => {
  const request = fc.integer({ min: 1, max: 60 }).chain((n) => fc.tuple(fc.constant(n), fc.nat({ max: n })));
  fc.assert(
    fc.property(fc.nat(), request, fc.boolean(), fc.boolean(), (seed, [n, size], shuffle, weighted) => {
      const p = weighted ? new Array<number>(n).fill(1 / n) : undefined;
      const drawn = new Generator(seed).choices(n, size, { replace: false, shuffle, ...(p ? { p } : {}) });
      expect(new Set(drawn).size).toBe(size);
      for (const index of drawn) expect(index >= 0 && index < n).toBe(true);
    }),
    { numRuns: 200 },
  );
});

test("a member of probability 0 is never chosen", () => {
  const rng = new Generator(1);
  for (let i = 0; i < 1000; i++) expect(rng.choice(["a", "b", "c"], [0, 1, 0])).toBe("b");
});

describe("bad arguments", () => {
  const calls: [string, (rng: Generator) => unknown, RegExp][] = [
    ["sum", (rng) => rng.choice(2, [0.5, 0.4]), /probabilities must sum to 1, but these sum to 0.9/],
    ["negative", (rng) => rng.choice(2, [1.5, -0.5]), /must be 0 or more, but p\[1\] is -0.5/],
    ["NaN", (rng) => rng.choice(2, [Number.NaN, 1]), /must be 0 or more, but p\[0\] is NaN/],
    ["length", (rng) => rng.choice(3, [0.5, 0.5]), /p has 2 probabilities for 3 members/],
    ["nobody", (rng) => rng.choice([]), /1 to 2\^31 - 1 members, but got 0/],
    ["size", (rng) => rng.choices(3, -1), /size must be a whole number from 0 on, but got -1/],
    [
      "too many",
      (rng) => rng.choices(3, 4, { replace: false }),
      /4 of 3 cannot be taken without replacement/,
    ],
    ["too few possible", (rng) => rng.choices(3, 2, { replace: false, p: [0, 1, 0] }), /but p has 1/],
  ];
  test.each(calls)("%s: a RangeError in one sentence, and nothing drawn", (_, call, message) => {
    const rng = new Generator(0);
    expect(() => call(rng)).toThrow(RangeError);
    expect(() => call(rng)).toThrow(message);
    expect(rng.state).toEqual(new Generator(0).state);
  });

  test("nothing of nobody is nothing", () => {
    expect([...new Generator(0).choices(0, 0)]).toEqual([]);
  });
});
