import { Generator } from "gymnasium-js";
import { beforeAll, describe, expect, test } from "vitest";
import {
  avgPool,
  batchNormTraining,
  capture,
  conv2d,
  engineReport,
  globalAvgPool,
  localResponseNormalization,
  lstmCell,
  maxPool,
  tf,
  useEngine,
} from "../../src/tensors/index.js";

const reports = await engineReport();

/** How many tensors a second call leaves, beside what it returns. */
function leftBy(compute: () => tf.TensorContainer): number {
  tf.dispose(compute());
  const before = tf.memory().numTensors;
  tf.dispose(compute());
  return tf.memory().numTensors - before;
}

describe.each(["cpu", "wasm", "native"] as const)("on %s", (engine) => {
  const { missing } = reports.find(({ name }) => name === engine)!;
  if (missing !== null) {
    test("is available", (context) => context.skip(missing));
    return;
  }

  beforeAll(async () => {
    await useEngine(engine);
  });

  test("batchNormTraining is exact on many rows whose mean is far from 0", () => {
    const [rows, channels] = [100_000, 3];
    const rng = new Generator(5);
    const means = [50, -3, 0];
    const data = Float32Array.from(
      { length: rows * channels },
      (_, i) => means[i % channels]! + (rng.random() - 0.5) * (1 + (i % channels)),
    );
    const column = (channel: number) => Array.from({ length: rows }, (_, i) => data[i * channels + channel]!);
    const moments = means.map((_, channel) => {
      const values = column(channel);
      const mean = values.reduce((sum, value) => sum + value, 0) / rows;
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / rows;
      return { mean, variance };
    });
    tf.tidy(() => {
      const x = tf.tensor(data, [100, 100, 10, channels]);
      const { y, mean, variance } = batchNormTraining(x, tf.fill([3], 2), tf.fill([3], 1), 1e-5);
      const [ys, ms, vs] = [y.dataSync(), mean.dataSync(), variance.dataSync()];
      expect(mean.shape).toEqual([channels]);
      for (const [channel, { mean: m, variance: v }] of moments.entries()) {
        expect(Math.abs(ms[channel]! - m)).toBeLessThan(1e-5 * Math.max(1, Math.abs(m)));
        expect(Math.abs(vs[channel]! - v) / v).toBeLessThan(1e-4);
        for (let i = channel; i < data.length; i += 997 * channels) {
          const expected = (2 * (data[i]! - m)) / Math.sqrt(v + 1e-5) + 1;
          expect(Math.abs(ys[i]! - expected)).toBeLessThan(1e-4);
        }
      }
    });
  });

  test("batchNormTraining of one row is the offset, and no gradient flows through mean and variance", () => {
    tf.tidy(() => {
      const ones = tf.ones([2]);
      const single = batchNormTraining(tf.tensor2d([[7, -4]]), ones, tf.tensor1d([3, 5]), 1e-3);
      expect([...single.y.dataSync()]).toEqual([3, 5]);
      const loss = (x: tf.Tensor) => {
        const { y, mean, variance } = batchNormTraining(x, ones, ones, 1e-3);
        return tf.add(
          tf.sum(tf.square(tf.add(y, 1))),
          tf.mul(tf.sum(tf.add(mean, variance)), 100),
        ) as tf.Scalar;
      };
      const x = tf.tensor2d([1, 5, 2, 7, 4, 4], [3, 2]);
      const alone = (value: tf.Tensor) =>
        tf.sum(tf.square(tf.add(batchNormTraining(value, ones, ones, 1e-3).y, 1))) as tf.Scalar;
      const [both, plain] = [tf.grad(loss)(x).dataSync(), tf.grad(alone)(x).dataSync()];
      both.forEach((slope, i) => {
        expect(slope).toBeCloseTo(plain[i]!, 5);
      });
    });
  });

  test("localResponseNormalization is the paper's formula, and PyTorch's with alpha / size", () => {
    tf.tidy(() => {
      const data = [0.5, -1, 2, 3, -0.25, 1.5, 1];
      const [size, bias, alpha, beta] = [5, 2, 0.3, 0.75];
      const y = localResponseNormalization(tf.tensor2d(data, [1, 7]), { size, bias, alpha, beta });
      y.dataSync().forEach((value, c) => {
        const window = data.slice(Math.max(0, c - 2), c + 3);
        const sum = window.reduce((total, x) => total + x * x, 0);
        expect(value).toBeCloseTo(data[c]! / (bias + alpha * sum) ** beta, 5);
      });
      // torch.nn.LocalResponseNorm(3, alpha=0.6, beta=0.5, k=1) of [1, 2, 3]: 3 / sqrt(1 + 0.6 * 13 / 3) at the end.
      const torch = localResponseNormalization(tf.tensor2d([[1, 2, 3]]), {
        size: 3,
        bias: 1,
        alpha: 0.6 / 3,
        beta: 0.5,
      });
      expect(torch.dataSync()[2]!).toBeCloseTo(3 / Math.sqrt(3.6), 5);
    });
  });

  test("padding is never the largest, nor does it count in means", () => {
    tf.tidy(() => {
      const x = tf.tensor4d([-1, -2, -3, -4, -5, -6, -7, -8, -9], [1, 3, 3, 1]);
      const options = { size: 3, stride: 2, padding: 1 };
      expect([...maxPool(x, options).dataSync()]).toEqual([-1, -2, -4, -5]);
      expect([...avgPool(x, options).dataSync()]).toEqual([-3, -4, -6, -7]);
      expect(globalAvgPool(x).dataSync()[0]).toBe(-5);
      expect(maxPool(x, { size: 2 }).shape).toEqual([1, 1, 1, 1]);
    });
  });

  test("a causal convolution of a sequence sees the past only", () => {
    tf.tidy(() => {
      const x = tf.tensor4d([1, 2, 3, 4, 5], [1, 1, 5, 1]);
      const filter = tf.tensor4d([10, 1], [1, 2, 1, 1]);
      const padding: [[number, number], [number, number]] = [
        [0, 0],
        [2, 0],
      ];
      const y = conv2d(x, filter, { dilation: [1, 2], padding });
      expect([...y.dataSync()]).toEqual([1, 2, 13, 24, 35]);
    });
  });

  test("lstmCell is the formula of its gates", () => {
    tf.tidy(() => {
      const { hidden, cell } = lstmCell(tf.tensor2d([[0.5, -1, 2, 0.1]]), tf.tensor2d([[0.7]]));
      const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
      const c = sigmoid(-1) * 0.7 + sigmoid(0.5) * Math.tanh(2);
      expect(cell.dataSync()[0]!).toBeCloseTo(c, 6);
      expect(hidden.dataSync()[0]!).toBeCloseTo(sigmoid(0.1) * Math.tanh(c), 6);
    });
  });

  test("none leaves a tensor behind, forward or backward", () => {
    const x = tf.ones([2, 6, 6, 3]) as tf.Tensor4D;
    const c = tf.ones([3]);
    const filter = tf.ones([3, 3, 3, 4]);
    const options = { size: 3, stride: 2, padding: 1 };
    const response = { size: 3, bias: 2, alpha: 0.1, beta: 0.75 };
    const [gates, state] = [tf.ones([2, 8]) as tf.Tensor2D, tf.ones([2, 2]) as tf.Tensor2D];
    const layers: ((input: tf.Tensor) => tf.Tensor)[] = [
      (input) => tf.tidy(() => batchNormTraining(input, c, c, 1e-3).y),
      (input) => localResponseNormalization(input, response),
      (input) => maxPool(input, options),
      (input) => avgPool(input, options),
      (input) => globalAvgPool(input),
      (input) => conv2d(input, filter, { dilation: 2, padding: 1 }),
    ];
    for (const layer of layers) {
      expect(leftBy(() => layer(x))).toBe(0);
      expect(leftBy(() => tf.grad((input) => tf.sum(layer(input)))(x))).toBe(0);
    }
    expect(leftBy(() => batchNormTraining(x, c, c, 1e-3))).toBe(0);
    expect(leftBy(() => lstmCell(gates, state))).toBe(0);
    const stepped = tf.grad((input) => {
      const { hidden, cell } = lstmCell(input as tf.Tensor2D, state);
      return tf.add(tf.sum(hidden), tf.sum(cell));
    });
    expect(leftBy(() => stepped(gates))).toBe(0);
    tf.dispose([x, c, filter, gates, state]);
  });

  test("a step looks up embeddings by ids that change, and differentiates by the table", () => {
    const table = tf.variable(tf.tensor2d([1, 2, 3, 4, 5, 6], [3, 2]));
    const step = capture(({ ids }: { ids: tf.Tensor }) => {
      const gradient = tf.variableGrads(
        () => tf.sum(tf.square(tf.gather(table, ids as tf.Tensor1D))) as tf.Scalar,
        [table],
      );
      return { loss: gradient.value, byTable: gradient.grads[table.name]! };
    });
    step.run({ ids: { data: Int32Array.of(0, 1), shape: [2] } });
    const { loss, byTable } = step.run({ ids: { data: Int32Array.of(2, 2), shape: [2] } });
    expect(loss[0]).toBe(2 * (25 + 36));
    expect([...byTable]).toEqual([0, 0, 0, 0, 20, 24]);
    table.dispose();
  });
});

