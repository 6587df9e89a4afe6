import { describe, expect, test } from "vitest";
import fc from "../../test/properties.js";
import {
  batchSpace,
  concatenate,
  flatdim,
  flatten,
  flattenSpace,
  iterate,
  type Space,
  type SpaceBase,
  spaceFromJson,
  spacesEqual,
  unflatten,
} from "../src/spaces/index.js";
import { flattenableSpaces, seeds, spaces } from "./spaces-arbitrary.js";

function draw(space: Space<unknown>, seed: number, count = 4): unknown[] {
  space.seed(seed);
  return Array.from({ length: count }, () => space.sample());
}

function throughJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

describe("every space", () => {
  test("contains what it draws, and draws the same from the same seed", () => {
    fc.assert(
      fc.property(spaces, seeds, (space, seed) => {
        const drawn = draw(space, seed);
        for (const element of drawn) expect(space.contains(element)).toBe(true);
        expect(draw(space, seed)).toEqual(drawn);
      }),
    );
  });

  test("takes back the seeds that it returned", () => {
    fc.assert(
      fc.property(spaces, seeds, (space, seed) => {
        const returned = space.seed(seed);
        const drawn = draw(space, seed);
        space.seed(returned as number);
        expect(drawn).toEqual(Array.from({ length: 4 }, () => space.sample()));
      }),
    );
  });

  test("and its elements survive JSON", () => {
    fc.assert(
      fc.property(spaces, seeds, (space, seed) => {
        const read = spaceFromJson(throughJson(space.describe()));
        expect(spacesEqual(read, space)).toBe(true);
        const drawn = draw(space, seed);
        expect(draw(read, seed)).toEqual(drawn);
        expect(read.fromJson(throughJson(space.toJson(drawn)))).toEqual(drawn);
      }),
    );
  });

  test("has copies that go on drawing alike, each for itself", () => {
    fc.assert(
      fc.property(spaces, seeds, (space, seed) => {
        draw(space, seed);
        const copy = (space as SpaceBase<unknown>).copy();
        const next = copy.sample();
        copy.sample();
        expect(space.sample()).toEqual(next);
      }),
    );
  });

  test("batches: elements to one batch and back, and the batch is in the batched space", () => {
    fc.assert(
      fc.property(spaces, seeds, fc.integer({ min: 1, max: 3 }), (space, seed, n) => {
        const elements = draw(space, seed, n);
        const batch = concatenate(space, elements);
        const batched = batchSpace(space, n);
        expect(batched.contains(batch)).toBe(true);
        expect(iterate(space, batch)).toEqual(elements);
        const drawn = batched.sample();
        expect(batched.contains(drawn)).toBe(true);
        for (const element of iterate(space, drawn)) expect(space.contains(element)).toBe(true);
      }),
    );
  });

  test("flattens to arrays of the flat space, and back", () => {
    fc.assert(
      fc.property(flattenableSpaces, seeds, (space, seed) => {
        const flatSpace = flattenSpace(space);
        for (const element of draw(space, seed)) {
          const flat = flatten(space, element);
          expect((flat as Float64Array).length).toBe(flatdim(space));
          expect(flatSpace.contains(flat)).toBe(true);
          expect(unflatten(space, flat)).toEqual(element);
        }
      }),
    );
  });
});
