import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encode as encodePng } from "fast-png";
import { zlibSync } from "fflate";
import jpeg from "jpeg-js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  cropImage,
  decodeImage,
  imageBatches,
  listImageFolder,
  resizeImage,
} from "../../src/datasets/index.js";
import { crc32 } from "../../src/replay/crc32.js";
import { type Batch, prefetch } from "../../src/supervised/data/index.js";
import { sharedData, skipWithoutData } from "./shared-data.js";

const shared = sharedData();

/** A PNG of one colour type and depth, its rows as they are packed. */
function rawPng(
  header: { width: number; height: number; depth: number; type: number },
  rows: number[][],
  palette?: number[],
) {
  const chunk = (name: string, content: Uint8Array) => {
    const body = Buffer.concat([Buffer.from(name), content]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(content.length);
    sum.writeUInt32BE(crc32(body) >>> 0);
    return Buffer.concat([length, body, sum]);
  };
  const ihdr = Buffer.alloc(13);
  ihdr.writeUInt32BE(header.width, 0);
  ihdr.writeUInt32BE(header.height, 4);
  ihdr.set([header.depth, header.type], 8);
  const scanlines = Uint8Array.from(rows.flatMap((row) => [0, ...row]));
  return new Uint8Array(
    Buffer.concat([
      Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
      chunk("IHDR", ihdr),
      ...(palette === undefined ? [] : [chunk("PLTE", Uint8Array.from(palette))]),
      chunk("IDAT", zlibSync(scanlines)),
      chunk("IEND", new Uint8Array(0)),
    ]),
  );
}

/** A picture of one colour. */
function flat(width: number, height: number, [red, green, blue]: readonly [number, number, number]) {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < data.length; i += 3) data.set([red, green, blue], i);
  return { width, height, data };
}

const pngOf = ({ width, height, data }: ReturnType<typeof flat>) =>
  encodePng({ width, height, data, channels: 3 });

function jpegOf({ width, height, data }: ReturnType<typeof flat>): Uint8Array {
  const rgba = new Uint8Array(width * height * 4).fill(255);
  for (let i = 0; i < width * height; i++) rgba.set(data.subarray(3 * i, 3 * i + 3), 4 * i);
  return jpeg.encode({ width, height, data: rgba }, 95).data;
}

