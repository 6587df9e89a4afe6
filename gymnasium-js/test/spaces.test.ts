import { describe, expect, test } from "vitest";
import { Generator } from "../src/seeding/generator.js";
import {
  type Box,
  batchSpace,
  box,
  canCast,
  type Dtype,
  discrete,
  multiBinary,
  multiDiscrete,
  type Space,
  spaceFromJson,
  spacesEqual,
  text,
  tuple,
} from "../src/spaces/index.js";
import { errorOf } from "./tiny-envs.js";

const floats = box({ low: -1, high: 1, shape: [2] });

describe("Box", () => {
  test("takes its shape from the bounds, or is told it", () => {
    expect(box({ low: 0, high: 1 }).shape).toEqual([1]);
    expect(box({ low: [0, 1], high: 2 }).shape).toEqual([2]);
    expect(box({ low: 0, high: [[1, 2, 3]] }).shape).toEqual([1, 3]);
    expect(box({ low: new Float32Array(6), high: 1, shape: [2, 3] }).shape).toEqual([2, 3]);
    expect(box({ low: 0, high: 1, shape: [] }).size).toBe(1);
  });

  test("stores its bounds as the dtype does", () => {
    expect([...box({ low: -4.8, high: 4.8 }).high]).toEqual([Math.fround(4.8)]);
    const signed = box({ low: -Infinity, high: 3, dtype: "int8" });
    expect([signed.low[0], signed.high[0], signed.boundedBelow[0], signed.boundedAbove[0]]).toEqual([
      -128, 3, 0, 1,
    ]);
    const wide = box({ low: -Infinity, high: Infinity, dtype: "int64" });
    expect([wide.low[0], wide.high[0]]).toEqual([-(2n ** 63n), 2n ** 63n - 1n]);
  });

  test.each([
    [{ low: 1, high: 0 }, "Box: low 1 is greater than high 0 at flat index 0."],
    [{ low: [0, 5], high: [1, 4] }, "Box: low 5 is greater than high 4 at flat index 1."],
    [{ low: Number.NaN, high: 0 }, "Box: low has the value NaN, expected numbers."],
    [{ low: [0, 0], high: [1, 1, 1] }, "Box: low has shape [2] and high [3], expected the same."],
    [{ low: [0, 0], high: 1, shape: [3] }, "Box: low has shape [2], expected [3] (or its 3 values flat)."],
    [{ low: [[0], [0, 1]], high: 1 }, "Box: low has rows of different lengths, expected a full array."],
    [
      { low: 0, high: 1, shape: [-1] },
      "Box: shape [-1] must be integers of at least 0, for instance [2, 3].",
    ],
    [{ low: 0, high: 256, dtype: "uint8" }, "Box: high 256 is outside the range of uint8, [0, 255]."],
    [{ low: -Infinity, high: 1, dtype: "uint8" }, "Box: low is -Infinity, but uint8 needs finite bounds."],
    [{ low: 0.5, high: 1, dtype: "int32" }, "Box: low 0.5 is no integer, but the dtype is int32."],
    [{ low: Infinity, high: Infinity }, "Box: low is Infinity, which leaves no value inside."],
    [{ low: 0, high: 1e300 }, /^Box: high 1e\+300 is outside the range of float32/],
    [{ low: 0, high: 1, dtype: "float16" }, /^Box: dtype float16 is unknown; use one of float32, /],
    [{ low: "0", high: 1 }, "Box: low has the value 0, expected numbers."],
  ])("refuses %o", (options, message) => {
    const error = errorOf(() => box(options as { low: number; high: number }));
    expect(error.code).toBe("invalid-space");
    expect(error.message).toMatch(message);
  });

  test("contains arrays by dtype, length and bounds, never NaN", () => {
    expect(floats.contains(Float32Array.of(-1, 1))).toBe(true);
    expect(floats.contains(Float32Array.of(0, 1.0001))).toBe(false);
    expect(floats.contains(Float32Array.of(0, Number.NaN))).toBe(false);
    expect(floats.contains(Float32Array.of(0))).toBe(false);
    expect(floats.contains(Float64Array.of(0, 0))).toBe(false);
    expect(floats.contains(Int16Array.of(0, 1))).toBe(true);
    expect(floats.contains(Int32Array.of(0, 1))).toBe(false);
    expect(floats.contains(new DataView(new ArrayBuffer(2)))).toBe(false);
    for (const other of [null, undefined, "ab", {}, 0.5, true]) expect(floats.contains(other)).toBe(false);
    const unbounded = box({ low: -Infinity, high: Infinity });
    expect(unbounded.contains(Float32Array.of(Number.NaN))).toBe(false);
    expect(unbounded.contains(Float32Array.of(Infinity))).toBe(true);
  });

  test("tells apart all values of narrow ranges that start at 0", () => {
    for (const dtype of ["uint8", "int8", "int16", "uint32"] as const) {
      for (const high of [0, 1, 2, 3, 100, 127]) {
        const space: Space<unknown> = box<Dtype>({ low: 0, high, shape: [2], dtype });
        const [first] = space.fromJson([[0, 0]]) as [Int8Array];
        for (const value of [-1, 0, 1, 2, 3, 4, 99, 100, 101, 126, 127]) {
          first[1] = value;
          const stored = first[1] as number;
          expect(space.contains(first)).toBe(stored >= 0 && stored <= high);
        }
      }
    }
  });

  test("casts lists first, as NumPy does", () => {
    expect(floats.contains([0, 0.5])).toBe(true);
    expect(floats.contains([[0, 0.5]])).toBe(false);
    expect(floats.contains([0, "0"])).toBe(false);
    const bytes = box({ low: 0, high: 255, shape: [2], dtype: "uint8" });
    expect(bytes.contains([0, 255])).toBe(true);
    expect(bytes.contains([0, 255.5])).toBe(true);
    expect(bytes.contains([0, 256])).toBe(false);
    expect(bytes.contains([0, Number.NaN])).toBe(false);
    expect(box({ low: 0, high: 1, shape: [], dtype: "float64" }).contains(0.5)).toBe(true);
    const longs = box({ low: 0, high: 9, shape: [1], dtype: "int64" });
    expect([longs.contains(BigInt64Array.of(9n)), longs.contains([9]), longs.contains([10])]).toEqual([
      true,
      true,
      false,
    ]);
    expect(box({ low: 0, high: 1, dtype: "bool" }).contains(Uint8Array.of(2))).toBe(false);
  });

  test("holds its draws within the limits of wide integers", () => {
    for (const dtype of ["int64", "int32", "int8"] as const) {
      const space: Space<unknown> = box<Dtype>({ low: -Infinity, high: Infinity, shape: [50], dtype });
      const full = batchSpace(space, 1);
      expect(space.contains(space.sample())).toBe(true);
      expect(full.contains(full.sample())).toBe(true);
    }
    const top = box({ low: 2n ** 63n - 2n, high: 2n ** 63n - 1n, shape: [20], dtype: "int64" });
    expect(top.contains(top.sample())).toBe(true);
  });

  test("refuses masks, and ranges that no double spans", () => {
    expect(errorOf(() => floats.sample({ mask: [1, 1] })).code).toBe("invalid-options");
    const full = box({ low: -Number.MAX_VALUE, high: Number.MAX_VALUE, dtype: "float64" });
    expect(errorOf(() => full.sample()).message).toMatch(/overflows; use infinite or narrower bounds/);
  });

  test("keeps the sign of a zero through JSON; as bounds, 0 and -0 are one", () => {
    const zeros = Float32Array.of(-0, 0, -0.5);
    const json = JSON.stringify(box({ low: -1, high: 1, shape: [3] }).toJson([zeros]));
    expect(json).toBe('[["-0",0,-0.5]]');
    expect(box({ low: -1, high: 1, shape: [3] }).fromJson(JSON.parse(json))).toStrictEqual([zeros]);

    const plain = box({ low: 0, high: [0, 1] });
    for (const low of [-0, -1e-50, [0, -0]]) {
      const other = box({ low, high: [-0, 1] });
      expect(spacesEqual(other, plain)).toBe(true);
      expect(spacesEqual(tuple([other]), tuple([plain]))).toBe(true);
    }
  });

  test("without values goes through JSON, wherever its empty axis is", () => {
    for (const shape of [[0], [0, 3], [2, 0], [2, 0, 3]]) {
      const empty = box({ low: 0, high: 1, shape });
      expect(empty.fromJson(JSON.parse(JSON.stringify(empty.toJson([empty.sample()]))))).toEqual([
        new Float32Array(0),
      ]);
    }
    expect(errorOf(() => box({ low: 0, high: 1, shape: [2, 0] }).fromJson([[]])).message).toContain(
      "has shape [0], expected [2, 0]",
    );
  });

  test("writes infinities and large integers as strings, and reads them", () => {
    const open = box({ low: -Infinity, high: Infinity, shape: [2] });
    expect(open.toJson([Float32Array.of(Infinity, -0.5)])).toEqual([["Infinity", -0.5]]);
    expect(open.fromJson([["Infinity", -0.5]])).toEqual([Float32Array.of(Infinity, -0.5)]);
    const longs = box({ low: -Infinity, high: Infinity, dtype: "int64" });
    expect(longs.toJson([BigInt64Array.of(2n ** 60n)])).toEqual([["1152921504606846976"]]);
    expect(longs.fromJson([["1152921504606846976"]])).toEqual([BigInt64Array.of(2n ** 60n)]);
    expect(spaceFromJson(longs.describe()).describe()).toEqual(longs.describe());
    expect(errorOf(() => floats.fromJson([[1]])).message).toBe(
      "An element of Box as JSON has shape [1], expected [2].",
    );
    expect(errorOf(() => floats.fromJson(3)).message).toBe(
      "elements of Box as JSON is number, expected a list.",
    );
  });
});

