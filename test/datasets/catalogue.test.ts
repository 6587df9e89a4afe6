import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import {
  catalogue,
  defaultDataFolder,
  findDataFile,
  findDataset,
  getDataset,
} from "../../src/datasets/index.js";
import { classCounts, type Dataset, fitStandardization, rowLength } from "../../src/supervised/data/index.js";
import { needsData, sharedData, skipWithoutData } from "./shared-data.js";

const shared = sharedData();
const folder = shared ?? "";

const row = ({ fields }: Dataset, name: string, at: number) => {
  const field = fields[name]!;
  return [...field.data.subarray(at * rowLength(field), (at + 1) * rowLength(field))];
};
const sizes = (splits: Record<string, { size: number }>) => Object.values(splits).map(({ size }) => size);

describe("the catalogue", () => {
  test("names each entry as its key, and its files with full checksums", () => {
    for (const [name, entry] of Object.entries(catalogue)) {
      expect(entry.name).toBe(name);
      for (const { checksum, url, bytes } of entry.files) {
        expect("sha256" in checksum ? checksum.sha256 : checksum.md5).toMatch(
          /^([0-9a-f]{64}|[0-9a-f]{32})$/,
        );
        expect(url === null || /^https?:\/\//.test(url)).toBe(true);
        expect(bytes).toBeGreaterThan(0);
      }
      expect([entry.title, entry.split, entry.licence, entry.citation].every((text) => text.length > 2)).toBe(
        true,
      );
    }
  });

  test("finds names, and says what was meant", () => {
    expect(findDataset("iris")).toBe(catalogue.iris);
    expect(() => findDataset("mnst")).toThrow(
      expect.objectContaining({
        code: "unknown-dataset",
        message: 'There is no data set "mnst"; did you mean mnist?',
      }),
    );
    expect(() => findDataset("toString")).toThrow(/no data set "toString"/);
  });
});

describe("the data folder", () => {
  const root = mkdtempSync(join(tmpdir(), "ludus-data-"));
  afterAll(() => rmSync(root, { recursive: true }));
  afterEach(() => vi.unstubAllEnvs());

  test("is LUDUS_DATA, or in the cache", () => {
    expect(defaultDataFolder({ LUDUS_DATA: "/data" })).toBe("/data");
    expect(defaultDataFolder({ XDG_CACHE_HOME: "/cache" })).toBe(join("/cache", "ludus", "data"));
    expect(defaultDataFolder({})).toMatch(/\.cache.ludus.data$/);
  });

  test("comes before LUDUS_SHARED, and a file may be gzipped", () => {
    vi.stubEnv("LUDUS_SHARED", join(root, "shared"));
    const at = (...parts: string[]) => {
      mkdirSync(join(root, ...parts.slice(0, -1)), { recursive: true });
      writeFileSync(join(root, ...parts), "");
      return join(root, ...parts);
    };
    const own = join(root, "own");
    expect(findDataFile("iris", "iris.data", own)).toBe(null);
    const second = at("shared", "data", "iris", "iris.data.gz");
    expect(findDataFile("iris", "iris.data", own)).toBe(second);
    const first = at("own", "iris", "iris.data");
    expect(findDataFile("iris", "iris.data", own)).toBe(first);
  });

  test("without the data says how to get them", () => {
    vi.stubEnv("LUDUS_SHARED", "");
    const none = join(root, "none");
    const missing = (message: RegExp) =>
      expect.objectContaining({ code: "missing-file", message: expect.stringMatching(message) });
    expect(() => catalogue.mnist.load({ folder: none })).toThrow(
      missing(/mnist is not in .*none: train-images.* get it with: ludus data get mnist --data .*none$/),
    );
    expect(() => catalogue.cora.load({ folder: none })).toThrow(
      missing(
        /cora\.json\.gz is missing; put cora\.json\.gz and split\.public\.json into .*none\/cora \(they have no address, being JSON made of Planetoid's files .*\), or name a server that has it all: ludus data get cora --data .*none --mirror <url>$/,
      ),
    );
    vi.stubEnv("LUDUS_DATA", none);
    expect(() => catalogue.mnist.load()).toThrow(missing(/ludus data get mnist$/));
    expect(() => catalogue.iris.load({ folder: "/dev/null/Ken's Überdaten" })).toThrow(
      missing(/ludus data get iris --data '\/dev\/null\/Ken'\\''s Überdaten'$/),
    );
  });

  test("with other bytes than the published ones is refused", (context) => {
    skipWithoutData(context);
    const own = join(root, "changed");
    cpSync(join(folder, "iris"), join(own, "iris"), { recursive: true });
    expect(catalogue.iris.load({ folder: own }).splits.train.size).toBe(120);
    rmSync(join(own, "iris", "iris.data"));
    writeFileSync(
      join(own, "iris", "iris.data"),
      readFileSync(join(folder, "iris", "iris.data")).subarray(0, 4000),
    );
    expect(() => catalogue.iris.load({ folder: own })).toThrow(
      expect.objectContaining({
        code: "wrong-checksum",
        message: expect.stringMatching(
          /iris\.data is not the published file \(its sha256 6f60.*ludus data get iris/,
        ),
      }),
    );
  });
});

describe("the CIFAR-10 subset", () => {
  const root = mkdtempSync(join(tmpdir(), "ludus-cifar-"));
  afterAll(() => rmSync(root, { recursive: true }));
  afterEach(() => vi.unstubAllEnvs());
  needsData();

  const train = "data_batch_subset.bin.gz";

  /** Its folder as somebody makes it by hand. */
  function madeOf(packed: Uint8Array): string {
    vi.stubEnv("LUDUS_SHARED", "");
    const own = join(root, "own");
    cpSync(join(folder, "cifar10-subset"), join(own, "cifar10-subset"), { recursive: true });
    rmSync(join(own, "cifar10-subset", train));
    writeFileSync(join(own, "cifar10-subset", train), packed);
    return own;
  }

  const records = () => gunzipSync(readFileSync(join(folder, "cifar10-subset", train)));

  test("is what its records are, however they were gzipped", async () => {
    const own = madeOf(gzipSync(records(), { level: 1 }));
    expect(catalogue["cifar10-subset"].load({ folder: own }).splits.train.size).toBe(4000);
    const got = await getDataset(catalogue["cifar10-subset"], { folder: own });
    expect(got.map(({ downloaded }) => downloaded)).toEqual([false, false]);
  });

  test.each([
    ["other records", () => gzipSync(records().fill(1, 5, 6), { level: 1 })],
    ["half a gzip", () => readFileSync(join(folder, "cifar10-subset", train)).subarray(0, 1000)],
  ])("is refused for %s, with what the files are", async (_, packed) => {
    const own = madeOf(packed());
    const sentence =
      /put data_batch_subset\.bin\.gz and test_batch_subset\.bin\.gz into .*own\/cifar10-subset \(they have no address, being the first 12,292,000 bytes of data_batch_1\.bin and the first 3,073,000 of test_batch\.bin .*`ludus data get cifar10`/;
    expect(() => catalogue["cifar10-subset"].load({ folder: own })).toThrow(
      expect.objectContaining({ code: "wrong-checksum", message: expect.stringMatching(sentence) }),
    );
    await expect(getDataset(catalogue["cifar10-subset"], { folder: own })).rejects.toMatchObject({
      code: "missing-file",
      message: expect.stringMatching(sentence),
    });
  });
});

describe("the shared data", () => {
  needsData();

  test("MNIST: sizes, classes, mean and deviation of the pixels", () => {
    const { splits } = catalogue.mnist.load({ folder });
    expect(sizes(splits)).toEqual([60_000, 10_000]);
    expect(row(splits.train, "targets", 0).concat(row(splits.train, "targets", 1))).toEqual([5, 0]);
    expect([...classCounts(splits.train)]).toEqual([
      5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949,
    ]);
    expect([...classCounts(splits.test)]).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
    const { mean, deviation } = fitStandardization(splits.train);
    expect(mean[0]! / 255).toBeCloseTo(0.1307, 4);
    expect(deviation[0]! / 255).toBeCloseTo(0.3081, 4);
    expect(splits.train.fields["inputs"]!.shape).toEqual([28, 28, 1]);
  });

  test("CIFAR-10 subset: sizes and classes", () => {
    const { splits } = catalogue["cifar10-subset"].load({ folder });
    expect([...classCounts(splits.train)]).toEqual([396, 366, 420, 384, 422, 393, 414, 385, 407, 413]);
    expect([...classCounts(splits.test)]).toEqual([103, 89, 100, 103, 90, 86, 112, 102, 106, 109]);
    // The first training picture is a frog: 59, 62, 63 at its top left.
    expect(splits.train.classes![row(splits.train, "targets", 0)[0]!]).toBe("frog");
    expect(row(splits.train, "inputs", 0).slice(0, 6)).toEqual([59, 62, 63, 43, 46, 45]);
    expect(row(splits.test, "targets", 0)).toEqual([3]);
  });

  test("Cora: nodes, classes, words, citations and the public split", () => {
    const { graph, splits } = catalogue.cora.load({ folder });
    expect([graph.nodes, graph.featureCount, graph.edges.length]).toEqual([2708, 1433, 5278]);
    expect(graph.featureIndices.flat()).toHaveLength(49_216);
    const counts = new Int32Array(7);
    for (const label of graph.labels) counts[label]!++;
    expect([...counts]).toEqual([351, 217, 418, 818, 426, 298, 180]);
    expect(Object.values(splits).map(({ length }) => length)).toEqual([140, 500, 1000]);
    expect([splits.train[139], splits.validation[0], splits.test[999]]).toEqual([139, 140, 2707]);
    for (let label = 0; label < 7; label++) {
      expect(splits.train.filter((node) => graph.labels[node] === label)).toHaveLength(20);
    }
  });

  test("optdigits: sizes, levels and first row", () => {
    const { splits } = catalogue.optdigits.load({ folder });
    expect(sizes(splits)).toEqual([3823, 1797]);
    expect(row(splits.test, "inputs", 0).slice(0, 8)).toEqual([0, 0, 5, 13, 9, 1, 0, 0]);
    expect(row(splits.test, "targets", 0)).toEqual([0]);
    expect([...classCounts(splits.test)]).toEqual([178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
    const levels = [...splits.train.fields["inputs"]!.data].sort((a, b) => a - b);
    expect([levels.at(0), levels.at(-1)]).toEqual([0, 16]);
  });

  test("iris and wdbc: as many of each class in each split, by the seed", () => {
    const iris = catalogue.iris.load({ folder });
    expect([...classCounts(iris.splits.train)]).toEqual([40, 40, 40]);
    expect([...classCounts(iris.splits.test)]).toEqual([10, 10, 10]);
    const { mean } = fitStandardization({
      ...iris.splits.train,
      fields: { inputs: joined(iris.splits.train, iris.splits.test) },
    });
    // Means of the UCI file: 5.84, 3.05, 3.76, 1.20 (iris.names).
    expect(mean.map((value) => value.toFixed(2))).toEqual(["5.84", "3.05", "3.76", "1.20"]);
    expect(catalogue.iris.load({ folder })).toEqual(iris);
    expect(catalogue.iris.load({ folder, seed: 1 }).splits.test).not.toEqual(iris.splits.test);
    const wdbc = catalogue.wdbc.load({ folder });
    expect(sizes(wdbc.splits)).toEqual([456, 113]);
    const [train, test] = [classCounts(wdbc.splits.train), classCounts(wdbc.splits.test)];
    expect([train[0]! + test[0]!, train[1]! + test[1]!]).toEqual([212, 357]);
    expect(wdbc.splits.train.fields["inputs"]!.shape).toEqual([30]);
  });

  test("California housing: every number there, proximities one-hot, values in USD", () => {
    const { splits } = catalogue["california-housing"].load({ folder });
    expect(sizes(splits).reduce((sum, size) => sum + size)).toBe(20_640);
    expect(splits.test.size).toBeGreaterThan(4125);
    expect(splits.test.size).toBeLessThan(4131);
    const { data } = joined(splits.train, splits.test);
    const proximities = [0, 0, 0, 0, 0];
    for (let at = 0; at < data.length; at += 13) {
      for (let i = 0; i < 5; i++) proximities[i]! += data[at + 8 + i]!;
    }
    expect(proximities).toEqual([9136, 6551, 2658, 2290, 5]);
    const values = [splits.train, splits.test].flatMap(({ fields }) => [...fields["targets"]!.data]);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    // What predicting the mean costs, as the README of the data has it.
    const error = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
    expect(Math.round(error)).toBe(115_393);
    const bedroomsOf = ({ fields }: Dataset) => [...fields["inputs"]!.data].filter((_, i) => i % 13 === 4);
    for (const split of [splits.train, splits.test]) {
      const counts = new Map<number, number>();
      for (const value of bedroomsOf(split)) counts.set(value, (counts.get(value) ?? 0) + 1);
      const commonest = [...counts].sort((a, b) => b[1] - a[1])[0]!;
      // The median of these training rows, which 207 districts without a number get; over all rows it is 435.
      expect(commonest[0]).toBe(434);
    }
  });

  test("tiny Shakespeare: the usual split of 65 characters", () => {
    const { train, validation } = catalogue.tinyshakespeare.load({ folder }).splits;
    expect([train.length, validation.length]).toEqual([1_003_854, 111_540]);
    expect(new Set(train + validation).size).toBe(65);
    expect(train.startsWith("First Citizen:\nBefore we proceed")).toBe(true);
  });

  test("sentence polarity: 5,331 of each, a tenth of them for the test", () => {
    const { splits, classes } = catalogue["rt-polarity"].load({ folder });
    const count = (labels: Int32Array) => [labels.filter((label) => label === 0).length, labels.length];
    expect(count(splits.train.labels)).toEqual([4798, 9596]);
    expect(count(splits.test.labels)).toEqual([533, 1066]);
    expect(splits.train.sentences).toHaveLength(9596);
    const rock = [splits.train, splits.test].flatMap(({ sentences, labels }) => {
      const at = sentences.findIndex((sentence) => sentence.startsWith("the rock is destined"));
      return at < 0 ? [] : [classes[labels[at]!]];
    });
    expect(rock).toEqual(["positive"]);
  });

  test("Tatoeba: no English sentence is in two splits", () => {
    const { train, validation, test } = catalogue["tatoeba-en-sv"].load({ folder }).splits;
    expect(train.source.length + validation.source.length + test.source.length).toBe(25_286);
    const english = [train, validation, test].map(({ source }) => new Set(source));
    expect(english.map(({ size }) => size)).toEqual([16_658, 2082, 2082]);
    expect(new Set(english.flatMap((set) => [...set])).size).toBe(20_822);
    expect(train.target[train.source.indexOf("Go.")] ?? "Gå.").toBe("Gå.");
  });

  test("Multi30k: the official splits, German or French", () => {
    const german = catalogue.multi30k.load({ folder }).splits;
    expect([german.train, german.validation, german.test].map(({ source }) => source.length)).toEqual([
      29_000, 1014, 1000,
    ]);
    expect(german.train.source[0]).toBe("Two young, White males are outside near many bushes.");
    expect(german.train.target[0]).toMatch(/^Zwei junge weiße Männer/);
    expect(catalogue.multi30k.load({ folder, target: "fr" }).splits.train.target[0]).toMatch(
      /^Deux jeunes hommes/,
    );
  });
});

function joined(...parts: Dataset[]) {
  const fields = parts.map(({ fields }) => fields["inputs"]!);
  return { data: Float32Array.from(fields.flatMap(({ data }) => [...data])), shape: fields[0]!.shape };
}