describe("pictures", () => {
  test("PNG: colour, grey, with transparency, 16 bits, palettes and less than a byte", () => {
    const rgb = { width: 2, height: 1, data: Uint8Array.of(1, 2, 3, 250, 251, 252) };
    expect(decodeImage(pngOf(rgb), "a.png")).toEqual(rgb);
    const grey = encodePng({ width: 2, height: 1, data: Uint8Array.of(7, 9), channels: 1 });
    expect([...decodeImage(grey, "a.png").data]).toEqual([7, 7, 7, 9, 9, 9]);
    const rgba = encodePng({ width: 1, height: 1, data: Uint8Array.of(1, 2, 3, 0), channels: 4 });
    expect([...decodeImage(rgba, "a.png").data]).toEqual([1, 2, 3]);
    const greyAlpha = encodePng({ width: 1, height: 1, data: Uint8Array.of(5, 0), channels: 2 });
    expect([...decodeImage(greyAlpha, "a.png").data]).toEqual([5, 5, 5]);
    const deep = encodePng({
      width: 1,
      height: 1,
      data: Uint16Array.of(0x1234, 0xffff, 0x00ff),
      channels: 3,
      depth: 16,
    });
    expect([...decodeImage(deep, "a.png").data]).toEqual([0x12, 0xff, 0]);
    const bits = rawPng({ width: 3, height: 2, depth: 2, type: 0 }, [[0b00_01_11_00], [0b10_00_01_00]]);
    const levels = [...decodeImage(bits, "a.png").data].filter((_, i) => i % 3 === 0);
    expect(levels).toEqual([0, 85, 255, 170, 0, 85]);
    const palette = [10, 20, 30, 40, 50, 60, 70, 80, 90];
    const indexed = rawPng({ width: 3, height: 1, depth: 4, type: 3 }, [[0x20, 0x10]], palette);
    expect([...decodeImage(indexed, "a.png").data]).toEqual([70, 80, 90, 10, 20, 30, 40, 50, 60]);
    const bytes = rawPng({ width: 2, height: 1, depth: 8, type: 3 }, [[1, 2]], palette);
    expect([...decodeImage(bytes, "a.png").data]).toEqual([40, 50, 60, 70, 80, 90]);
  });

  test("JPEG: nearly the colours that went in", () => {
    const { width, height, data } = decodeImage(jpegOf(flat(20, 12, [200, 100, 50])), "a.jpg");
    expect([width, height, data.length]).toEqual([20, 12, 720]);
    [200, 100, 50].forEach((level, c) => {
      expect(Math.abs(data[300 + c]! - level)).toBeLessThanOrEqual(3);
    });
  });

  test("JPEG that a camera took on its side: its pixels stay as they are stored", () => {
    const plain = jpegOf(flat(20, 12, [200, 100, 50]));
    const turned = [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0];
    const tiff = [...new TextEncoder().encode("MM"), 0, 42, 0, 0, 0, 8, 0, 1, ...turned, 0, 0, 0, 0];
    const exif = [0xff, 0xe1, 0, 34, ...new TextEncoder().encode("Exif"), 0, 0, ...tiff];
    const bytes = Uint8Array.of(...plain.subarray(0, 2), ...exif, ...plain.subarray(2));
    expect(decodeImage(bytes, "a.jpg")).toEqual(decodeImage(plain, "a.jpg"));
  });

  test("JPEG that says its colours are RGB: they are taken as they are", () => {
    const plain = jpegOf(flat(20, 12, [200, 100, 50]));
    const adobe = [0xff, 0xee, 0, 14, ...new TextEncoder().encode("Adobe"), 0, 100, 0, 0, 0, 0, 0];
    const { data } = decodeImage(
      Uint8Array.of(...plain.subarray(0, 2), ...adobe, ...plain.subarray(2)),
      "a.jpg",
    );
    // What was luminance and two chrominances (ITU-T T.871) is red, green and blue.
    [124, 86, 182].forEach((level, c) => {
      expect(Math.abs(data[300 + c]! - level)).toBeLessThanOrEqual(3);
    });
  });

  test.each([
    [
      "a PNG cut short",
      pngOf(flat(40, 40, [1, 2, 3])).subarray(0, 60),
      /a\.img is a damaged PNG, or cut short/,
    ],
    ["a PNG with a wrong byte", pngOf(flat(4, 4, [1, 2, 3])).with(45, 0x77), /a\.img is a damaged PNG/],
    [
      "a JPEG cut short",
      jpegOf(flat(40, 40, [1, 2, 3])).subarray(0, 300),
      /a\.img is a damaged JPEG, or cut short/,
    ],
    ["a GIF", new TextEncoder().encode("GIF89a"), /a\.img is neither PNG nor JPEG/],
    ["nothing", new Uint8Array(0), /neither PNG nor JPEG/],
  ])("refuse %s", (_, bytes, message) => {
    expect(() => decodeImage(bytes, "a.img")).toThrow(
      expect.objectContaining({ code: "corrupt-file", message: expect.stringMatching(message) }),
    );
  });

  test("of the shared data have their published sizes", (context) => {
    skipWithoutData(context);
    const sizes = [
      ["set5/baby.png", 512, 512],
      ["set5/woman.png", 228, 344],
      ["chelsea.png", 451, 300],
      ["camera.png", 512, 512],
    ] as const;
    for (const [name, width, height] of sizes) {
      const image = decodeImage(readFileSync(join(shared!, "images", name)), name);
      expect([image.width, image.height, image.data.length]).toEqual([width, height, 3 * width * height]);
    }
  });
});

