import { describe, expect, test } from "vitest";
import fc from "../../test/properties.js";
import { defaultRng, Generator, type GeneratorState, PCG64 } from "../src/seeding/generator.js";

/** Figures of NumPy 1.24.2 (2.4.6 gives the same). */
const STATE_0: GeneratorState = {
  state: "35399562948360463058890781895381311971",
  inc: "87136372517582989555478159403783844777",
  hasUint32: 0,
  uinteger: 0,
};

function times<T>(count: number, draw: () => T): T[] {
  return Array.from({ length: count }, draw);
}

describe("NumPy's figures for seed 0", () => {
  test("state and raw output", () => {
    const rng = defaultRng(0);
    expect(rng.state).toEqual(STATE_0);
    expect(times(3, () => rng.nextUint64())).toEqual([
      11749869230777074271n,
      4976686463289251617n,
      755828109848996024n,
    ]);
  });

  test("random", () => {
    const rng = new Generator(0);
    expect(times(3, () => rng.random())).toEqual([
      0.6369616873214543, 0.2697867137638703, 0.04097352393619469,
    ]);
    const single = new Generator(0);
    expect(times(3, () => single.randomFloat32())).toEqual([
      0.8506242036819458, 0.6369616389274597, 0.5111364722251892,
    ]);
  });

  test("normal and exponential", () => {
    const rng = new Generator(0);
    expect(times(3, () => rng.standardNormal())).toEqual([
      0.1257302210933933, -0.1321048632913019, 0.6404226504432821,
    ]);
    expect([...new Generator(0).normalFill(new Float64Array(2), 1.5, 2)]).toEqual([
      1.7514604421867865, 1.2357902734173962,
    ]);
    const other = new Generator(0);
    expect(times(3, () => other.standardExponential())).toEqual([
      0.6799319039689096, 1.0195971014658647, 0.019806662589055352,
    ]);
    expect([...new Generator(0).exponentialFill(new Float64Array(2), 2.5)]).toEqual([
      1.6998297599222738, 2.5489927536646615,
    ]);
  });

  test("uniform, with one bound and with bounds of each value", () => {
    const rng = new Generator(0);
    expect(times(2, () => rng.uniform(-0.05, 0.05))).toEqual([0.013696168732145436, -0.02302132862361297]);
    expect([...new Generator(0).uniformFill(new Float64Array(2), [-Math.PI, -1], [Math.PI, 1])]).toEqual([
      0.8605556614246863, -0.4604265724722594,
    ]);
  });

  test("geometric, by search and by inversion", () => {
    const [search, inversion] = [new Generator(0), new Generator(0)];
    expect(times(6, () => search.geometric(0.5))).toEqual([2, 1, 1, 1, 3, 4]);
    expect(times(6, () => inversion.geometric(0.25))).toEqual([3, 4, 1, 1, 2, 6]);
    expect(search.geometric(1)).toBe(1);
    expect(search.geometric(1e-300)).toBe(2 ** 63);
  });

  test("advance and jumped", () => {
    expect(new Generator(0).advance(1000).state.state).toBe("212287127770436364558920420741592199003");
    expect(new Generator(0).jumped().state.state).toBe("12275886066353241831976202059284226596");
    const rng = new Generator(5).advance(10n).advance(-10);
    expect(rng.state).toEqual(new Generator(5).state);
  });
});

describe("the buffered half of a 64-bit output", () => {
  test("waits for the next 32-bit draw, however many 64-bit draws lie between", () => {
    const rng = new Generator(0);
    const word = 11749869230777074271n;
    expect(rng.nextUint32()).toBe(Number(word & 0xffffffffn));
    expect(rng.state).toMatchObject({ hasUint32: 1, uinteger: Number(word >> 32n) });
    expect(rng.random()).toBe(0.2697867137638703);
    expect(rng.nextUint32()).toBe(Number(word >> 32n));
    expect(rng.state.hasUint32).toBe(0);
  });

  test("as a signed number has the same bits, both halves", () => {
    const state = new Generator(0).state;
    const [unsigned, signed] = [new PCG64(state), new PCG64(state)];
    const drawn = Array.from({ length: 40 }, () => [unsigned.next32(), signed.nextInt32()] as const);
    expect(drawn.map(([word]) => word | 0)).toEqual(drawn.map(([, integer]) => integer));
    expect(Math.max(...drawn.map(([word]) => word))).toBeGreaterThan(2 ** 31);
    expect(signed.state).toEqual(unsigned.state);
  });

  test("is part of the state and of a clone, and is dropped by advance", () => {
    const rng = new Generator(7);
    rng.nextUint32();
    const [copy, restored, advanced] = [rng.clone(), Generator.fromState(rng.state), rng.clone().advance(1)];
    const next = rng.nextUint32();
    expect(copy.nextUint32()).toBe(next);
    expect(restored.nextUint32()).toBe(next);
    expect(advanced.state).toMatchObject({ hasUint32: 0, uinteger: 0 });
  });
});

