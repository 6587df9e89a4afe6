import { expect, test } from "vitest";
import { stateFromJson, stateToJson } from "../../src/training/plain-json.js";
import fc from "../properties.js";

const typedArrays = fc.oneof(
  fc.int8Array(),
  fc.uint8Array(),
  fc.int16Array(),
  fc.uint16Array(),
  fc.int32Array(),
  fc.uint32Array(),
  fc.float32Array(),
  fc.float64Array(),
  fc.bigInt64Array(),
  fc.bigUint64Array(),
);

const states = fc.letrec((tie) => ({
  state: fc.oneof(
    { maxDepth: 4 },
    fc.constant(null),
    fc.boolean(),
    fc.double(),
    fc.integer(),
    fc.bigInt(),
    fc.string(),
    typedArrays,
    fc.array(tie("state")),
    fc.dictionary(
      fc.string().filter((key) => !key.startsWith("$") && key !== "__proto__"),
      tie("state"),
      { noNullPrototype: true },
    ),
  ),
})).state;

test("any state comes back as it was, to the bit", () => {
  fc.assert(
    fc.property(states, (state) => {
      const json = stateToJson(state);
      // toStrictEqual tells -0 from 0, NaN from null, and one kind of array from another.
      expect(stateFromJson(json)).toStrictEqual(state);
      expect(stateToJson(stateFromJson(json))).toBe(json);
    }),
    { numRuns: 300 },
  );
});

test.each([-0, Number.NaN, Infinity, -Infinity, 2n ** 80n, Number.MAX_VALUE, 5e-324])(
  "%s comes back",
  (value) => {
    const back = stateFromJson<{ value: unknown }>(stateToJson({ value })).value;
    expect(Object.is(back, value) || back === value).toBe(true);
  },
);

test("views and Buffers are saved as what they show, and come back with memory of their own", () => {
  const memory = Float32Array.of(1, 2, 3, 4);
  const back = stateFromJson<Float32Array>(stateToJson(memory.subarray(1, 3)));
  expect(back).toStrictEqual(Float32Array.of(2, 3));
  expect(back.buffer.byteLength).toBe(8);
});

test("an unknown kind of array is a damaged state", () => {
  expect(() => stateFromJson('{"$array":"Float16Array","base64":""}')).toThrow(
    /'Float16Array' that is not known/,
  );
});