describe("resizing", () => {
  const ramp = (values: number[]) => ({
    width: values.length,
    height: 1,
    data: Uint8Array.from(values.flatMap((value) => [value, value, value])),
  });
  const reds = (image: { data: Uint8Array }) => [...image.data].filter((_, i) => i % 3 === 0);

  test("is bilinear: enlarged, as Pillow's BILINEAR", () => {
    expect(reds(resizeImage(ramp([0, 100]), { width: 4, height: 1 }))).toEqual([0, 25, 75, 100]);
  });

  test("shrunk, gives every source pixel its weight", () => {
    // About the pixel's centre the triangle of reach 2 weighs 1/4 : 3/4 : 3/4 : 1/4, less what lies outside.
    expect(reds(resizeImage(ramp([0, 0, 70, 140]), { width: 2, height: 1 }))).toEqual([10, 90]);
    const tall = { ...ramp([10, 20, 30, 40]), width: 1, height: 4 };
    expect(reds(resizeImage(tall, { width: 1, height: 1 }))).toEqual([25]);
  });

  test("keeps one colour one colour, and a picture of the size itself", () => {
    const image = flat(7, 5, [9, 99, 199]);
    expect(resizeImage(image, { width: 7, height: 5 })).toBe(image);
    expect(resizeImage(image, { width: 3, height: 11 })).toEqual(flat(3, 11, [9, 99, 199]));
  });

  test("cropping takes the pixels asked for", () => {
    const image = { width: 3, height: 3, data: Uint8Array.from({ length: 27 }, (_, i) => Math.floor(i / 3)) };
    expect(reds(cropImage(image, { top: 1, left: 1, side: 2 }))).toEqual([4, 5, 7, 8]);
  });
});

