import { Generator } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import {
  type Batch,
  buildVocabulary,
  characterVocabulary,
  languageWindows,
  paddedBatches,
  Vocabulary,
  wordTokens,
} from "../../../src/supervised/data/index.js";

describe("vocabularies", () => {
  const sentences = ["the cat sat", "the dog sat", "the end"].map((line) => line.split(" "));

  test("begin with the special tokens, then the most frequent", () => {
    const vocabulary = buildVocabulary(sentences);
    expect(vocabulary.tokens).toEqual([
      "<pad>",
      "<unk>",
      "<bos>",
      "<eos>",
      "the",
      "sat",
      "cat",
      "dog",
      "end",
    ]);
    expect(buildVocabulary(sentences, { minCount: 2 }).tokens.slice(4)).toEqual(["the", "sat"]);
    expect(buildVocabulary(sentences, { maxSize: 5 }).tokens.slice(4)).toEqual(["the"]);
  });

  test("encode and decode, with <unk> for what is new", () => {
    const vocabulary = buildVocabulary(sentences);
    const ids = vocabulary.encode(["the", "cow", "sat"], { bos: true, eos: true });
    expect([...ids]).toEqual([2, 4, 1, 5, 3]);
    expect(vocabulary.decode(ids)).toEqual(["the", "<unk>", "sat"]);
    expect(vocabulary.decode([2, 4, 3, 5, 0])).toEqual(["the"]);
    expect(() => vocabulary.decode([9])).toThrow(/no token 9; the vocabulary has 9/);
  });

  test("of characters have no special tokens, and refuse what they lack", () => {
    const vocabulary = characterVocabulary("hello\n");
    expect(vocabulary.tokens).toEqual(["\n", "e", "h", "l", "o"]);
    expect(vocabulary.decode(vocabulary.encode([..."hello"])).join("")).toBe("hello");
    expect(() => vocabulary.encode(["x"])).toThrow(/no token "x"/);
    expect(() => new Vocabulary(["a", "a"])).toThrow(/twice/);
  });

  test("tokens are words and marks in lower case", () => {
    expect(wordTokens("It's 5 o'clock, Åsa: gå-fort!")).toEqual([
      ..."it's 5 o'clock , åsa : gå-fort !".split(" "),
    ]);
    expect(wordTokens("  ")).toEqual([]);
  });
});

describe("padded batches", () => {
  const rng = new Generator(0);
  const source = Array.from({ length: 50 }, (_, row) =>
    Int32Array.from({ length: rng.integers(1, 30) }, () => row + 1),
  );
  const target = source.map((sequence) => sequence.slice(0, Math.ceil(sequence.length / 2)));
  const rows = { label: { data: Int32Array.from(source, (_, row) => row + 1), shape: [] } };
  const batches = paddedBatches({ source, target }, { batchSize: 8, seed: 3, rows });

  test("hold each sequence once an epoch, masked, next to its translation and class", () => {
    for (const epoch of [0, 1]) {
      const seen: number[] = [];
      for (let index = 0; index < batches.batches; index++) {
        const { size, fields } = batches.batch(epoch, index);
        for (const [name, sequences] of Object.entries({ source, target })) {
          const [count, time] = fields[name]!.shape as [number, number];
          expect(count).toBe(size);
          expect(time % 8).toBe(0);
          for (let i = 0; i < size; i++) {
            const row = fields["label"]!.data[i]! - 1;
            const mask = [...fields[`${name}Mask`]!.data.subarray(i * time, (i + 1) * time)];
            const tokens = [...fields[name]!.data.subarray(i * time, (i + 1) * time)];
            const { length } = sequences[row]!;
            expect(mask).toEqual(Array.from({ length: time }, (_, t) => Number(t < length)));
            expect(tokens).toEqual(Array.from({ length: time }, (_, t) => (t < length ? row + 1 : 0)));
          }
        }
        seen.push(...fields["label"]!.data);
      }
      expect(seen.sort((a, b) => a - b)).toEqual(source.map((_, row) => row + 1));
    }
  });

  test("come in few shapes, with little padding", () => {
    const shapes = new Set<string>();
    let padding = 0;
    for (let index = 0; index < batches.batches; index++) {
      const { fields } = batches.batch(0, index);
      shapes.add(`${fields["source"]!.shape}`);
      const mask = [...fields["sourceMask"]!.data];
      padding += mask.length - mask.reduce((sum, bit) => sum + bit, 0);
    }
    expect(shapes.size).toBeLessThanOrEqual(5);
    const tokens = source.reduce((sum, { length }) => sum + length, 0);
    expect(padding).toBeLessThan(50 * 8 + tokens / 10);
  });

  test("depend on seed and epoch only", () => {
    const labels = (batch: Batch) => [...batch.fields["label"]!.data];
    const again = paddedBatches({ source, target }, { batchSize: 8, seed: 3, rows });
    expect(labels(again.batch(2, 4))).toEqual(labels(batches.batch(2, 4)));
    expect(labels(again.batch(2, 4))).not.toEqual(labels(batches.batch(1, 4)));
    const still = paddedBatches({ source }, { batchSize: 8, seed: 3, rows, shuffle: false });
    expect(labels(still.batch(0, 0))).toEqual(labels(still.batch(7, 0)));
  });

  test.each([
    ["none", {}, {}, "empty-split"],
    ["an empty one", { source: [[1], []] }, {}, "invalid-data"],
    ["unequal numbers", { source: [[1]], target: [[1], [2]] }, {}, "invalid-data"],
    ["unequal rows", { source: [[1]] }, { label: { data: new Int32Array(2), shape: [] } }, "invalid-data"],
  ])("refuse %s", (_, sequences, fields, code) => {
    expect(() => paddedBatches(sequences, { batchSize: 1, seed: 0, rows: fields })).toThrow(
      expect.objectContaining({ code }),
    );
  });
});

