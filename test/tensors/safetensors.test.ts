import { describe, expect, test } from "vitest";
import {
  decodeSafetensors,
  encodeSafetensors,
  type NamedArrays,
  SafetensorsError,
  safetensorsMetadata,
} from "../../src/tensors/index.js";
import fc from "../properties.js";

const arrays: NamedArrays = {
  "layer/bias": { shape: [3], dtype: "float32", data: new Float32Array([1, -2.5, Number.NaN]) },
  mask: { shape: [2, 1], dtype: "uint8", data: new Uint8Array([0, 255]) },
  count: { shape: [], dtype: "int32", data: new Int32Array([-7]) },
  nothing: { shape: [0, 4], dtype: "float32", data: new Float32Array(0) },
  table: { shape: [2, 1], dtype: "float64", data: new Float64Array([0.1, -1e300]) },
};

/** A file from its header and data, as any writer might make it. */
function fileOf(header: unknown, data: Uint8Array): Uint8Array {
  const json = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  bytes.set(data, 8 + json.length);
  return bytes;
}

const f32 = (start: number, end: number, shape = [(end - start) / 4]) => ({
  dtype: "F32",
  shape,
  data_offsets: [start, end],
});

test("what was encoded comes back, bit for bit, with its metadata", () => {
  const bytes = encodeSafetensors(arrays, { format: "ludus", version: "1" });
  expect(decodeSafetensors(bytes)).toEqual(arrays);
  expect(safetensorsMetadata(bytes)).toEqual({ format: "ludus", version: "1" });
  expect(safetensorsMetadata(encodeSafetensors(arrays))).toEqual({});
});

test("any arrays survive", () => {
  const name = fc.string({ minLength: 1 }).filter((text) => text !== "__metadata__" && text !== "__proto__");
  const array = fc
    .float32Array({ maxLength: 20 })
    .map((data) => ({ shape: [data.length], dtype: "float32" as const, data: new Float32Array(data) }));
  fc.assert(
    fc.property(fc.dictionary(name, array), (named) => {
      expect(decodeSafetensors(encodeSafetensors(named as NamedArrays))).toEqual({ ...named });
    }),
  );
});

test("equal content gives equal bytes, whatever the order of names", () => {
  const reversed = Object.fromEntries(Object.entries(arrays).reverse());
  expect(encodeSafetensors(reversed)).toEqual(encodeSafetensors(arrays));
});

test("the layout is the published one", () => {
  const bytes = encodeSafetensors({ w: { shape: [1, 2], dtype: "float32", data: new Float32Array([1, 2]) } });
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  expect(length % 8).toBe(0);
  const header: unknown = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  expect(header).toEqual({ w: { dtype: "F32", shape: [1, 2], data_offsets: [0, 8] } });
  expect([...bytes.subarray(8 + length)]).toEqual([0, 0, 128, 63, 0, 0, 0, 64]);
});

test("a file from elsewhere is read, wherever it lies in a buffer", () => {
  const file = fileOf(
    { a: f32(0, 4), b: f32(4, 12, [2, 1]) },
    new Uint8Array([0, 0, 128, 63, 0, 0, 0, 64, 0, 0, 64, 64]),
  );
  const shifted = new Uint8Array(file.length + 3);
  shifted.set(file, 3);
  expect(decodeSafetensors(shifted.subarray(3))).toEqual({
    a: { shape: [1], dtype: "float32", data: new Float32Array([1]) },
    b: { shape: [2, 1], dtype: "float32", data: new Float32Array([2, 3]) },
  });
});

describe("damage is refused with a reason", () => {
  const good = encodeSafetensors(arrays);
  const zeros = (count: number) => new Uint8Array(count);

  test("every shorter file", () => {
    for (let length = 0; length < good.length; length++) {
      expect(() => decodeSafetensors(good.subarray(0, length)), `${length} bytes`).toThrow(SafetensorsError);
    }
  });

  const damaged: [string, Uint8Array, RegExp][] = [
    ["stray bytes at the end", fileOf({ a: f32(0, 4) }, zeros(5)), /stray bytes at the end/],
    ["cut data", fileOf({ a: f32(0, 8) }, zeros(4)), /cut off/],
    ["overlap", fileOf({ a: f32(0, 8), b: f32(4, 12) }, zeros(12)), /"b" .* overlaps/],
    ["gap", fileOf({ a: f32(0, 4), b: f32(8, 12) }, zeros(12)), /"b" .* gap/],
    [
      "shape and bytes that differ",
      fileOf({ a: f32(0, 8, [3]) }, zeros(8)),
      /"a" .* needs 12 bytes.* hold 8/,
    ],
    ["backward offsets", fileOf({ a: f32(8, 0, [0]) }, zeros(8)), /"a"/],
    ["negative offsets", fileOf({ a: f32(-4, 0) }, zeros(0)), /data_offsets \[-4,0\]/],
    ["unknown dtype", fileOf({ a: { ...f32(0, 4), dtype: "F16" } }, zeros(4)), /dtype "F16"/],
    ["no shape", fileOf({ a: { dtype: "F32", data_offsets: [0, 4] } }, zeros(4)), /shape undefined/],
    ["an entry that is null", fileOf({ a: null }, zeros(0)), /"a"/],
    ["broken JSON", fileOf("{", zeros(0)), /not valid UTF-8 JSON/],
    ["a header that is a list", fileOf("[]", zeros(0)), /not a JSON object/],
    ["metadata that is no text", fileOf({ __metadata__: { a: 1 } }, zeros(0)), /map text to text/],
    ["a giant header", new Uint8Array(16).fill(255), /claims/],
  ];
  test.each(damaged)("%s", (_, bytes, reason) => {
    expect(() => decodeSafetensors(bytes)).toThrow(reason);
    expect(() => decodeSafetensors(bytes)).toThrow(SafetensorsError);
  });
});

test("arrays that contradict themselves are not written", () => {
  const data = new Float32Array(3);
  expect(() => encodeSafetensors({ a: { shape: [2], dtype: "float32", data } })).toThrow(
    /"a" has 3 elements/,
  );
  expect(() => encodeSafetensors({ a: { shape: [3], dtype: "uint8", data } })).toThrow(/"a" says uint8/);
  expect(() => encodeSafetensors({ __metadata__: { shape: [3], dtype: "float32", data } })).toThrow(
    /rename it/,
  );
});
