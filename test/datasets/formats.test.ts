import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { cifar10OfArchive } from "../../src/datasets/catalogue/index.js";
import {
  classColumn,
  featureMatrix,
  fillMedians,
  numericTable,
  pairLines,
  parseCifar10,
  parseCsv,
  parseGraph,
  parseIdx,
  parseLines,
  parseNodeSplits,
  parseTabbedPairs,
  parseText,
  textColumn,
} from "../../src/datasets/index.js";
import { tarOf } from "./archives.js";

const utf8 = (text: string) => new TextEncoder().encode(text);
const dataError = (code: string, message: RegExp) =>
  expect.objectContaining({ name: "DataError", code, message: expect.stringMatching(message) });

describe("gzip", () => {
  const packed = gzipSync(utf8("line 1\nline 2\n".repeat(100)));

  test("is unpacked wherever it comes", () => {
    expect(parseLines(packed, "a.txt.gz")).toEqual(parseLines(utf8("line 1\nline 2\n".repeat(100)), "a.txt"));
  });

  test("comes to plain arrays, of which none makes Buffers", () => {
    const { data } = parseIdx(gzipSync(Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 5, 6)), "a.gz");
    expect(data.slice(0, 1).constructor).toBe(Uint8Array);
  });

  test("cut short or damaged is one clear sentence", () => {
    const damaged = packed.with(packed.length - 6, packed.at(-6)! ^ 1);
    for (const bytes of [packed.subarray(0, packed.length - 10), packed.subarray(0, 5), damaged]) {
      expect(() => parseText(bytes, "a.gz")).toThrow(
        dataError("corrupt-file", /^a\.gz is damaged or cut short/),
      );
    }
  });
});

describe("IDX", () => {
  const images = Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 10, 20, 30, 40);

  test("has rows of the shape in its header, gzipped or not", () => {
    for (const bytes of [images, gzipSync(images)]) {
      const { data, shape } = parseIdx(bytes, "images");
      expect([...data]).toEqual([10, 20, 30, 40]);
      expect(shape).toEqual([1, 2]);
    }
    expect(parseIdx(Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 1, 7), "labels")).toEqual({
      data: Uint8Array.of(7),
      shape: [],
    });
  });

  test.each([
    ["another magic number", images.with(2, 13), /begins with the bytes 0 0 13 3/],
    ["no axes", images.with(3, 0), /begins with the bytes 0 0 8 0/],
    ["no bytes", images.subarray(0, 0), /begins with the bytes \(none\)/],
    [
      "a row too few",
      images.subarray(0, 18),
      /has 18 bytes, but its header of shape \[2, 1, 2\] asks for 20/,
    ],
    ["half a header", images.subarray(0, 10), /has 10 bytes/],
    ["too many bytes", Uint8Array.of(...images, 0), /has 21 bytes/],
  ])("with %s is refused", (_, bytes, message) => {
    expect(() => parseIdx(bytes, "images")).toThrow(dataError("corrupt-file", message));
  });
});

describe("CIFAR-10", () => {
  /** A record whose red, green and blue planes are full of one level each. */
  const record = (label: number, [red, green, blue]: [number, number, number]) => {
    const planes = [red, green, blue].map((level) => new Uint8Array(1024).fill(level));
    return Uint8Array.of(label, ...planes.flatMap((plane) => [...plane]));
  };

  test("becomes images with channels last", () => {
    const bytes = Uint8Array.of(...record(3, [1, 2, 3]), ...record(9, [4, 5, 6]));
    const files = [
      { name: "a", bytes },
      { name: "b", bytes: gzipSync(record(0, [7, 8, 9])) },
    ];
    const { size, fields, classes } = parseCifar10(files);
    expect(size).toBe(3);
    expect([...fields["targets"]!.data].map((label) => classes![label])).toEqual([
      "cat",
      "truck",
      "airplane",
    ]);
    expect(fields["inputs"]!.shape).toEqual([32, 32, 3]);
    expect([...fields["inputs"]!.data.subarray(3072 - 3, 3072 + 6)]).toEqual([1, 2, 3, 4, 5, 6, 4, 5, 6]);
  });

  test("keeps the places of pixels", () => {
    const bytes = record(0, [0, 0, 0]);
    bytes[1 + 1024 + 32 * 2 + 5] = 200;
    const { data } = parseCifar10([{ name: "a", bytes }]).fields["inputs"]!;
    expect(data.indexOf(200)).toBe((32 * 2 + 5) * 3 + 1);
  });

  test("cut short, empty or with a wrong label is refused", () => {
    const one = record(10, [0, 0, 0]);
    const parse = (bytes: Uint8Array) => () => parseCifar10([{ name: "batch", bytes }]);
    expect(parse(one.subarray(0, 3000))).toThrow(dataError("corrupt-file", /batch has 3000 bytes/));
    expect(parse(one.subarray(0, 0))).toThrow(dataError("corrupt-file", /batch has 0 bytes/));
    expect(parse(one)).toThrow(dataError("corrupt-file", /label 10 in record 0/));
  });

  test("comes out of its archive in the official splits", () => {
    const members = Object.fromEntries(
      ["data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5", "test_batch"].map(
        (name, i) => [`cifar-10-batches-bin/${name}.bin`, record(i, [i, i, i])],
      ),
    );
    const { train, test } = cifar10OfArchive(
      gzipSync(tarOf({ "cifar-10-batches-bin/readme.html": utf8("x"), ...members })),
      "cifar.tar.gz",
    );
    expect([...train.fields["targets"]!.data]).toEqual([0, 1, 2, 3, 4]);
    expect([...test.fields["targets"]!.data]).toEqual([5]);
    const { "cifar-10-batches-bin/test_batch.bin": _, ...fewer } = members;
    expect(() => cifar10OfArchive(tarOf(fewer), "cifar.tar")).toThrow(
      dataError("corrupt-file", /lacks .*test_batch/),
    );
    const whole = tarOf(members);
    expect(() => cifar10OfArchive(whole.subarray(0, 5000), "cifar.tar")).toThrow(
      dataError("corrupt-file", /no whole tar archive.*byte 4096 of 5000/),
    );
    expect(() => cifar10OfArchive(whole.with(3, 0x5a), "cifar.tar")).toThrow(
      dataError("corrupt-file", /byte 0/),
    );
  });
});

