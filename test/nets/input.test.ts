import { beforeAll, describe, expect, test } from "vitest";
import { InputStage } from "../../src/nets/index.js";
import { tf, useEngine } from "../../src/tensors/index.js";

const image = { stack: 1, oneHot: null, layout: "image", channels: "last", scale: 1 } as const;

function encoded(stage: InputStage, observations: Uint8Array | Float32Array | Int32Array, size: number) {
  const x = stage.encode(observations, size);
  const result = { shape: x.shape, values: [...x.dataSync()], dtype: x.dtype };
  x.dispose();
  return result;
}

describe("the input stage", () => {
  beforeAll(async () => {
    await useEngine("cpu");
  });

  test("scales bytes", () => {
    const stage = new InputStage({ ...image, shape: [3], layout: "flat", scale: 1 / 4 });
    expect(encoded(stage, Uint8Array.of(0, 1, 2, 3, 4, 255), 2)).toEqual({
      shape: [2, 3],
      values: [0, 0.25, 0.5, 0.75, 1, 63.75],
      dtype: "float32",
    });
  });

  test("puts the frames of a stack last", () => {
    const stage = new InputStage({ ...image, shape: [1, 3], stack: 2 });
    expect(stage.rowSize).toBe(6);
    // Two rows of two frames [1, 3] each.
    const rows = Uint8Array.of(1, 2, 3, 10, 20, 30, 4, 5, 6, 40, 50, 60);
    expect(encoded(stage, rows, 2)).toEqual({
      shape: [2, 1, 3, 2],
      values: [1, 10, 2, 20, 3, 30, 4, 40, 5, 50, 6, 60],
      dtype: "float32",
    });
  });

  test("puts the frames of a stack of channel images before their channels", () => {
    const stage = new InputStage({ ...image, shape: [1, 2, 2], stack: 2 });
    // Frame 0 has pixels (1, 2) and (3, 4), frame 1 (5, 6) and (7, 8).
    expect(encoded(stage, Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8), 1)).toMatchObject({
      shape: [1, 1, 2, 4],
      values: [1, 2, 5, 6, 3, 4, 7, 8],
    });
  });

  test("puts first channels last", () => {
    const stage = new InputStage({ ...image, shape: [2, 1, 3], channels: "first" });
    expect(encoded(stage, Float32Array.of(1, 2, 3, 10, 20, 30), 1)).toMatchObject({
      shape: [1, 1, 3, 2],
      values: [1, 10, 2, 20, 3, 30],
    });
  });

  test("makes whole numbers one-hot, stacked ones too", () => {
    const oneHot = { n: 3, start: 1 };
    const stage = new InputStage({ ...image, shape: [], oneHot, layout: "flat", scale: 7 });
    expect(encoded(stage, Int32Array.of(1, 3), 2)).toMatchObject({
      shape: [2, 3],
      values: [1, 0, 0, 0, 0, 1],
    });
    const stacked = new InputStage({ ...image, shape: [], oneHot, stack: 2, layout: "flat" });
    expect(encoded(stacked, Int32Array.of(2, 3), 1)).toMatchObject({
      shape: [1, 6],
      values: [0, 1, 0, 0, 0, 1],
    });
    expect(() => stage.encode(Int32Array.of(4), 1)).toThrow(/4 is not one of the 3 whole numbers from 1 on/);
    expect(() => stage.encode(Float32Array.of(1.5), 1)).toThrow(/1.5 is not one of/);
  });

  test("reads only the rows that it is asked for, and wants them whole", () => {
    const stage = new InputStage({ ...image, shape: [2], layout: "flat" });
    expect(encoded(stage, Float32Array.of(1, 2, 3, 4, 5, 6), 2).values).toEqual([1, 2, 3, 4]);
    expect(encoded(stage, Uint8Array.of(1, 2, 3, 4, 5, 6), 3).values).toEqual([1, 2, 3, 4, 5, 6]);
    expect(encoded(stage, Uint8Array.of(9, 8), 1).values).toEqual([9, 8]);
    expect(() => stage.encode(new Float32Array(3), 2)).toThrow(
      /2 observations of 2 values need 4 values, not 3/,
    );
  });

  test("leaks nothing", () => {
    const stage = new InputStage({ ...image, shape: [4, 4], stack: 2 });
    const before = tf.memory().numTensors;
    for (let i = 0; i < 5; i++) encoded(stage, new Uint8Array(64), 2);
    expect(tf.memory().numTensors).toBe(before);
  });
});
