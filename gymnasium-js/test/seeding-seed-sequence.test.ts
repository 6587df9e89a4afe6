import { describe, expect, test } from "vitest";
import { GymnasiumError } from "../src/errors.js";
import { defaultRng, Generator, SeedSequence } from "../src/seeding/generator.js";

describe("NumPy's figures", () => {
  test("words of seed 0", () => {
    const sequence = new SeedSequence(0);
    expect([...sequence.generateState(4)]).toEqual([2968811710, 3677149159, 745650761, 2884920346]);
    expect([...sequence.generateState(2, "uint64")]).toEqual([15793235383387715774n, 12390638538380655177n]);
  });

  test("entropy beyond 32 bits", () => {
    expect([...new SeedSequence(4294967296).generateState(2)]).toEqual([3964924996, 1358922860]);
    expect([...new SeedSequence(9007199254740991).generateState(2)]).toEqual([3367776697, 1170575226]);
  });

  test("a number and the same bigint are one seed", () => {
    expect(new Generator(12345n).state).toEqual(new Generator(12345).state);
  });

  test("a list is its integers' words in a row", () => {
    const asList = new SeedSequence([1, 2]).generateState(4);
    expect(new SeedSequence((2n << 32n) | 1n).generateState(4)).toEqual(asList);
  });
});

describe("spawn", () => {
  test("children have NumPy's words and keys, and counting goes on", () => {
    const root = new SeedSequence(0);
    const children = root.spawn(3);
    expect([...children[0]!.generateState(2)]).toEqual([3757552657, 2018376492]);
    expect(new Generator(children[0]!).random()).toBe(0.9429375528828794);
    const grandchild = children[2]!.spawn(2)[1]!;
    expect(grandchild.spawnKey).toEqual([2, 1]);
    expect([...grandchild.generateState(2)]).toEqual([1663335698, 2383334947]);
    expect(root.spawn(1)[0]!.spawnKey).toEqual([3]);
    expect(root.childrenSpawned).toBe(4);
  });

  test("a generator spawns from its seed, whatever it has drawn", () => {
    const rng = defaultRng(0);
    rng.random();
    const copy = rng.clone();
    const [first, second] = rng.spawn(2);
    expect(first!.random()).toBe(0.9429375528828794);
    expect(copy.spawn(2)[1]!.state).toEqual(second!.state);
  });

  test("a generator made from a state has no seed to spawn from", () => {
    const rng = Generator.fromState(new Generator(0).state);
    expect(() => rng.spawn(1)).toThrow(expect.objectContaining({ code: "unsupported" }));
  });
});

describe("bad seeds", () => {
  test.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, -1n, [1, -2], "7", null, undefined])(
    "%s",
    (seed) => {
      const make = () => new Generator(seed as number);
      expect(make).toThrow(GymnasiumError);
      expect(make).toThrow(expect.objectContaining({ code: "invalid-seed" }));
      expect(make).toThrow(/^A seed must be a non-negative integer, but got /);
    },
  );

  test("a number that may have been rounded: the message says to use a bigint", () => {
    expect(() => new Generator(2 ** 60)).toThrow(/beyond 2\^53 - 1 as bigint/);
  });

  test("pool size and counts", () => {
    expect(() => new SeedSequence(0, { poolSize: 3 })).toThrow(/at least 4, but got 3/);
    expect(() => new SeedSequence(0).generateState(-1)).toThrow(/count of at least 0, but got -1/);
  });
});