describe("CSV", () => {
  const text = 'size,kind,price\n1.5,"a, b",10\n,"say ""b""",?\n\n3e0,c,-7\n';
  const table = parseCsv(utf8(text), "t.csv");

  test("has a header or names that are given, quoted cells, and lines", () => {
    expect(table.columns).toEqual(["size", "kind", "price"]);
    expect(textColumn(table, "kind")).toEqual(["a, b", 'say "b"', "c"]);
    expect(table.rows.map(({ line }) => line)).toEqual([2, 3, 5]);
    const named = parseCsv(utf8("1,2\n3,4"), "t.csv", { columns: ["a", "b"] });
    expect(textColumn(named, "b")).toEqual(["2", "4"]);
    expect(() => textColumn(named, "c")).toThrow(dataError("corrupt-file", /no column c; it has a, b/));
  });

  test("becomes numbers, with what is missing refused, dropped or the training rows' median", () => {
    const columns = ["size", "price"];
    expect(() => numericTable(table, { columns, missing: "error" })).toThrow(
      dataError(
        "corrupt-file",
        /t\.csv, line 3, column size: expected a number and no missing value, but found ""/,
      ),
    );
    const dropped = numericTable(table, { columns, missing: "drop" });
    expect([...dropped.values]).toEqual([1.5, 10, 3, -7]);
    expect([...dropped.rows]).toEqual([0, 2]);
    const filled = numericTable(table, { columns, missing: "median" });
    fillMedians(filled, [0, 1]);
    expect([...filled.values]).toEqual([1.5, 10, 1.5, 10, 3, -7]);
    const even = numericTable(table, { columns, missing: "median" });
    fillMedians(even, [0, 1, 2]);
    expect([...even.values.subarray(2, 4)]).toEqual([2.25, 1.5]);
    expect(() => fillMedians(numericTable(table, { columns, missing: "median" }), [1])).toThrow(
      dataError("invalid-data", /Column size has no value in the training rows/),
    );
  });

  test.each(["NaN", "Infinity", "1e39", "abc", "1,5", "--1"])(
    "refuses %s as a number, with line and column",
    (cell) => {
      for (const missing of ["error", "drop", "median"] as const) {
        const broken = parseCsv(utf8(`a,b\n1,2\n3,"${cell}"\n`), "t.csv");
        expect(() => numericTable(broken, { columns: ["a", "b"], missing })).toThrow(
          dataError(
            "corrupt-file",
            new RegExp(`t\\.csv, line 3, column b: expected a finite number, but found "${cell}"`),
          ),
        );
      }
    },
  );

  test("refuses rows of another length, open quotes, and a table without rows", () => {
    const parse = (content: string, columns?: string[]) => () =>
      parseCsv(utf8(content), "t.csv", columns && { columns });
    expect(parse("a,b\n1,2\n3\n")).toThrow(dataError("corrupt-file", /t\.csv.*on line 3/));
    expect(parse("1,2\n", ["a"])).toThrow(
      dataError("corrupt-file", /line 1: expected 1 cells \(a\), but found 2/),
    );
    expect(parse('a,b\n1,"2\n')).toThrow(dataError("corrupt-file", /t\.csv.*[Qq]uot/));
    expect(parse("a,b\n")).toThrow(dataError("empty-split", /no rows/));
    expect(parse("")).toThrow(dataError("empty-split", /no rows/));
    expect(() =>
      numericTable(parseCsv(utf8("a\n?\n"), "t.csv"), { columns: ["a"], missing: "drop" }),
    ).toThrow(dataError("empty-split", /no row without a missing cell/));
  });

  test("has classes, and refuses one that it does not know", () => {
    expect([...classColumn(table, "kind", ["c", "a, b", 'say "b"'])]).toEqual([1, 2, 0]);
    expect(() => classColumn(table, "kind", ["c", "a, b"])).toThrow(
      dataError("corrupt-file", /line 3, column kind: expected one of c, a, b, but found "say \\"b\\""/),
    );
  });
});