describe("image folders", () => {
  const root = mkdtempSync(join(tmpdir(), "ludus-images-"));
  const train = join(root, "train");

  beforeAll(() => {
    for (const [name, colour] of [
      ["cat", [200, 0, 0]],
      ["ant", [0, 200, 0]],
    ] as const) {
      mkdirSync(join(train, name), { recursive: true });
      writeFileSync(join(train, name, "1.png"), pngOf(flat(20, 10, colour)));
      writeFileSync(join(train, name, "2.JPG"), jpegOf(flat(12, 18, colour)));
      writeFileSync(join(train, name, "3.png"), pngOf(flat(8, 8, colour)));
      writeFileSync(join(train, name, "notes.txt"), "not a picture");
    }
  });
  afterAll(() => rmSync(root, { recursive: true }));

  const options = { batchSize: 4, side: 8, fit: "centre", seed: 1 } as const;

  test("list classes and pictures by name", () => {
    const { classes, images } = listImageFolder(train);
    expect(classes).toEqual(["ant", "cat"]);
    expect(images.map(({ path, label }) => [path.slice(train.length + 1), label])).toEqual([
      [join("ant", "1.png"), 0],
      [join("ant", "2.JPG"), 0],
      [join("ant", "3.png"), 0],
      [join("cat", "1.png"), 1],
      [join("cat", "2.JPG"), 1],
      [join("cat", "3.png"), 1],
    ]);
  });

  test("stream batches of one size, each picture once an epoch, with its class", async () => {
    for (const fit of ["centre", "random"] as const) {
      const source = prefetch(imageBatches(listImageFolder(train), { ...options, fit, resizeTo: 9 }), 2);
      expect([source.size, source.batches]).toEqual([6, 2]);
      const labels: number[] = [];
      for (let index = 0; index < 2; index++) {
        const { size, fields } = await source.batch(0, index);
        const { data, shape } = fields["inputs"]!;
        expect(shape).toEqual([size, 8, 8, 3]);
        fields["targets"]!.data.forEach((label, row) => {
          const [red, green] = data.subarray(row * 192, row * 192 + 2);
          expect(red! > 0.7).toBe(label === 1);
          expect(green! > 0.7).toBe(label === 0);
          labels.push(label);
        });
      }
      expect(labels.sort()).toEqual([0, 0, 0, 1, 1, 1]);
    }
  });

  test("cut the middle out, and augment after the conversion", async () => {
    const folder = join(root, "numbered");
    const data = Uint8Array.from({ length: 75 }, (_, i) => Math.floor(i / 3));
    for (const name of ["a", "b"]) {
      mkdirSync(join(folder, name), { recursive: true });
      writeFileSync(join(folder, name, "1.png"), pngOf({ width: 5, height: 5, data }));
    }
    const source = imageBatches(listImageFolder(folder), {
      ...options,
      side: 3,
      resizeTo: 5,
      convert: { scale: 1 },
      augment: (images) => {
        images.data[0]! += 1000;
      },
    });
    const { data: pixels } = (await source.batch(0, 0)).fields["inputs"]!;
    const reds = [...pixels.subarray(0, 27)].filter((_, i) => i % 3 === 0);
    expect(reds).toEqual([1006, 7, 8, 11, 12, 13, 16, 17, 18]);
  });

  test("give the same batch whenever it is asked for", async () => {
    const folder = join(root, "gradients");
    for (const name of ["a", "b"]) {
      mkdirSync(join(folder, name), { recursive: true });
      const data = Uint8Array.from({ length: 1200 }, (_, i) => i % 251);
      writeFileSync(join(folder, name, "1.png"), pngOf({ width: 20, height: 20, data }));
    }
    const source = () =>
      imageBatches(listImageFolder(folder), { ...options, side: 5, resizeTo: 20, fit: "random" });
    const pixels = async (batch: Batch | Promise<Batch>) => [...(await batch).fields["inputs"]!.data];
    const played = source();
    await played.batch(0, 0);
    const late = await pixels(played.batch(3, 0));
    expect(await pixels(source().batch(3, 0))).toEqual(late);
    expect(await pixels(source().batch(2, 0))).not.toEqual(late);
  });

  test("refuse pictures of other sizes where they have to fit, and damaged ones", async () => {
    const exact = imageBatches(listImageFolder(train), { ...options, fit: "exact", shuffle: false });
    await expect(async () => exact.batch(0, 0)).rejects.toThrow(
      expect.objectContaining({
        code: "wrong-size",
        message: expect.stringMatching(
          /1\.png is 20 x 10 pixels, but expected 8 x 8; choose fit centre or random/,
        ),
      }),
    );
    const broken = join(root, "broken");
    for (const name of ["a", "b"]) {
      mkdirSync(join(broken, name), { recursive: true });
      writeFileSync(join(broken, name, "1.png"), pngOf(flat(8, 8, [1, 2, 3])).subarray(0, 50));
    }
    await expect(async () => imageBatches(listImageFolder(broken), options).batch(0, 0)).rejects.toThrow(
      expect.objectContaining({ code: "corrupt-file" }),
    );
  });

  test("need two classes, a picture in each, and a size that makes sense", () => {
    const code = (expected: string) => expect.objectContaining({ code: expected });
    mkdirSync(join(root, "one", "cat"), { recursive: true });
    mkdirSync(join(root, "empty", "cat"), { recursive: true });
    mkdirSync(join(root, "empty", "dog"), { recursive: true });
    expect(() => listImageFolder(join(root, "val"))).toThrow(code("missing-file"));
    expect(() => listImageFolder(join(root, "one"))).toThrow(code("one-class"));
    expect(() => listImageFolder(join(root, "empty"))).toThrow(code("empty-split"));
    const batches = (changes: object) => () =>
      imageBatches(listImageFolder(train), { ...options, ...changes });
    expect(batches({ resizeTo: 7 })).toThrow(code("invalid-options"));
    expect(batches({ batchSize: 0 })).toThrow(code("invalid-options"));
    expect(batches({ convert: { mean: [1], deviation: [1] } })).toThrow(/1 means .* 3 columns/);
  });
});