describe("Discrete", () => {
  test("contains integers from start on", () => {
    const space = discrete(3, { start: -1 });
    expect([-2, -1, 1, 2, 0.5, Number.NaN, 1n, "1", null, [0], true].map((x) => space.contains(x))).toEqual([
      ...[false, true, true, false, false, false],
      ...[false, false, false, false, false],
    ]);
  });

  test.each([
    [0, {}, "Discrete: n is 0, expected an integer of at least 1."],
    [2.5, {}, "Discrete: n is 2.5, expected an integer of at least 1."],
    [3, { start: 0.5 }, /the elements 0.5 to 2.5 do not fit/],
    [
      10,
      { start: 250, dtype: "uint8" },
      "Discrete: the elements 250 to 259 do not fit, expected uint8 from 0 to 255.",
    ],
    [3, { dtype: "float32" }, "Discrete: dtype is float32, expected an integer type such as int64."],
  ])("refuses n = %s, %o", (n, options, message) => {
    const error = errorOf(() => discrete(n, options as object));
    expect(error.code).toBe("invalid-space");
    expect(error.message).toMatch(message);
  });

  test("draws only what a mask allows, as often as probabilities say", () => {
    const space = discrete(4, { start: 10 });
    space.seed(3);
    const masked = Array.from({ length: 50 }, () => space.sample({ mask: Int8Array.of(0, 1, 0, 1) }));
    expect(new Set(masked)).toEqual(new Set([11, 13]));
    expect(space.sample({ mask: [0, 0, 0, 0] })).toBe(10);
    expect(space.sample({ probability: [0, 0, 1, 0] })).toBe(12);
    expect(space.sample({ mask: null })).toBeGreaterThan(9);
  });

  test.each([
    [{ mask: [1, 1] }, "Discrete.sample: mask or probability has 2 entries, expected 3."],
    [{ mask: [1, 2, 0] }, "Discrete.sample: mask has the value 2, expected 0 or 1."],
    [{ probability: [0.5, 0.4, 0] }, "Discrete.sample: probabilities sum to 0.9, expected 1."],
    [{ probability: [1.5, -0.5, 0] }, "Discrete.sample: probability has the value 1.5, expected 0 to 1."],
    [
      { mask: [1, 1, 1], probability: [1, 0, 0] },
      "Discrete.sample: got both a mask and probabilities, give one of them.",
    ],
  ])("refuses %o", (options, message) => {
    const error = errorOf(() => discrete(3).sample(options));
    expect([error.code, error.message]).toEqual(["invalid-options", message]);
  });
});

