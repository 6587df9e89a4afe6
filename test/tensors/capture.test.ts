import { box, defaultRng, discrete } from "gymnasium-js";
import { beforeAll, describe, expect, test } from "vitest";
import { createAgent, type DqnConfigInput } from "../../src/agents/index.js";
import type { ReplayBatch } from "../../src/replay/types.js";
import {
  CaptureError,
  capture,
  createOptimizer,
  encodeFrames,
  engineReport,
  type HostArray,
  hostStep,
  optimizerSchema,
  tf,
  useEngine,
  valueAndGradients,
} from "../../src/tensors/index.js";

const floats = (shape: readonly number[], seed = 1): HostArray => {
  const rng = defaultRng(seed);
  const data = Float32Array.from({ length: tf.util.sizeFromShape([...shape]) }, () => 2 * rng.random() - 1);
  return { data, shape };
};

const { missing } = (await engineReport()).find(({ name }) => name === "native")!;

describe("captured steps", () => {
  if (missing !== null) {
    test("are of the native engine", (context) => context.skip(missing));
    return;
  }

  beforeAll(async () => {
    await useEngine("native");
  });

  /** Runs a function eagerly and captured on several inputs; all results must be the same bits. */
  function expectSameBits(
    compute: (inputs: { x: tf.Tensor; y: tf.Tensor }) => Record<string, tf.Tensor>,
    shapes: { x: readonly number[]; y: readonly number[] },
  ): void {
    const eager = capture(compute, { eager: true });
    const captured = capture(compute);
    for (let seed = 1; seed <= 4; seed++) {
      const inputs = { x: floats(shapes.x, seed), y: floats(shapes.y, 100 + seed) };
      const expected = eager.run(inputs);
      const found = captured.run(inputs);
      expect(Object.keys(found)).toEqual(Object.keys(expected));
      for (const name of Object.keys(expected))
        expect(found[name], `${name}, run ${seed}`).toEqual(expected[name]);
    }
  }

  test("give the bits of the eager run: element-wise chains, reductions, softmax", () => {
    expectSameBits(
      ({ x, y }) => {
        const z = tf.mul(tf.add(x, y), tf.sigmoid(tf.sub(x, 0.5)));
        return { z, sum: tf.sum(z, 0), mean: tf.mean(z), p: tf.softmax(tf.mul(z, 3) as tf.Tensor2D) };
      },
      { x: [5, 7], y: [7] },
    );
  });

  test("give the bits of the eager run: padding, joining, slicing, turning, choosing", () => {
    expectSameBits(
      ({ x, y }) => {
        const constant = tf.ones([1, 4]);
        const joined = tf.concat([constant, x as tf.Tensor2D, y as tf.Tensor2D], 0);
        const framed = tf.pad(joined, [
          [1, 2],
          [0, 1],
        ]);
        return {
          framed,
          part: tf.slice(framed, [1, 1], [3, 2]),
          turned: tf.transpose(framed),
          largest: tf.oneHot(tf.argMax(framed, 1), 5),
          chosen: tf.where(tf.greater(joined, 0), joined, tf.zerosLike(joined)),
          stacked: tf.stack([x, y]),
          tiled: tf.tile(x as tf.Tensor2D, [2, 1]),
        };
      },
      { x: [3, 4], y: [3, 4] },
    );
  });

  test("give the bits of the eager run: convolution, pooling and their gradients", () => {
    const gradients = tf.grads((x, y) => {
      const z = tf.maxPool(tf.relu(tf.conv2d(x as tf.Tensor4D, y as tf.Tensor4D, 2, "same")), 2, 1, "valid");
      return tf.sum(tf.square(z));
    });
    expectSameBits(
      ({ x, y }) => {
        const [dx, dy] = gradients([x, y]);
        return { dx: dx!, dy: dy! };
      },
      { x: [2, 9, 8, 3], y: [3, 3, 3, 5] },
    );
  });

  test("fuse long element-wise chains without a change of bits", () => {
    expectSameBits(
      ({ x, y }) => {
        // Enough values that die on the way for their memory to be used again inside the chain.
        let z: tf.Tensor = tf.mul(x, y);
        for (let i = 0; i < 6; i++) z = tf.add(tf.mul(tf.tanh(z), x), tf.square(tf.sub(z, 0.25 * i)));
        const gelu = tf.mul(tf.mul(z, 0.5), tf.add(tf.erf(z), 1));
        return { z, gelu, relu: tf.relu(tf.neg(z)), total: tf.sum(gelu) };
      },
      { x: [37, 301], y: [37, 301] },
    );
  });

  test("compute constants once and leave out what nobody uses", () => {
    let calls = 0;
    const step = capture(({ x }: { x: tf.Tensor }) => {
      calls++;
      tf.exp(x);
      const constant = tf.sqrt(tf.tensor([4, 9]));
      return { y: tf.mul(x, constant), constant };
    });
    for (const scale of [1, 2, 3]) {
      const { y, constant } = step.run({ x: { data: Float32Array.of(scale, scale), shape: [2] } });
      expect([...y]).toEqual([2 * scale, 3 * scale]);
      expect([...constant]).toEqual([2, 3]);
    }
    expect(calls).toBe(1);
  });

  test("record inputs of another shape or dtype anew, and keep the first", () => {
    let calls = 0;
    const step = capture(({ x }: { x: tf.Tensor }) => {
      calls++;
      return { y: tf.mul(tf.cast(x, "float32"), 2) };
    });
    const a = { x: { data: Float32Array.of(1, 2), shape: [2] } };
    const b = { x: { data: Float32Array.of(1, 2, 3), shape: [3] } };
    const c = { x: { data: Uint8Array.of(200, 1), shape: [2] } };
    expect([...step.run(a).y]).toEqual([2, 4]);
    expect([...step.run(b).y]).toEqual([2, 4, 6]);
    expect([...step.run(c).y]).toEqual([400, 2]);
    expect([...step.run(a).y]).toEqual([2, 4]);
    expect([...step.run(b).y]).toEqual([2, 4, 6]);
    expect(calls).toBe(3);
  });

  test("a variable that is assigned a constant, an input or another variable keeps memory of its own", () => {
    const [a, b, c] = [tf.variable(tf.zeros([2])), tf.variable(tf.zeros([2])), tf.variable(tf.ones([2]))];
    const reset = capture(({ x }: { x: tf.Tensor }) => {
      a.assign(tf.fill([2], 5));
      b.assign(x);
      return {};
    });
    const copy = capture(({ x }: { x: tf.Tensor }) => {
      c.assign(b);
      return { sum: tf.add(c, x) };
    });
    const grow = capture(({ x }: { x: tf.Tensor }) => {
      for (const variable of [a, b, c]) variable.assign(tf.add(variable, x));
      return {};
    });
    const x = { data: Float32Array.of(1, 2), shape: [2] };
    for (let run = 0; run < 3; run++) {
      reset.run({ x });
      copy.run({ x });
      grow.run({ x });
      expect([a, b, c].map((variable) => [...variable.dataSync()])).toEqual([
        [6, 7],
        [2, 4],
        [2, 4],
      ]);
      expect([...x.data]).toEqual([1, 2]);
    }
    tf.dispose([a, b, c]);
  });

  test("read variables as they are, and assign them in place", () => {
    const variable = tf.variable(tf.tensor([1, 10]));
    const step = capture(({ x }: { x: tf.Tensor }) => {
      const before = tf.mul(variable, 1);
      variable.assign(tf.add(variable, x));
      return { before, after: tf.mul(variable, 1) };
    });
    const x = { data: Float32Array.of(1, 2), shape: [2] };
    for (let run = 0; run < 4; run++) {
      const { before, after } = step.run({ x });
      expect([...before]).toEqual([1 + run, 10 + 2 * run]);
      expect([...after]).toEqual([2 + run, 12 + 2 * run]);
      expect([...variable.dataSync()]).toEqual([2 + run, 12 + 2 * run]);
    }
    variable.assign(tf.tensor([100, 200]));
    expect([...step.run({ x }).after]).toEqual([101, 202]);
    variable.dispose();
  });

  test("update variables by an optimiser as eager steps do", () => {
    for (const name of ["sgd", "rmsprop", "adam"] as const) {
      const train = (eager: boolean) => {
        const w = tf.variable(tf.tensor([0.5, -0.25, 1], [3, 1]));
        const optimizer = createOptimizer(
          optimizerSchema.parse({ name, clipNorm: 0.7 }),
          new Map([["w", w]]),
        );
        const step = capture(
          ({ x }: { x: tf.Tensor }) => {
            const { value, gradients } = valueAndGradients(
              () => tf.mean(tf.square(tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D))) as tf.Scalar,
              new Map([["w", w]]),
            );
            optimizer.apply(gradients);
            return { loss: value };
          },
          { eager },
        );
        const losses: number[] = [];
        const norms: number[] = [];
        for (let i = 0; i < 20; i++) {
          optimizer.prepare();
          losses.push(step.run({ x: floats([4, 3], i) }).loss[0]!);
          norms.push(optimizer.complete().gradientNorm);
        }
        const weights = [...w.dataSync()];
        const steps = optimizer.steps;
        optimizer.dispose();
        w.dispose();
        return { losses, norms, weights, steps };
      };
      expect(train(false), name).toEqual(train(true));
    }
  });

  test("call host functions at each run, in their place", () => {
    let factor = 2;
    const step = capture(({ x }: { x: tf.Tensor }) => {
      const [y] = hostStep([tf.add(x, 1)], [x.shape], ([values], [out]) => {
        values!.forEach((value, i) => {
          out![i] = factor * value;
        });
      });
      return { z: tf.neg(y!) };
    });
    const x = { data: Float32Array.of(1, 2), shape: [2] };
    expect([...step.run({ x }).z]).toEqual([-4, -6]);
    factor = 10;
    expect([...step.run({ x }).z]).toEqual([-20, -30]);
  });

  test("pass on what a host function throws, and run again after it", () => {
    let fail = false;
    const step = capture(({ x }: { x: tf.Tensor }) => {
      const [y] = hostStep([x], [[1]], ([value], [out]) => {
        if (fail) throw new RangeError("too bad");
        out![0] = value![0]!;
      });
      return { y: y! };
    });
    const x = { data: Float32Array.of(7), shape: [1] };
    step.run({ x });
    fail = true;
    expect(() => step.run({ x })).toThrow(new RangeError("too bad"));
    fail = false;
    expect([...step.run({ x }).y]).toEqual([7]);
  });

  test("encode bytes of frames, stacks into channels", () => {
    const step = capture(({ x }: { x: tf.Tensor }) => ({
      y: encodeFrames(x, { outer: 2, pixels: 3, inner: 1, scale: 0.5, shape: [1, 3, 2] }),
    }));
    const data = Uint8Array.of(0, 1, 2, 10, 20, 255);
    step.run({ x: { data: new Uint8Array(6), shape: [1, 2, 3, 1] } });
    expect([...step.run({ x: { data, shape: [1, 2, 3, 1] } }).y]).toEqual([0, 5, 0.5, 10, 1, 127.5]);
  });

  test.each<[string, RegExp, (x: tf.Tensor) => tf.Tensor]>([
    ["a random draw", /draws random numbers/, (x) => tf.add(x, tf.randomNormal([2]))],
    ["dropout", /draws random numbers/, (x) => tf.dropout(x, 0.5)],
    ["a host read", /dataSync/, (x) => tf.tensor([x.dataSync()[0]!])],
    ["data-dependent control flow", /dataSync/, (x) => (x.arraySync() ? tf.neg(x) : x)],
    ["a kernel that only tfjs-backend-cpu has", /kernel Cumprod/, (x) => tf.cumprod(x)],
    ["a shape that depends on data", /Unique|dataSync|kernel/, (x) => tf.unique(x).values],
  ])("refuse %s with a sentence", (_, message, compute) => {
    const step = capture(({ x }: { x: tf.Tensor }) => ({ y: compute(x) }));
    const { numTensors } = tf.memory();
    const run = () => step.run({ x: { data: Float32Array.of(1, 2), shape: [2] } });
    expect(run).toThrow(CaptureError);
    expect(run).toThrow(message);
    expect(tf.memory().numTensors).toBe(numTensors);
    // The engine is as before, and numbers are random again.
    expect(Math.random()).toBeLessThan(1);
    expect([...tf.tidy(() => tf.neg(tf.tensor([1])).dataSync())]).toEqual([-1]);
  });

  test("refuse a step inside a step, a detached input and a tensor that is gone", () => {
    const inner = capture(({ x }: { x: tf.Tensor }) => ({ y: tf.neg(x) }));
    const x = { data: Float32Array.of(1, 2), shape: [2] };
    const outer = capture(({ x: tensor }: { x: tf.Tensor }) => {
      inner.run({ x });
      return { y: tensor };
    });
    expect(() => outer.run({ x })).toThrow(/inside another/);
    inner.run({ x });
    structuredClone(x.data, { transfer: [x.data.buffer as ArrayBuffer] });
    expect(() => inner.run({ x })).toThrow(/detached/);
    const gone = tf.tensor([1, 2]);
    const uses = capture(({ x: tensor }: { x: tf.Tensor }) => ({ y: tf.add(tensor, gone) }));
    const fresh = { data: Float32Array.of(1, 2), shape: [2] };
    expect([...uses.run({ x: fresh }).y]).toEqual([2, 4]);
    gone.dispose();
    expect(() => uses.run({ x: fresh })).toThrow(/was disposed of/);
  });

  test("leave no tensors behind", () => {
    const step = capture(({ x }: { x: tf.Tensor }) => ({ y: tf.sum(tf.square(tf.sub(x, 1))) }));
    const { numTensors } = tf.memory();
    for (let run = 0; run < 5; run++) step.run({ x: floats([8, 3], run) });
    expect(tf.memory().numTensors).toBe(numTensors);
  });

  const batchOf = (rows: number, seed: number): ReplayBatch => {
    const rng = defaultRng(seed);
    const bits = () => Uint8Array.from({ length: rows * 400 }, () => (rng.random() < 0.2 ? 1 : 0));
    return {
      size: rows,
      observations: bits(),
      actions: Int32Array.from({ length: rows }, () => rng.integers(0, 6)),
      rewards: Float32Array.from({ length: rows }, () => rng.integers(0, 2)),
      discounts: new Float32Array(rows).fill(0.99),
      nextObservations: bits(),
      nextActionMasks: null,
      weights: new Float32Array(rows).fill(1),
      indices: Int32Array.from({ length: rows }, (_, row) => row),
    };
  };

  test.each<[string, DqnConfigInput]>([
    ["MinAtar's net", { net: { type: "minatar" }, optimizer: { name: "rmsprop" } }],
    [
      "double, dueling, adam, clipped, soft targets",
      {
        net: { type: "mlp", hidden: [32, 32], activation: "elu" },
        double: true,
        dueling: true,
        optimizer: { name: "adam", clipNorm: 1 },
        target: { type: "soft", tau: 0.01 },
      },
    ],
    [
      "layer norm",
      {
        net: {
          type: "layers",
          layers: [
            { type: "dense", units: 24 },
            { type: "layerNorm" },
            { type: "activation", activation: "tanh" },
          ],
        },
      },
    ],
  ])("make 1,000 DQN updates with the bits of eager ones: %s", (_, config) => {
    const after = (eager: boolean) => {
      const agent = createAgent("dqn", {
        observationSpace: box({ low: 0, high: 1, shape: [10, 10, 4], dtype: "uint8" }),
        actionSpace: discrete(6),
        numEnvs: 1,
        config: { ...config, ...(config.target ? {} : { target: { type: "hard", every: 100 } }) },
        seed: 3,
        eager,
      });
      const losses: number[] = [];
      for (let update = 0; update < 1000; update++) {
        const { loss, meanQ, gradientNorm } = agent.learn(batchOf(16, update % 50));
        losses.push(loss, meanQ, gradientNorm);
      }
      const { weights, target, optimizer } = agent.save();
      const q = agent.qValues(batchOf(16, 7).observations, 16);
      agent.dispose();
      return { losses, weights, target, optimizer, q };
    };
    expect(after(false)).toEqual(after(true));
  });
});