describe("refusals are one sentence", () => {
  beforeAll(async () => {
    await useEngine("cpu");
  });

  const ones = (...shape: number[]) => tf.ones(shape);
  const response = { size: 4, bias: 1, alpha: 1, beta: 1 };
  test.each<[string, () => unknown, RegExp]>([
    [
      "scale of another length",
      () => batchNormTraining(ones(4, 3), ones(2), ones(3), 0.1),
      /scale \[c\] .* not \[4,3\]/,
    ],
    ["no rows", () => batchNormTraining(ones(0, 3), ones(3), ones(3), 0.1), /at least one row/],
    ["an even size", () => localResponseNormalization(ones(2, 3), response), /odd whole size .* not 4/],
    [
      "a matrix to pool",
      () => maxPool(ones(2, 3), { size: 2 }),
      /images \[n, h, w, c\], not a tensor \[2,3\]/,
    ],
    [
      "windows in the padding",
      () => avgPool(ones(1, 4, 4, 1), { size: 2, padding: 2 }),
      /padding smaller than them, not 2/,
    ],
    ["negative padding", () => conv2d(ones(1, 4, 4, 1), ones(3, 3, 1, 1), { padding: -1 }), /not -1/],
    [
      "gates of another width",
      () => lstmCell(ones(2, 6) as tf.Tensor2D, ones(2, 2) as tf.Tensor2D),
      /\[batch, 4 units\] .* \[2,6\]/,
    ],
  ])("%s", (_, compute, message) => {
    tf.tidy(() => {
      expect(compute).toThrow(message);
    });
  });
});
