import { expect, test } from "vitest";
import {
  discretized,
  enlarge,
  paintContour,
  paintTones,
  tonesOf,
} from "../../../viewer/src/playground/colouring.js";
import { connectionAt, connectionsOf, endsOf, layoutOf } from "../../../viewer/src/playground/layout.js";
import { LossCurve } from "../../../viewer/src/playground/loss-curve.js";

const pixelsOf = (tones: number[]): Uint8ClampedArray => {
  const pixels = new Uint8ClampedArray(4 * tones.length);
  paintTones(Float32Array.from(tones), pixels);
  return pixels;
};

test("below 0 is amber, 0 dark, above 0 blue, all opaque", () => {
  const [amber, dark, blue] = [pixelsOf([-1]), pixelsOf([0]), pixelsOf([1])];
  expect(amber[0]).toBeGreaterThan(amber[2]! + 100);
  expect(blue[2]).toBeGreaterThan(blue[0]! + 100);
  expect(Math.max(...dark.subarray(0, 3))).toBeLessThan(40);
  expect([amber[3], dark[3], blue[3]]).toEqual([255, 255, 255]);
});

test("numbers become tones by what they mean", () => {
  const values = Float32Array.of(-4, 0, 2);
  expect([...tonesOf(values, "unit")]).toEqual([-1, 0, 1]);
  expect([...tonesOf(values, "spread")]).toEqual([-1, 0, 0.5]);
  // 2 sigmoid(2) - 1
  expect(tonesOf(values, "logit")[2]).toBeCloseTo(2 / (1 + Math.exp(-2)) - 1, 6);
  expect([...tonesOf(new Float32Array(2), "spread")]).toEqual([0, 0]);
  expect([...discretized(Float32Array.of(-0.1, 0.9))].map(Math.sign)).toEqual([-1, 1]);
});

test("enlarging is linear between the middles of cells", () => {
  const fine = enlarge(Float32Array.of(-1, 1, -1, 1), 2, 4);
  expect([...fine.subarray(0, 4)]).toEqual([-1, -0.5, 0.5, 1]);
  expect([...fine.subarray(12)]).toEqual([-1, -0.5, 0.5, 1]);
});

test("the contour is where tones go through 0, and nowhere else", () => {
  const side = 9;
  const tones = Float32Array.from({ length: side * side }, (_, i) => ((i % side) - 4) / 4);
  const pixels = new Uint8ClampedArray(4 * side * side);
  paintContour(tones, side, pixels);
  const row = Array.from({ length: side }, (_, column) => pixels[4 * (4 * side + column)]!);
  expect(row[4]).toBeGreaterThan(150);
  expect(row[1]).toBe(0);
  expect(row[7]).toBe(0);
});

test("connections join chosen features and neurons, and are found under the pointer", () => {
  const layout = layoutOf({ layers: [2] }, 600);
  const connections = connectionsOf(layout, { features: ["x2", "sin-x1"] });
  expect(connections).toHaveLength(2 * 2 + 2);
  expect(connections[1]).toMatchObject({ input: 1, from: { unit: 5 }, to: { node: "hidden1", unit: 0 } });
  const { x0, y0, x1, y1 } = endsOf(connections[1]!);
  expect(connectionAt(connections, [(x0 + x1) / 2, (y0 + y1) / 2])).toBe(connections[1]);
  expect(connectionAt(connections, [x0 + 2, y0])).toMatchObject({ from: { unit: 5 } });
  expect(connectionAt(connections, [x0 - 60, y0])).toBeNull();
});

test("a net fits a small phone, a deep one is given the width that it needs, and none is drawn out", () => {
  expect(layoutOf({ layers: [4, 2] }, 342).width).toBe(342);
  expect(layoutOf({ layers: [] }, 300).width).toBe(300);
  expect(layoutOf({ layers: [] }, 1800).width).toBeLessThan(500);
  expect(layoutOf({ layers: [8, 8, 8, 8, 8, 8] }, 300).width).toBeGreaterThan(600);
});

test("a curve of a long training stays short, and keeps its first and its newest epochs", () => {
  const curve = new LossCurve();
  for (let epoch = 0; epoch <= 10_000; epoch++) curve.add(epoch, epoch, 2 * epoch);
  expect(curve.epochs.length).toBeLessThanOrEqual(1001);
  expect(curve.epochs[0]).toBe(0);
  expect(curve.epochs.at(-1)).toBeGreaterThan(9980);
  expect(curve.test.map((value) => value / 2)).toEqual(curve.train);
  expect(curve.train).toEqual(curve.epochs);
});
