import { describe, expect, test } from "vitest";
import { GymnasiumError } from "../src/errors.js";
import {
  batchSpace,
  box,
  concatenate,
  type Dict,
  dict,
  discrete,
  flatdim,
  flatten,
  flattenInto,
  flattenSpace,
  iterate,
  oneOf,
  SpaceBase,
  sequence,
  spaceFromJson,
  spacesEqual,
  tuple,
  unflatten,
} from "../src/spaces/index.js";
import { errorOf } from "./tiny-envs.js";

const floats = box({ low: -1, high: 1, shape: [2] });

describe("batches", () => {
  test("draw from copies: neither the space nor another batch is moved", () => {
    const space = tuple([discrete(100), floats]);
    space.seed(5);
    const first = batchSpace(space, 3).sample();
    expect(batchSpace(space, 3).sample()).toEqual(first);
    const next = space.sample();
    space.seed(5);
    expect(space.sample()).toEqual(next);
  });

  test("of Discrete values beyond 32 bits are BigInt64Arrays", () => {
    const space = discrete(2 ** 40);
    const batch = batchSpace(space, 2);
    expect(concatenate(space, [2 ** 35, 1])).toEqual(BigInt64Array.of(2n ** 35n, 1n));
    expect(batch.contains(BigInt64Array.of(2n ** 35n, 1n))).toBe(true);
    expect(iterate(space, batch.sample()).every((element) => space.contains(element))).toBe(true);
  });

  test("are seen through views by iterate", () => {
    const batch = Float32Array.of(1, 2, 3, 4);
    const [, second] = iterate(floats, batch);
    expect(second?.buffer).toBe(batch.buffer);
    expect(errorOf(() => iterate(floats, new Float32Array(3))).message).toBe(
      "A batch of Box has 3 values, expected a multiple of 2.",
    );
    expect(errorOf(() => iterate(tuple([floats, discrete(2)]), [batch, [1]])).code).toBe("invalid-options");
  });

  test("of a Box without values cannot be taken apart: nothing tells how many elements there are", () => {
    const error = errorOf(() => iterate(box({ low: 0, high: 1, shape: [2, 0] }), new Float32Array(0)));
    expect(error.code).toBe("unsupported");
    expect(error.message).toContain("a Box of shape [2, 0] has no values that tell how many elements");
  });

  test("of a Dict, and its flat space, have sorted keys unless it was told not to sort", () => {
    const members = [
      ["b", sequence(discrete(2))],
      ["10", discrete(3)],
    ] as const;
    for (const [sortKeys, keys] of [
      [true, ["10", "b"]],
      [false, ["b", "10"]],
    ] as const) {
      const space = dict(members, { sortKeys });
      expect((batchSpace(space, 2) as Dict).keys).toEqual(keys);
      expect((flattenSpace(space) as Dict).keys).toEqual(keys);
    }
  });

  test("need a count, and a space that this package knows", () => {
    expect(errorOf(() => batchSpace(floats, 0)).code).toBe("invalid-options");
    class Own extends SpaceBase<number> {
      readonly type = "Own";
      readonly shape = null;
      readonly dtype = null;
      sample = () => 1;
      contains = (x: unknown): x is number => x === 1;
      toJson = () => [];
      fromJson = () => [];
      describe = () => ({ type: this.type });
      copy = () => new Own();
    }
    expect(errorOf(() => batchSpace(new Own(), 2)).code).toBe("unsupported");
    expect(errorOf(() => flatten(new Own(), 1)).code).toBe("unsupported");
    expect(tuple([new Own(), discrete(1)]).sample()).toEqual([1, 0]);
  });
});

describe("flattening", () => {
  test("gives one-hot vectors as numbers, and large int64 values as bigints", () => {
    expect(flatten(discrete(3, { start: 5 }), 6)).toEqual(Int32Array.of(0, 1, 0));
    const mixed = tuple([discrete(2), box({ low: 0, high: 2 ** 40, dtype: "int64" })]);
    expect(flatten(mixed, [1, BigInt64Array.of(2n ** 39n)])).toEqual(BigInt64Array.of(0n, 1n, 2n ** 39n));
  });

  test("writes into memory that is there", () => {
    const out = new Float64Array(6).fill(9);
    flattenInto(tuple([discrete(2), floats]), [0, Float32Array.of(0.5, -0.5)], { out, offset: 1 });
    expect([...out]).toEqual([9, 1, 0, 0.5, -0.5, 9]);
  });

  test("keeps the structure around what has no fixed length", () => {
    const space = dict({ list: sequence(discrete(2)), one: discrete(2) });
    expect(flatten(space, { list: [1, 0], one: 1 })).toEqual({
      list: [Int32Array.of(0, 1), Int32Array.of(1, 0)],
      one: Int32Array.of(0, 1),
    });
    expect(unflatten(space, flatten(space, { list: [1, 0], one: 1 }))).toEqual({ list: [1, 0], one: 1 });
    expect(flattenSpace(space).type).toBe("Dict");
    expect(errorOf(() => flatdim(space)).code).toBe("unsupported");
  });

  test("refuses what cannot be undone or is too long", () => {
    expect(errorOf(() => unflatten(discrete(2), Float32Array.of(0, 0))).message).toMatch(/is all zeros/);
    expect(errorOf(() => unflatten(discrete(2), Float32Array.of(1))).message).toMatch(
      /a typed array of 2 values/,
    );
    expect(errorOf(() => unflatten(discrete(2), [1, 0])).code).toBe("invalid-options");
    expect(errorOf(() => flattenSpace(discrete(2 ** 40))).code).toBe("unsupported");
    expect(errorOf(() => flatten(oneOf([sequence(floats)]), [0, []])).code).toBe("unsupported");
  });

  test("takes a net's floats for any space", () => {
    const flat = Float32Array.of(0, 0.7, 0, 2.9);
    const space = tuple([discrete(3), box({ low: 0, high: 9, dtype: "int64" })]);
    expect(unflatten(space, flat)).toEqual([1, BigInt64Array.of(2n)]);
  });
});

describe("spaces from JSON", () => {
  test.each([
    [null, "Space from JSON: a space is null, expected an object with a type."],
    [{ type: "Boxx" }, /the type is "Boxx", expected one of Box, Discrete, MultiDiscrete/],
    [{ type: "constructor" }, /the type is "constructor"/],
    [{ type: "Box", shape: 3 }, "Space from JSON: shape is 3, expected a list."],
    [
      { type: "Box", shape: [1], low: [0], high: [1], dtype: "f4" },
      /the dtype is "f4", expected one of float32/,
    ],
    [{ type: "Discrete", n: -1 }, "Discrete: n is -1, expected an integer of at least 1."],
    [{ type: "Dict", spaces: [3] }, /a space is undefined/],
  ])("refuses %o", (json, message) => {
    const error = errorOf(() => spaceFromJson(json));
    expect(error).toBeInstanceOf(GymnasiumError);
    expect(error.code).toBe("invalid-space");
    expect(error.message).toMatch(message);
  });

  test("equality is of descriptions, not of generators", () => {
    const [a, b] = [discrete(3), discrete(3)];
    a.seed(1);
    expect([spacesEqual(a, b), spacesEqual(a, discrete(4))]).toEqual([true, false]);
    const unsorted = dict({ b: a, a: b }, { sortKeys: false });
    expect(batchSpace(spaceFromJson(unsorted.describe()), 2).describe()).toEqual(
      batchSpace(unsorted, 2).describe(),
    );
  });
});