describe("windows of a text", () => {
  const text = Int32Array.from({ length: 101 }, (_, i) => i);
  const rowsOf = ({ fields }: Batch, name: string) => {
    const [batch, time] = fields[name]!.shape as [number, number];
    return Array.from({ length: batch }, (_, i) => [
      ...fields[name]!.data.subarray(i * time, (i + 1) * time),
    ]);
  };

  test("as streams go on where they ended", () => {
    const source = languageWindows(text, { batchSize: 4, time: 6, order: "streams", seed: 0 });
    expect([source.batches, source.size]).toEqual([4, 16]);
    for (let index = 0; index < 4; index++) {
      const batch = source.batch(3, index);
      rowsOf(batch, "inputs").forEach((row, lane) => {
        expect(row).toEqual(Array.from({ length: 6 }, (_, t) => lane * 25 + index * 6 + t));
      });
      expect(rowsOf(batch, "targets")).toEqual(rowsOf(batch, "inputs").map((row) => row.map((id) => id + 1)));
    }
  });

  test("at random come from everywhere, up to the last token", () => {
    const source = languageWindows(text, { batchSize: 4, time: 6, order: "random", seed: 0 });
    const starts = new Set<number>();
    for (let epoch = 0; epoch < 100; epoch++) {
      for (let index = 0; index < source.batches; index++) {
        const batch = source.batch(epoch, index);
        const inputs = rowsOf(batch, "inputs");
        expect(rowsOf(batch, "targets")).toEqual(inputs.map((row) => row.map((id) => id + 1)));
        for (const [start] of inputs) starts.add(start!);
      }
    }
    expect(Math.min(...starts)).toBe(0);
    expect(Math.max(...starts)).toBe(94);
    const again = languageWindows(text, { batchSize: 4, time: 6, order: "random", seed: 0 });
    expect(rowsOf(again.batch(5, 1), "inputs")).toEqual(rowsOf(source.batch(5, 1), "inputs"));
  });

  test("need a text that is long enough", () => {
    const windows = (batchSize: number, time: number) =>
      languageWindows(text, { batchSize, time, order: "streams", seed: 0 });
    expect(windows(10, 10).batches).toBe(1);
    expect(() => windows(10, 11)).toThrow(/more than 110 tokens, but it has 101/);
    expect(() => windows(0, 11)).toThrow(/needs a text/);
  });
});
