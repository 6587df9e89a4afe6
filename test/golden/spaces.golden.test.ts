import {
  batchSpace,
  flatdim,
  flatten,
  flattenSpace,
  Graph,
  isFlattenable,
  type Space,
  spaceFromJson,
  unflatten,
} from "gymnasium-js";
import { expect, test } from "vitest";
import { GoldenTally } from "./golden.js";
import {
  asNested,
  containsTagged,
  flatAsNested,
  inexpressible,
  plainGraph,
  type SeedRecord,
  type SpaceRecord,
  sampleOptions,
} from "./space-records.js";
import { goldenOrStandingCopy } from "./standing-copy.js";

test("spaces.json: every description, answer, draw and flattened element of Gymnasium's spaces", () => {
  const { file, label } = goldenOrStandingCopy<{ spaces: SpaceRecord[] }>("spaces.json");
  const tally = new GoldenTally(label);
  for (const record of file.spaces) {
    const space = spaceFromJson(record.space);
    checkDescriptions(tally, space, record);
    checkContains(tally, space, record);
    for (const seeded of record.per_seed) checkDraws(tally, space, { record, seeded });
  }
  tally.report();
});

function checkDescriptions(tally: GoldenTally, space: Space<unknown>, record: SpaceRecord): void {
  const { name } = record;
  tally.record(`${name} describe`, () => expect(space.describe()).toEqual(record.space));
  tally.record(`${name} is_np_flattenable`, () =>
    expect(isFlattenable(space)).toBe(record.is_np_flattenable),
  );
  tally.record(`${name} flatdim`, () => {
    if (record.flatdim === null) expect(() => flatdim(space)).toThrow();
    else expect(flatdim(space)).toBe(record.flatdim);
  });
  if (record.flat_space) {
    tally.record(`${name} flat_space`, () =>
      expect(flattenSpace(space).describe()).toEqual(record.flat_space),
    );
  }
  if (record.batch3_space) {
    tally.record(`${name} batch3_space`, () =>
      expect(batchSpace(space, 3).describe()).toEqual(withoutWide(record.batch3_space, batchSpace(space, 3))),
    );
  }
}

/** A batch of Discrete values beyond 32 bits says so in its description; Gymnasium's has no such mark. */
function withoutWide(expected: Record<string, unknown> | undefined, batch: Space<unknown>): unknown {
  return "wide" in batch.describe() ? { ...expected, wide: 1 } : expected;
}

function checkContains(
  tally: GoldenTally,
  space: Space<unknown>,
  { name, contains = [] }: SpaceRecord,
): void {
  for (const [i, { x, contains: expected }] of contains.entries()) {
    const reason = inexpressible(space, x);
    if (reason !== null) tally.inexpressible(reason);
    else {
      tally.record(`${name} contains ${i} ${JSON.stringify(x)}`, () =>
        expect(containsTagged(space, x)).toBe(expected),
      );
    }
  }
}

interface Draws {
  record: SpaceRecord;
  seeded: SeedRecord;
}

function checkDraws(tally: GoldenTally, space: Space<unknown>, { record, seeded }: Draws): void {
  const label = `${record.name} seed ${seeded.seed}`;
  tally.record(`${label} seed_returns`, () => expect(space.seed(seeded.seed)).toEqual(seeded.seed_returns));
  if (seeded.samples !== undefined) {
    const samples = drawFive(space, seeded.seed);
    tally.record(`${label} samples`, () => {
      for (const sample of samples) expect(space.contains(sample)).toBe(true);
      expect(space.toJson(samples)).toEqual(seeded.samples);
      expect(space.toJson(space.fromJson(seeded.samples))).toEqual(seeded.samples);
    });
    if (seeded.flat !== undefined) {
      tally.record(`${label} flat`, () => checkFlat(space, samples, seeded.flat as unknown[]));
    }
  }
  if (seeded.batch3 !== undefined) {
    tally.record(`${label} batch3`, () => {
      space.seed(seeded.seed);
      const batch = batchSpace(space, 3);
      expect([batch.sample(), batch.sample()].map((sample) => asNested(batch, sample))).toEqual(
        seeded.batch3,
      );
    });
  }
  for (const { name, args } of record.variants) {
    const samples = drawFive(space, seeded.seed, sampleOptions(args));
    tally.record(`${label} ${name}`, () => expect(space.toJson(samples)).toEqual(seeded[name]));
    if (!(space instanceof Graph)) continue;
    tally.record(`${label} ${name}_plain`, () =>
      expect(samples.map((sample) => plainGraph(space, sample))).toEqual(seeded[`${name}_plain`]),
    );
    tally.record(`${label} ${name}_flat_first`, () =>
      checkFlat(space, samples.slice(0, 1), [seeded[`${name}_flat_first`]]),
    );
  }
}

function drawFive(space: Space<unknown>, seed: number, options?: Record<string, unknown>): unknown[] {
  space.seed(seed);
  return Array.from({ length: 5 }, () => space.sample(options));
}

function checkFlat(space: Space<unknown>, samples: readonly unknown[], expected: readonly unknown[]): void {
  const flatSpace = flattenSpace(space);
  const flats = samples.map((sample) => flatten(space, sample));
  expect(flats.map((flat) => flatAsNested(flatSpace, flat))).toEqual(expected);
  for (const [i, flat] of flats.entries()) {
    expect(flatSpace.contains(flat)).toBe(true);
    expect(unflatten(space, flat)).toEqual(samples[i]);
  }
}