describe("text", () => {
  test("is UTF-8, lines end either way", () => {
    expect(parseLines(utf8("å\r\nb\n"), "t.txt")).toEqual(["å", "b"]);
    expect(parseLines(utf8("a\n\nb"), "t.txt")).toEqual(["a", "", "b"]);
    expect(() => parseLines(new Uint8Array(0), "t.txt")).toThrow(
      dataError("corrupt-file", /t\.txt is empty/),
    );
    expect(() => parseText(Uint8Array.of(0x66, 0xe5, 0x72), "t.txt")).toThrow(
      dataError("corrupt-file", /not UTF-8/),
    );
  });

  test("has translations after a tab, or in another file", () => {
    const pairs = { source: ["Go.", "Run!"], target: ["Gå.", "Spring!"] };
    expect(parseTabbedPairs(utf8("Go.\tGå.\tCC-BY\nRun!\tSpring!\n"), "p.txt")).toEqual(pairs);
    expect(() => parseTabbedPairs(utf8("Go.\tGå.\nRun!\n"), "p.txt")).toThrow(
      dataError("corrupt-file", /p\.txt, line 2: expected a sentence, a tab/),
    );
    const [en, sv] = [
      { name: "a.en", lines: pairs.source },
      { name: "a.sv", lines: pairs.target },
    ] as const;
    expect(pairLines(en, sv)).toEqual(pairs);
    expect(() => pairLines(en, { ...sv, lines: ["Gå."] })).toThrow(
      dataError("corrupt-file", /a\.en has 2 lines, but a\.sv has 1/),
    );
  });
});

describe("graphs", () => {
  const graph = {
    nodes: 3,
    featureCount: 2,
    classes: ["a", "b"],
    labels: [0, 1, 0],
    featureIndices: [[0], [], [0, 1]],
    edges: [[0, 2]],
  };
  const parse = (changes: Record<string, unknown>) =>
    parseGraph(utf8(JSON.stringify({ ...graph, ...changes })), "g.json");

  test("have features as a matrix", () => {
    const parsed = parse({});
    expect([...parsed.labels]).toEqual([0, 1, 0]);
    expect([...featureMatrix(parsed)]).toEqual([1, 0, 0, 0, 1, 1]);
  });

  test.each([
    [{ labels: [0, 1] }, /3 nodes, but 2 labels/],
    [{ labels: [0, 1, 2] }, /names class 2, but has only 0 to 1/],
    [{ edges: [[0, 3]] }, /names node 3/],
    [{ featureIndices: [[2], [], []] }, /names feature 2/],
    [{ classes: ["a"] }, /at classes/],
    [{ edges: [[0, -1]] }, /at edges\.0\.1/],
  ])("are refused with %o", (changes, message) => {
    expect(() => parse(changes)).toThrow(dataError("corrupt-file", message));
  });

  test("are whole JSON, and so are splits", () => {
    expect(() => parseGraph(utf8(JSON.stringify(graph).slice(0, 40)), "g.json")).toThrow(
      dataError("corrupt-file", /g\.json is no whole JSON/),
    );
    const split = (value: unknown) => () => parseNodeSplits(utf8(JSON.stringify(value)), "s.json", 3);
    expect(split({ train: [0], val: [1], test: [2] })()).toEqual({
      train: Int32Array.of(0),
      validation: Int32Array.of(1),
      test: Int32Array.of(2),
    });
    expect(split({ train: [0], val: [3], test: [2] })).toThrow(dataError("corrupt-file", /names node 3/));
    expect(split({ train: [0], val: [1], test: [] })).toThrow(dataError("empty-split", /no node in test/));
    expect(split({ train: [0] })).toThrow(dataError("corrupt-file", /at val/));
  });
});
