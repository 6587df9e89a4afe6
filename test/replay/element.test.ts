import { box, dict, discrete, makeVec, multiBinary, multiDiscrete, type Space, text } from "gymnasium-js";
import { expect, test } from "vitest";
import "../../src/envs/index.js";
import { elementSpec, type FieldSpec, ReplayError } from "../../src/replay/index.js";

const pixels = box({ low: 0, high: 255, shape: [84, 84], dtype: "uint8" });

test.each<[Space<unknown>, FieldSpec]>([
  [pixels, { shape: [84, 84], dtype: "uint8" }],
  [box({ low: -1, high: 1, shape: [4], dtype: "float32" }), { shape: [4], dtype: "float32" }],
  [box({ low: -1, high: 1, shape: [4], dtype: "float64" }), { shape: [4], dtype: "float32" }],
  [box({ low: -5, high: 5, shape: [2], dtype: "int16" }), { shape: [2], dtype: "int32" }],
  [discrete(16), { shape: [], dtype: "int32" }],
  [multiDiscrete([3, 4]), { shape: [2], dtype: "int32" }],
  [multiBinary(6), { shape: [6], dtype: "uint8" }],
])("observations of space %#", (space, observation) => {
  expect(elementSpec(space, discrete(2))).toEqual({
    observation,
    action: { shape: [], dtype: "int32" },
    actionMask: 0,
  });
});

test.each<[Space<unknown>, FieldSpec]>([
  [discrete(3, { start: -1 }), { shape: [], dtype: "int32" }],
  [box({ low: -1, high: 1, shape: [6], dtype: "float32" }), { shape: [6], dtype: "float32" }],
  [multiBinary(6), { shape: [6], dtype: "int32" }],
])("actions of space %#", (space, action) => {
  expect(elementSpec(pixels, space).action).toEqual(action);
});

test("masks have one entry for each action", () => {
  expect(elementSpec(pixels, discrete(6), { actionMask: true }).actionMask).toBe(6);
  expect(() => elementSpec(pixels, multiBinary(2), { actionMask: true })).toThrow(
    "Action masks are kept for Discrete action spaces only, not for MultiBinary",
  );
});

test.each<[Space<unknown>, string]>([
  [text({ maxLength: 5 }), "Text"],
  [dict({ a: discrete(2) }), "Dict"],
  [box({ low: 0, high: 9, shape: [1], dtype: "int64" }), "Box of int64"],
  [box({ low: 0, high: 9, shape: [1], dtype: "uint32" }), "Box of uint32"],
])("space %# is refused, and what to do is said", (space, name) => {
  expect(() => elementSpec(space, discrete(2))).toThrow(ReplayError);
  expect(() => elementSpec(space, discrete(2))).toThrow(
    `Replay cannot keep observations of a ${name} space, only Box (up to 32 bits, or float64), Discrete, MultiDiscrete and MultiBinary: wrap the environment in FlattenObservation.`,
  );
});

test("MinAtar's observations are kept as bytes", () => {
  const envs = makeVec("MinAtar/Breakout-v1", { numEnvs: 2 });
  expect(elementSpec(envs.singleObservationSpace, envs.singleActionSpace)).toEqual({
    observation: { shape: [10, 10, 4], dtype: "uint8" },
    action: { shape: [], dtype: "int32" },
    actionMask: 0,
  });
});
