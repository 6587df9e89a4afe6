// What layers do in training, against what they do in inference.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { input, layers } from "../../../src/nets/index.js";
import { tf, useEngine } from "../../../src/tensors/index.js";
import { localEngines } from "../../engines.js";
import { drawn } from "./drawn.js";
import { expectClose, valuesOf, withModel } from "./with-model.js";

const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const deviationOf = (values: readonly number[]) => {
  const mean = meanOf(values);
  return Math.sqrt(meanOf(values.map((value) => (value - mean) ** 2)));
};

const training = true;

afterAll(() => useEngine("cpu"));

describe.each(localEngines)("training against inference on %s", (engine) => {
  let tensors = 0;
  beforeAll(async () => {
    await useEngine(engine);
    tensors = tf.memory().numTensors;
  });
  afterAll(() => expect(tf.memory().numTensors).toBe(tensors));

  test("batch norm: the batch's statistics while training, the moving ones else, which only training moves", () => {
    withModel({ y: layers.batchNorm({ momentum: 0.25, name: "n" })(input("x", [4, 3])) }, (model) => {
      const x = tf.add(tf.mul(drawn([8, 4, 3]), [1, 2, 3]), [5, 0, -5]);
      const start = model.save();
      expectClose(model.apply({ x }).y!, tf.div(x, Math.sqrt(1 + 1e-5)), 1e-5);
      expect(model.save()).toEqual(start);
      const normal = model.apply({ x }, { training }).y!;
      const { mean, variance } = tf.moments(normal, [0, 1]);
      expectClose(mean, tf.zeros([3]), 1e-5);
      expectClose(variance, tf.ones([3]), 1e-4);
      const batch = tf.moments(x, [0, 1]);
      expectClose(model.buffers.get("n.mean")!, tf.mul(batch.mean, 0.25), 1e-5);
      // 32 values of each channel: the unbiased variance.
      const moved = tf.add(0.75, tf.mul(batch.variance, (0.25 * 32) / 31));
      expectClose(model.buffers.get("n.variance")!, moved, 1e-4);
      for (let pass = 0; pass < 60; pass++) model.apply({ x }, { training });
      const after = model.save();
      expectClose(model.apply({ x }).y!, normal, 0.1);
      expect(model.save()).toEqual(after);
      expect(after["n.scale"]).toEqual(start["n.scale"]);
    });
  });

  test("batch norm: a single row has a mean, but no variance to learn from", () => {
    withModel({ y: layers.batchNorm({ momentum: 0.25, name: "n" })(input("x", [2])) }, (model) => {
      const x = tf.tensor2d([[3, -8]]);
      for (let pass = 0; pass < 50; pass++) {
        expect(valuesOf(model.apply({ x }, { training }).y)).toEqual([0, 0]);
      }
      expectClose(model.buffers.get("n.mean")!, tf.tensor1d([3, -8]), 1e-4);
      expect(valuesOf(model.buffers.get("n.variance"))).toEqual([1, 1]);
    });
  });

  const rate = 0.3;

  test("dropout: drops its share, keeps the expectation, and is nothing in inference", () => {
    withModel({ y: layers.dropout({ rate })(input("x", [100])) }, (model) => {
      const x = tf.ones([200, 100]);
      expect(valuesOf(model.apply({ x }).y)).toEqual(valuesOf(x));
      const y = valuesOf(model.apply({ x }, { training }).y);
      expect(new Set(y)).toEqual(new Set([0, Math.fround(1 / (1 - rate))]));
      const dropped = y.filter((value) => value === 0).length / y.length;
      // Four standard deviations of a share of 20000.
      expect(Math.abs(dropped - rate)).toBeLessThan(4 * Math.sqrt((rate * (1 - rate)) / y.length));
      expect(Math.abs(meanOf(y) - 1)).toBeLessThan(0.02);
    });
  });

  test("dropout: one state of the generator gives one mask, the next pass another", () => {
    withModel({ y: layers.dropout({ rate })(input("x", [50])) }, (model) => {
      const pass = () => valuesOf(model.apply({ x: tf.ones([2, 50]) }, { training }).y);
      const { state } = model.random;
      const [first, second] = [pass(), pass()];
      model.random.setState(state);
      expect([pass(), pass()]).toEqual([first, second]);
      expect(second).not.toEqual(first);
      // Rows have masks of their own.
      expect(first.slice(50)).not.toEqual(first.slice(0, 50));
    });
  });

  test.each(["channels", "steps"] as const)("dropout of whole %s", (whole) => {
    withModel({ y: layers.dropout({ rate, whole })(input("x", [20, 30])) }, (model) => {
      const y = model.apply({ x: tf.ones([10, 20, 30]) }, { training }).y!;
      const axis = whole === "channels" ? 1 : 2;
      expect(valuesOf(tf.min(y, axis))).toEqual(valuesOf(tf.max(y, axis)));
      const masks = valuesOf(tf.min(y, axis));
      const dropped = masks.filter((value) => value === 0).length / masks.length;
      expect(Math.abs(dropped - rate)).toBeLessThan(4 * Math.sqrt((rate * (1 - rate)) / masks.length));
    });
  });

  test("gaussian noise: of its deviation while training, and none else", () => {
    withModel({ y: layers.gaussianNoise({ deviation: 0.5 })(input("x", [100])) }, (model) => {
      const x = tf.fill([100, 100], 3);
      expect(valuesOf(model.apply({ x }).y)).toEqual(valuesOf(x));
      const y = valuesOf(model.apply({ x }, { training }).y);
      expect(Math.abs(meanOf(y) - 3)).toBeLessThan((4 * 0.5) / 100);
      expect(Math.abs(deviationOf(y) / 0.5 - 1)).toBeLessThan(4 / Math.sqrt(2 * 10_000));
      expect(valuesOf(model.apply({ x }, { training }).y)).not.toEqual(y);
    });
  });

  test("noisy dense: one draw a pass around the means, which alone count in inference", () => {
    withModel({ y: layers.noisyDense({ units: 3, name: "d" })(input("x", [4])) }, (model) => {
      const row = drawn([1, 4]);
      const x = tf.tile(row, [2, 1]);
      const [w, b] = ["d.weights", "d.bias"].map((name) => model.parameters.get(name)!);
      const mean = tf.add(tf.matMul(row as tf.Tensor2D, w as tf.Tensor2D), b!);
      expectClose(tf.slice(model.apply({ x }).y!, 0, 1), mean);
      const passes = Array.from({ length: 400 }, () => model.apply({ x }, { training }).y!);
      const [first, second] = tf.split(passes[0]!, 2) as [tf.Tensor, tf.Tensor];
      expectClose(first, second);
      expect(valuesOf(passes[1])).not.toEqual(valuesOf(passes[0]));
      const { mean: average, variance } = tf.moments(tf.stack(passes), 0);
      const standardErrors = tf.div(
        tf.abs(tf.sub(tf.slice(average, 0, 1), mean)),
        tf.sqrt(tf.div(variance, 400)),
      );
      expect(Math.max(...valuesOf(standardErrors))).toBeLessThan(4);
      expect(Math.min(...valuesOf(variance))).toBeGreaterThan(0.01);
    });
  });

  const spectral = { bias: false, spectralNorm: true, name: "s" };
  test.each([
    ["dense", [6], layers.dense({ units: 4, ...spectral })],
    ["conv2d", [1, 1, 6], layers.conv2d({ filters: 4, size: 1, ...spectral })],
  ] as const)(
    "spectral norm of %s: the largest singular value becomes 1, by training passes",
    (_, shape, layer) => {
      withModel({ y: layer(input("x", shape)) }, (model) => {
        const x = tf.reshape(tf.eye(6), [6, ...shape]);
        const pass = (options = {}) =>
          tf.tidy(() => tf.reshape(model.apply({ x }, options).y!, [6, 4]) as tf.Tensor2D);
        const { "s.spectral": start } = model.save();
        pass();
        expect(model.save()["s.spectral"]).toEqual(start);
        for (let i = 0; i < 60; i++) pass({ training }).dispose();
        expect(model.save()["s.spectral"]).not.toEqual(start);
        // Identity rows through W / sigma are W / sigma itself.
        expect(Math.abs(largestSingularValue(pass()) - 1)).toBeLessThan(1e-4);
        expect(largestSingularValue(tf.reshape(model.parameters.get("s.weights")!, [6, 4]))).not.toBeCloseTo(
          1,
          2,
        );
      });
    },
  );
});

/** By 200 steps of power iteration on W^T W in float64. */
function largestSingularValue(weights: tf.Tensor2D): number {
  const rows = weights.arraySync();
  let v = rows[0]!.map((_, index) => 1 + index / 10);
  let size = 0;
  for (let i = 0; i < 200; i++) {
    const u = rows.map((row) => row.reduce((sum, value, j) => sum + value * v[j]!, 0));
    size = Math.hypot(...u) / Math.hypot(...v);
    const next = v.map((_, j) => rows.reduce((sum, row, k) => sum + row[j]! * u[k]!, 0));
    const length = Math.hypot(...next);
    v = next.map((value) => value / length);
  }
  return size;
}