describe("MultiDiscrete and MultiBinary", () => {
  test("refuse bad counts", () => {
    expect(errorOf(() => multiDiscrete([2, 0])).message).toMatch(/nvec has 0 at flat index 1/);
    expect(errorOf(() => multiDiscrete([])).code).toBe("invalid-space");
    expect(errorOf(() => multiDiscrete(3 as unknown as number[])).message).toMatch(
      /nvec must be a full list/,
    );
    expect(errorOf(() => multiDiscrete([2, 2], { start: [1] })).message).toMatch(/start has shape \[1\]/);
    expect(errorOf(() => multiDiscrete([2 ** 40])).message).toMatch(/beyond 32 bits; give { wide: true }/);
    expect(errorOf(() => multiBinary([2, 0])).message).toMatch(/the shape is \[2, 0\]/);
  });

  test("are wide only where told so", () => {
    const wide = multiDiscrete([2 ** 40, 2], { wide: true });
    const element = wide.sample();
    expect(element).toBeInstanceOf(BigInt64Array);
    expect(wide.contains(element)).toBe(true);
    expect(wide.fromJson(wide.toJson([element]))).toEqual([element]);
    expect(spaceFromJson(wide.describe()).describe()).toEqual(wide.describe());
  });

  test("take masks nested like the space", () => {
    const grid = multiDiscrete([
      [2, 3],
      [1, 2],
    ]);
    const mask = [
      [
        [0, 1],
        [0, 0, 1],
      ],
      [[1], [0, 1]],
    ];
    expect([...grid.sample({ mask })]).toEqual([1, 2, 0, 1]);
    expect([...grid.sample({ probability: mask })]).toEqual([1, 2, 0, 1]);
    expect(errorOf(() => grid.sample({ mask: [[[0, 1]]] as never })).code).toBe("invalid-options");
    expect(errorOf(() => grid.sample({ mask: [1, 1] as never })).message).toMatch(
      /one list of weights per variable/,
    );
  });

  test("of bits are fixed by 0 and 1 and tossed by 2", () => {
    const bits = multiBinary([2, 2]);
    bits.seed(0);
    const tossed = bits.sample();
    bits.seed(0);
    const masked = bits.sample({
      mask: [
        [2, 0],
        [1, 2],
      ],
    });
    expect([...masked]).toEqual([tossed[0], 0, 1, tossed[3]]);
    expect([...bits.sample({ probability: [0, 1, 1, 0] })].slice(1, 3)).toEqual([1, 1]);
    expect(errorOf(() => bits.sample({ mask: [3, 0, 0, 0] })).message).toMatch(
      /mask has the value 3, expected 0, 1 or 2/,
    );
    expect(errorOf(() => bits.sample({ probability: [2, 0, 0, 0] })).code).toBe("invalid-options");
    expect(errorOf(() => bits.fromJson([[0, 1]])).code).toBe("invalid-options");
  });
});

