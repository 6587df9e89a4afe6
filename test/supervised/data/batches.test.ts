import { Generator } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import {
  type Batch,
  type BatchSource,
  batchesOf,
  createAugmentation,
  type Dataset,
  dataset,
  prefetch,
} from "../../../src/supervised/data/index.js";

/** Images of one pixel, of value and class of the row's number. */
function numbered(size: number): Dataset {
  return dataset({
    inputs: { data: Uint8Array.from({ length: 4 * size }, (_, i) => i >> 2), shape: [2, 2, 1] },
    targets: { data: Int32Array.from({ length: size }, (_, i) => i), shape: [] },
  });
}

const targetsOf = ({ fields }: Batch) => [...fields["targets"]!.data];
const epochOf = (source: { batches: number; batch(epoch: number, index: number): Batch }, epoch: number) =>
  Array.from({ length: source.batches }, (_, i) => targetsOf(source.batch(epoch, i)));

describe("batches in memory", () => {
  test("cover each epoch once, in an order that seed and epoch decide", () => {
    const source = batchesOf(numbered(10), { batchSize: 4, seed: 5 });
    expect([source.size, source.batches, source.batchSize]).toEqual([10, 3, 4]);
    const epochs = [0, 1].map((epoch) => epochOf(source, epoch));
    expect(epochs[0]!.map(({ length }) => length)).toEqual([4, 4, 2]);
    for (const epoch of epochs) {
      expect(epoch.flat().sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    }
    expect(epochs[0]).not.toEqual(epochs[1]);
    expect(epochs[1]!.flat()).toEqual([...new Generator([5, 1]).permutation(10)]);
    expect(epochOf(batchesOf(numbered(10), { batchSize: 4, seed: 6 }), 0)).not.toEqual(epochs[0]);
  });

  test("are the same whenever they are asked for, augmentation included", () => {
    const options = {
      batchSize: 4,
      seed: 5,
      convert: { inputs: { scale: 1 / 255 } },
      augment: createAugmentation([{ type: "noise", deviation: 1 }]),
    };
    const pixels = (source: BatchSource, epoch: number, index: number) => [
      ...(source.batch(epoch, index) as Batch).fields["inputs"]!.data,
    ];
    const played = batchesOf(numbered(10), options);
    for (let index = 0; index < 3; index++) played.batch(0, index);
    const late = pixels(played, 1, 2);
    expect(pixels(batchesOf(numbered(10), options), 1, 2)).toEqual(late);
    const still = batchesOf(numbered(10), { ...options, shuffle: false });
    expect(pixels(still, 1, 1)).not.toEqual(pixels(still, 0, 1));
    expect(pixels(still, 1, 1)).toEqual(pixels(still, 1, 1));
  });

  test("convert fields to float32 and leave the others", () => {
    const mean = [2];
    const source = (convert: NonNullable<Parameters<typeof batchesOf>[1]["convert"]>) =>
      batchesOf(numbered(6), { batchSize: 3, seed: 0, shuffle: false, convert }).batch(0, 1);
    const scaled = source({ inputs: { scale: 0.5 } }).fields;
    expect(scaled["inputs"]!.data).toEqual(
      Float32Array.from([3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5], (x) => x / 2),
    );
    expect(scaled["inputs"]!.shape).toEqual([3, 2, 2, 1]);
    expect(scaled["targets"]).toEqual({ data: Int32Array.of(3, 4, 5), shape: [3] });
    const standardized = source({ inputs: { mean, deviation: [2] } }).fields["inputs"]!.data;
    expect([standardized[0], standardized[11]]).toEqual([0.5, 1.5]);
    expect(source({}).fields["inputs"]!.data).toBeInstanceOf(Uint8Array);
  });

  test("share their arrays, the smaller last one as a view", () => {
    const source = batchesOf(numbered(10), { batchSize: 4, seed: 0, shuffle: false });
    const buffers = [0, 1, 2].map((index) => source.batch(0, index).fields["inputs"]!.data);
    expect(new Set(buffers.map(({ buffer }) => buffer)).size).toBe(1);
    expect(buffers[2]).toHaveLength(8);
  });

  test("leave out what fills no batch, if asked", () => {
    const source = batchesOf(numbered(10), { batchSize: 4, seed: 0, dropLast: true });
    expect([source.size, source.batches]).toEqual([8, 2]);
    expect(source.batch(0, 1).size).toBe(4);
  });

  test.each([
    ["a batch size of 0", { batchSize: 0 }, /batchSize must be a whole number/],
    ["no batch left", { batchSize: 11, dropLast: true }, /leave nothing of 10 rows/],
    ["a conversion of no field", { batchSize: 1, convert: { picture: { scale: 1 } } }, /no such field/],
    [
      "another number of columns",
      { batchSize: 1, convert: { inputs: { mean: [1, 2], deviation: [1, 2] } } },
      /2 means/,
    ],
    ["augmented bytes", { batchSize: 1, augment: createAugmentation([]) }, /are whole numbers; convert them/],
  ])("refuse %s", (_, options, message) => {
    expect(() => batchesOf(numbered(10), { seed: 0, ...options })).toThrow(
      expect.objectContaining({ message: expect.stringMatching(message) }),
    );
  });

  test("refuse a batch that does not exist", () => {
    const source = batchesOf(numbered(10), { batchSize: 4, seed: 0 });
    expect(() => source.batch(0, 3)).toThrow(/no batch 3 of epoch 0.*batches 0 to 2/);
    expect(() => source.batch(-1, 0)).toThrow(/epoch -1/);
  });
});

describe("prefetch", () => {
  /** A source whose batches come when they are let through. */
  function slow(asked: string[], fails?: string): BatchSource {
    return {
      size: 6,
      batchSize: 2,
      batches: 3,
      async batch(epoch, index) {
        asked.push(`${epoch}/${index}`);
        if (asked.at(-1) === fails) throw new Error("unreadable");
        return { size: 2, fields: { at: { data: Int32Array.of(epoch, index), shape: [2] } } };
      },
    };
  }

  test("asks for the next batches once, beyond the end of the epoch too", async () => {
    const asked: string[] = [];
    const source = prefetch(slow(asked), 2);
    await source.batch(0, 0);
    expect(asked).toEqual(["0/0", "0/1", "0/2"]);
    await source.batch(0, 1);
    expect(asked.slice(3)).toEqual(["1/0"]);
    expect([...(await source.batch(0, 2)).fields["at"]!.data]).toEqual([0, 2]);
    expect(asked.slice(4)).toEqual(["1/1"]);
  });

  test("goes elsewhere when asked, and tells of a failure only who asks for it", async () => {
    const asked: string[] = [];
    const source = prefetch(slow(asked, "0/1"), 1);
    await source.batch(0, 0);
    expect([...(await source.batch(4, 2)).fields["at"]!.data]).toEqual([4, 2]);
    const failing = prefetch(slow([], "0/1"), 1);
    await failing.batch(0, 0);
    await expect(async () => failing.batch(0, 1)).rejects.toThrow("unreadable");
  });

  test("hands on what is there at once", () => {
    const source = batchesOf(numbered(4), { batchSize: 2, seed: 0, shuffle: false });
    expect(targetsOf(prefetch(source, 3).batch(0, 1) as Batch)).toEqual([2, 3]);
  });
});
