import { describe, expect, test } from "vitest";
import { sameData } from "../src/index.js";

/** A float32 NaN with bits of its own. */
function otherNaN(): Float32Array {
  const values = new Float32Array(new Uint32Array([0x7fc00001, 0x3f800000]).buffer);
  expect(values[0]).toBeNaN();
  return values;
}

describe("sameData", () => {
  test.each<[string, unknown, unknown]>([
    ["NaN of whatever bits", otherNaN(), Float32Array.of(Number.NaN, 1)],
    ["a part of a larger buffer", Int32Array.of(7, 1, 2).subarray(1), Int32Array.of(1, 2)],
    ["large integers", BigInt64Array.of(2n ** 62n), BigInt64Array.of(2n ** 62n)],
    ["nested data", { a: [1, { b: Uint8Array.of(3) }] }, { a: [1, { b: Uint8Array.of(3) }] }],
  ])("finds the same: %s", (_, a, b) => {
    expect(sameData(a, b)).toBe(true);
  });

  test.each<[string, unknown, unknown]>([
    ["zeros of two signs", Float32Array.of(0), Float32Array.of(-0)],
    ["NaN and a number", otherNaN(), Float32Array.of(1, 1)],
    ["types", Uint8Array.of(1), Int8Array.of(1)],
    ["lengths", Uint8Array.of(1), Uint8Array.of(1, 0)],
    ["a value", Uint8Array.of(1, 2), Uint8Array.of(1, 3)],
    ["large integers", BigInt64Array.of(2n ** 62n), BigInt64Array.of(2n ** 62n + 1n)],
    ["a key", { a: 1 }, { b: 1 }],
  ])("finds a difference: %s", (_, a, b) => {
    expect(sameData(a, b)).toBe(false);
  });
});