describe("state", () => {
  test("the arithmetic on limbs is that on 128-bit integers, for any state", () => {
    const mask = (1n << 128n) - 1n;
    const word = fc.bigInt({ min: 0n, max: mask });
    fc.assert(
      fc.property(word, word, (state, half) => {
        const inc = half | 1n;
        const bits = new PCG64({ state: `${state}`, inc: `${inc}`, hasUint32: 0, uinteger: 0 });
        const got = bits.nextBigUint64();
        const next = (state * 0x2360ed051fc65da44385df649fccf645n + inc) & mask;
        const folded = ((next >> 64n) ^ next) & 0xffffffffffffffffn;
        const turn = next >> 122n;
        expect(bits.state.state).toBe(`${next}`);
        expect(got).toBe(BigInt.asUintN(64, (folded >> turn) | (folded << (64n - turn))));
      }),
      {
        numRuns: 500,
        examples: [
          [mask, mask],
          [0n, 0n],
          [mask, 0n],
        ],
      },
    );
  });

  test("goes through JSON and back", () => {
    const rng = new Generator(3);
    rng.integers(0, 10);
    const saved = JSON.parse(JSON.stringify(rng.state)) as GeneratorState;
    const expected = times(5, () => rng.integers(0, 1000));
    const other = new Generator(99);
    other.setState(saved);
    expect(times(5, () => other.integers(0, 1000))).toEqual(expected);
  });

  test.each([
    { ...STATE_0, state: "-1" },
    { ...STATE_0, state: "12ab" },
    { ...STATE_0, state: `${1n << 128n}` },
    { ...STATE_0, inc: "2" },
    { ...STATE_0, hasUint32: 2 as 1 },
    { ...STATE_0, uinteger: 2 ** 32 },
    { ...STATE_0, uinteger: 0.5 },
    { ...STATE_0, state: undefined as unknown as string },
  ])("what is no state is refused and changes nothing: %j", (state) => {
    const rng = new Generator(1);
    const before = rng.state;
    expect(() => rng.setState(state)).toThrow(expect.objectContaining({ code: "invalid-snapshot" }));
    expect(rng.state).toEqual(before);
  });
});

describe("filling and shuffling", () => {
  test("a filled array holds what single calls give", () => {
    const [one, many] = [new Generator(11), new Generator(11)];
    expect([...many.randomFill(new Float64Array(5))]).toEqual(times(5, () => one.random()));
    expect([...many.randomFill(new Float32Array(5), "float32")]).toEqual(times(5, () => one.randomFloat32()));
    expect([...many.uniformFill(new Float64Array(5), -2, 3)]).toEqual(times(5, () => one.uniform(-2, 3)));
    expect([...many.normalFill(new Float64Array(500), 1, 2)]).toEqual(times(500, () => one.normal(1, 2)));
    expect([...many.exponentialFill(new Float64Array(500))]).toEqual(times(500, () => one.exponential()));
  });

  test("permutation and shuffle", () => {
    expect([...new Generator(0).permutation(10)]).toEqual([4, 6, 2, 7, 3, 5, 9, 0, 8, 1]);
    const letters = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
    expect(new Generator(0).permutation(letters).join("")).toBe("egchdfjaib");
    expect(letters.join("")).toBe("abcdefghij");
    const rows = Int32Array.from({ length: 12 }, (_, i) => i);
    expect([...new Generator(0).shuffle(rows, 2)]).toEqual([6, 7, 4, 5, 10, 11, 8, 9, 0, 1, 2, 3]);
    expect(new Generator(0).shuffle([])).toEqual([]);
  });
});

describe("bad arguments", () => {
  const calls: [string, (rng: Generator) => unknown, RegExp][] = [
    ["uniform", (rng) => rng.uniform(1, 0), /low not above high, but got 1 and 0/],
    ["uniform to infinity", (rng) => rng.uniform(0, Number.POSITIVE_INFINITY), /finite/],
    ["uniformFill", (rng) => rng.uniformFill(new Float64Array(2), [0, 1], [1, 0.5]), /got 1 and 0.5/],
    ["too few bounds", (rng) => rng.uniformFill(new Float64Array(3), [0, 1], 2), /2 bounds for 3 values/],
    ["normal", (rng) => rng.normal(0, -1), /scale must be 0 or more, but got -1/],
    ["exponential", (rng) => rng.exponential(Number.NaN), /scale must be 0 or more, but got NaN/],
    ["geometric", (rng) => rng.geometric(0), /p must be above 0 and at most 1, but got 0/],
    ["permutation", (rng) => rng.permutation(-1), /n must be a whole number from 0 on, but got -1/],
    ["shuffle", (rng) => rng.shuffle([1, 2, 3], 2), /3 values are not whole rows of 2/],
    ["advance", (rng) => rng.advance(0.5), /whole number of steps.*0\.5/],
    ["jumped", (rng) => rng.jumped(0.5), /whole number of jumps.*0\.5/],
    ["spawn", (rng) => rng.spawn(-1), /count of at least 0, but got -1/],
  ];
  test.each(calls)("%s: a RangeError in one sentence, and nothing drawn", (_, call, message) => {
    const rng = new Generator(0);
    expect(() => call(rng)).toThrow(RangeError);
    expect(() => call(rng)).toThrow(message);
    expect(rng.state).toEqual(STATE_0);
  });
});