describe("Text", () => {
  test("counts code points and keeps the order of a string", () => {
    const faces = text({ maxLength: 2, charset: "🙂🙃🙂" });
    expect(faces.characters).toEqual(["🙂", "🙃"]);
    expect([faces.contains("🙂🙃"), faces.contains("🙂🙂🙂"), faces.contains("")]).toEqual([
      true,
      false,
      false,
    ]);
    expect(text({ maxLength: 1, charset: new Set(["b", "a"]) }).characters).toEqual(["a", "b"]);
    // U+1F642 comes after U+FF41, as in Python, though its first UTF-16 unit is less.
    expect(text({ maxLength: 1, charset: new Set(["🙂", "ａ"]) }).characters).toEqual(["ａ", "🙂"]);
  });

  test.each([
    [{ maxLength: 0 }, "Text: maxLength is 0, expected an integer of at least minLength, 1."],
    [{ maxLength: 2, minLength: -1 }, "Text: minLength is -1, expected an integer of at least 0."],
    [{ maxLength: 2, charset: new Set(["ab"]) }, 'Text: charset has "ab", expected single characters.'],
    [{ maxLength: 2, charset: "" }, "Text: charset is empty, expected at least one character."],
  ])("refuses %o", (options, message) => {
    const error = errorOf(() => text(options));
    expect([error.code, error.message]).toEqual(["invalid-space", message]);
  });

  test("takes length and weights", () => {
    const space = text({ maxLength: 4, charset: "abc" });
    expect(space.sample({ mask: [4, [0, 1, 0]] })).toBe("bbbb");
    expect(space.sample({ probability: [2, [0, 0, 1]] })).toBe("cc");
    expect(errorOf(() => space.sample({ mask: [5, null] })).message).toMatch(/length is 5, expected 1 to 4/);
    expect(errorOf(() => space.sample({ mask: [1, [0, 0, 0]] })).message).toMatch(/allow no character/);
    expect(errorOf(() => space.sample({ mask: [1, [0, 2, 0]] })).message).toMatch(/expected zeros and ones/);
    expect(text({ minLength: 0, maxLength: 3, charset: "ab" }).sample({ mask: [2, [0, 0]] })).toBe("");
  });
});

test("safe casting is NumPy's", () => {
  const pairs: [Parameters<typeof canCast>[0], Dtype, boolean][] = [
    ["int64", "int32", false],
    ["int32", "float32", false],
    ["int16", "float32", true],
    ["uint32", "int32", false],
    ["uint32", "int64", true],
    ["uint64", "int64", false],
    ["uint64", "float64", true],
    ["bool", "int8", true],
    ["uint8", "bool", false],
    ["float64", "float32", false],
  ];
  for (const [from, to, expected] of pairs)
    expect(`${from} ${to} ${canCast(from, to)}`).toBe(`${from} ${to} ${expected}`);
});

test("a space draws from the generator that it is given", () => {
  const space: Box<"float64"> = box({ low: 0, high: 1, dtype: "float64" });
  const rng = new Generator(9);
  const expected = new Generator(9).random();
  expect(space.useRng(rng).sample()[0]).toBe(expected);
  expect(space.rng).toBe(rng);
});
